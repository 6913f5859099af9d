import HostFiles
import Netlink

/// Whether features of the interfaces below vhost0 are turned off that the vRouter can't live with (`VROUTER_NIC_FEATURES`).
enum FeaturePolicy: String, Sendable, CaseIterable {
  case adapt
  case keep
}

/// An interface below vhost0, with its driver and what that does with packets.
struct FeatureSubject: Sendable, Equatable {
  let interface: String
  let index: Int
  /// Of its device; nil where it has none.
  let driver: String?
  let features: Result<InterfaceFeatures, FeatureProblem>
}

/// What is to be turned off at one interface: pure.
struct FeaturePlan: Sendable, Equatable {
  let interface: String
  let index: Int
  /// What is on, and has to go.
  let off: [String]
  /// What is on, should go, and can't.
  let fixed: [String]
  /// Why nothing is known.
  let problem: String?

  /// Large receive offload: the card merges what it received, of which the vRouter can't forward what comes out.
  static let merging = "rx-lro"
  /// Checksums, which VMware's card gets wrong in what the vRouter encapsulates: of received packets, and of those sent.
  static func isChecksum(_ name: String) -> Bool { name == "rx-checksum" || name.hasPrefix("tx-checksum-") }
  static let checksumDriver = "vmxnet3"

  init(_ subject: FeatureSubject) {
    interface = subject.interface
    index = subject.index
    switch subject.features {
    case .failure(let error):
      (off, fixed, problem) = ([], [], error.description)
    case .success(let features):
      let unwanted = features.active.filter { name in
        name == Self.merging || subject.driver == Self.checksumDriver && Self.isChecksum(name)
      }
      off = unwanted.filter(features.canChange).sorted()
      fixed = unwanted.filter { !features.canChange($0) }.sorted()
      problem = nil
    }
  }

  /// What an operator should know.
  var warning: String? {
    if let problem { return "the features of \(interface) are not known, and stay as they are: \(problem)" }
    guard !fixed.isEmpty else { return nil }
    return
      "\(fixed.joined(separator: ", ")) of \(interface) can't be turned off, which the vRouter can't live with: packets that are forwarded may get lost; use another card, or another driver"
  }
}

extension FeatureSubject {
  /// The chosen interfaces and all that lies below them: a VLAN's, a bond's ports.
  static func below(
    _ decision: Decision, among links: [Link], root: HostRoot, by access: any FeatureAccess
  ) -> [FeatureSubject] {
    Self.links(below: decision, among: links).map { link in
      let driver = (try? root.linkTarget("/sys/class/net/\(link.name)/device/driver")).flatMap {
        $0.split(separator: "/").last.map(String.init)
      }
      return FeatureSubject(
        interface: link.name, index: link.index, driver: driver, features: access.features(of: link.name))
    }
  }

  /// The same as links, by index.
  static func links(below decision: Decision, among links: [Link]) -> [Link] {
    var found: [Link] = []
    var next = decision.choices.compactMap { choice in links.first { $0.index == choice.interface.index } }
    while let link = next.popLast() {
      guard !found.contains(where: { $0.index == link.index }) else { continue }
      found.append(link)
      next += links.filter { $0.masterIndex == link.index }
      if case .vlan = link.details, link.lowerNamespaceID == nil {
        next += links.filter { $0.index == link.lowerIndex }
      }
    }
    return found.sorted { $0.index < $1.index }
  }
}
