import HostFiles
import SystemPackage

/// What of a host can contradict the settings.
struct ContradictionFacts: Sendable, Equatable {
  /// Files that SSL needs and that can't be read, with the reason.
  var unreadable: [String: String] = [:]
  /// Files that SSL needs and that can't be looked for from here: neither their folder on the host nor they themselves in this
  /// program's own container are to be seen.
  var unseen: [String] = []
}

/// Settings that are well formed each, and can't hold together on this host.
enum Contradictions {
  /// All of them; a pure function.
  ///
  /// - Parameter interfaces: how many were chosen; nil when none could be decided on.
  static func find(
    _ settings: Settings, interfaces: Int?, facts: ContradictionFacts
  ) -> [SettingsProblem] {
    multihoming(settings, interfaces) + certificates(settings.neededFiles, facts)
  }

  private static func multihoming(_ settings: Settings, _ interfaces: Int?) -> [SettingsProblem] {
    if let origin = settings.host.physicalInterfaces?.origin, let interfaces, interfaces > 1,
      settings.lacksNodeAddress
    {
      return [problem(origin, found: unnamedNode(interfaces), expected: nodeAddressExpected)]
    }
    guard let range = settings.host.multihoming, let interfaces, interfaces < 2 else { return [] }
    return [
      problem(
        range.origin, found: "\(range.value), while there is one physical interface",
        expected:
          "two at the least: name them in PHYSICAL_INTERFACE, or their gateways in VROUTER_GATEWAY; or no L3MH_CIDR"
      )
    ]
  }

  /// Over several interfaces a node is known by an address that is none of theirs.
  static func unnamedNode(_ interfaces: Int) -> String {
    "\(interfaces) interfaces, while neither L3MH_CIDR nor VROUTER_COMPUTE_NODE_ADDRESS is set"
  }

  static let nodeAddressExpected =
    "one interface, or with several of them L3MH_CIDR, the range of this node's address on lo, or VROUTER_COMPUTE_NODE_ADDRESS"

  private static func certificates(
    _ needed: [(file: Sourced<String>, cause: ValueOrigin)], _ facts: ContradictionFacts
  ) -> [SettingsProblem] {
    var problems: [SettingsProblem] = []
    for need in needed {
      guard let reason = facts.unreadable[need.file.value] else { continue }
      let found = problem(
        need.file.origin, found: "\(need.file.value), which can't be read: \(reason)",
        expected: "a file that can be read, because SSL is on by \(need.cause)")
      if !problems.contains(found) { problems.append(found) }
    }
    return problems
  }

  private static func problem(_ origin: ValueOrigin, found: String, expected: String) -> SettingsProblem {
    switch origin.parts.first {
    case .parameter(let name, let source):
      SettingsProblem(parameter: name, source: source, found: found, expected: expected)
    case .defaultValue(let name?):
      SettingsProblem(parameter: name, source: nil, found: "\(found) (its default)", expected: expected)
    default: SettingsProblem(parameter: nil, source: nil, found: found, expected: expected)
    }
  }
}

extension Settings {
  /// Whether nothing says by which address a node with several interfaces is known.
  var lacksNodeAddress: Bool { host.multihoming == nil && agent.computeNodeAddress == nil }

  /// Every file that must be readable because of SSL, with the switch that makes it necessary; of all configuration files.
  /// Not what stands in for something malformed.
  var neededFiles: [(file: Sourced<String>, cause: ValueOrigin)] {
    allNeededFiles.filter { !$0.file.origin.isStandIn && !$0.cause.isStandIn }
  }

  private var allNeededFiles: [(file: Sourced<String>, cause: ValueOrigin)] {
    var needed = certificates.neededFiles
    if configurationAPI.usesSSL.value {
      needed.append((configurationAPI.ca, configurationAPI.usesSSL.origin))
    }
    // contrail-lbaas-auth.conf names them whoever authenticates the configuration API's clients.
    if keystone.scheme.value == "https" {
      needed += [keystone.certificate, keystone.key, keystone.ca].filter { !$0.value.isEmpty }.map {
        ($0, keystone.scheme.origin)
      }
    }
    return needed
  }
}

extension CertificateSettings {
  /// Every file that must be readable, with the switch that makes it necessary.
  var neededFiles: [(file: Sourced<String>, cause: ValueOrigin)] {
    var needed: [(Sourced<String>, ValueOrigin)] = []
    if xmppEnabled.value {
      needed += [xmppCertificate, xmppKey, xmppCA].map { ($0, xmppEnabled.origin) }
    }
    if introspectEnabled.value {
      needed += [sandeshServerCertificate, sandeshServerKey].map { ($0, introspectEnabled.origin) }
    }
    if introspectEnabled.value || sandeshEnabled.value {
      let cause = sandeshEnabled.value ? sandeshEnabled.origin : introspectEnabled.origin
      needed += [sandeshCertificate, sandeshKey, sandeshCA].map { ($0, cause) }
    }
    if let metadata {
      needed += [metadata.certificate, metadata.key, metadata.ca].map { ($0, metadata.enabled.origin) }
    }
    return needed
  }
}

extension ContradictionFacts {
  /// Looks at what the settings name.
  ///
  /// - Parameter own: this program's own files: in a container certificates may be mounted there alone.
  init(_ settings: Settings, on root: HostRoot, own: HostRoot) {
    for path in Set(settings.neededFiles.map(\.file.value)).sorted() {
      guard let reason = Self.obstacle(path, root), Self.obstacle(path, own) != nil else { continue }
      let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
      if root.path == "/" || root.exists(folder.isEmpty ? "/" : folder) {
        unreadable[path] = reason
      } else {
        unseen.append(path)
      }
    }
  }

  /// Why a file can't be read, or holds nothing.
  private static func obstacle(_ path: String, _ root: HostRoot) -> String? {
    do {
      guard try root.status(path).kind == .regular else { return "it is no regular file" }
      return try root.readStart(path, count: 1).isEmpty ? "it is empty" : nil
    } catch {
      return error.errno?.description ?? error.reason ?? "\(error)"
    }
  }
}
