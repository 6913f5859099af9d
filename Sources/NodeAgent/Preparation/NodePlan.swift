import HostFiles
import KernelModule
import Logging

/// What of the host is to be made ready beside the module and the network, decided before anything is touched.
struct NodePlan: Sendable {
  private let node: NodeObservation

  /// Decides; what the settings ask for is to be had here when there are no ``refusals(_:decision:)``.
  init(_ node: NodeObservation) {
    self.node = node
  }

  /// Something that the settings ask for and that isn't to be had here.
  struct Refusal: Sendable, Equatable {
    /// The parameter that asks for it; nil when none does.
    let parameter: String?
    /// Those that it rests on.
    let parameters: Set<String>
    let text: String
  }

  /// All of them; a pure function.
  ///
  /// - Parameter decision: nil when none was made: what depends on the address isn't judged then.
  static func refusals(_ node: NodeObservation, decision: Decision?) -> [Refusal] {
    var refusals: [Refusal] = []
    if let text = decision.flatMap({ node.prefix.refusal(of: $0.address) }) {
      refusals.append(Refusal(parameter: nil, parameters: ParameterGroup.prefix, text: text))
    }
    if let pages = node.hugePages, let text = pages.refusal {
      refusals.append(
        Refusal(parameter: pages.parameter, parameters: ParameterGroup.hugePages, text: text))
    }
    return refusals
      + node.functions.compactMap(\.refusal).map {
        Refusal(parameter: nil, parameters: ParameterGroup.functions, text: $0)
      }
  }

  /// Before the module is loaded.
  var mounts: [PreparationStep] {
    guard let pages = node.hugePages, pages.mounts else { return [] }
    return [.mountHugePages(path: pages.directory, size: pages.size)]
  }

  /// Nil where no huge pages are missing. What the kernel didn't give before is asked for again by each run.
  var reservation: PreparationStep? {
    guard let pages = node.hugePages, pages.pool != nil, pages.missing > 0 else { return nil }
    return .reserveHugePages(size: pages.size, missing: Int(clamping: pages.missing))
  }

  /// Before vhost0 takes over: the cards may lose their links for a moment.
  var changes: [PreparationStep] {
    var steps: [PreparationStep] = []
    if let driver = node.functionDriver { steps.append(.loadFunctionDriver(name: driver.name)) }
    steps += node.functions.filter(\.isPending).map {
      .makeFunctions(interface: $0.request.interface, count: $0.request.count, present: $0.present)
    }
    steps += node.features.filter { !$0.off.isEmpty }.map {
      .turnOffFeatures(interface: $0.interface, names: $0.off)
    }
    return steps
  }

  /// After vhost0 has taken over.
  func afterwards(takesOver: Bool) -> [PreparationStep] {
    if let lost = node.lostNameServers { return [.restoreNameServers(path: lost.path)] }
    guard takesOver, let servers = node.nameServers, servers.namesServer, !servers.isResolved else {
      return []
    }
    return [.restoreNameServers(path: servers.path)]
  }

  func warnings(takesOver: Bool) -> [String] {
    var warnings = node.features.compactMap(\.warning) + [node.prefix.warning].compactMap(\.self)
    if takesOver, node.nameServers?.isResolved == true {
      warnings.append(
        "systemd-resolved has its name servers from whoever gives the interface its address, and loses them when that one lets go of it: name servers of its own (DNS= in resolved.conf) stay"
      )
    }
    return warnings
  }
}

extension NodePlan {
  /// Makes one of the steps that are this plan's.
  func perform(_ step: PreparationStep, on host: HostAccess) throws(CommandFailure) {
    switch step {
    case .mountHugePages:
      if let pages = node.hugePages { try HugePageReservation.mount(pages, on: host) }
    case .reserveHugePages:
      if let pages = node.hugePages { try HugePageReservation.reserve(pages, on: host) }
    case .loadFunctionDriver: try node.functionDriver?.load(on: host)
    case .makeFunctions(let interface, _, _):
      for wish in node.functions where wish.request.interface == interface {
        try FunctionMaker(host: host).make(wish)
      }
    case .turnOffFeatures(let interface, _):
      for plan in node.features where plan.interface == interface {
        try FeatureSwitch(host: host).turnOff(plan)
      }
    case .restoreNameServers: try restoreNameServers(on: host)
    default: break
    }
  }

  /// What the list of name servers is, before anybody lets go of an interface.
  func noteNameServers(on root: HostRoot) throws(CommandFailure) {
    guard let servers = node.nameServers, servers.namesServer, !servers.isResolved else { return }
    try HostChanges.note(on: root) { $0.note(.init(path: servers.path, content: servers.text)) }
  }

  /// How long a manager may take to remove what it had brought, once it lets go.
  private static let looks = 20
  private static let pause = Duration.milliseconds(100)

  private func restoreNameServers(on host: HostAccess) throws(CommandFailure) {
    guard let noted = try HostChanges.read(from: host.root).nameServers else { return }
    for _ in 0..<Self.looks {
      if let lost = NameServerFile.lost(NameServerFile.read(from: host.root), noted: noted) {
        try NameServerFile.restore(lost, on: host.root)
        return host.log.notice("the host's name servers were gone from \(lost.path), and are there again")
      }
      host.pacing.wait(Self.pause)
    }
  }
}
