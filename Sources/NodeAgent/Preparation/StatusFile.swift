import FoundationEssentials
import HostFiles
import Readiness

/// Where a preparation stands, ready or not: conditions with reasons, for people and monitoring.
///
/// The kubelet's probe does not read it: only the readiness file makes a node ready.
struct StatusFile: Codable, Equatable, Sendable {
  static let path = "/run/vrouter-node-agent/status.json"
  static let schema = 1

  var schema = StatusFile.schema
  var ready: Bool
  /// When this was written, seconds since 1970.
  var updated: Int64
  var conditions: [Condition]

  /// One thing that has to be so for a node to be ready, or that is good to know.
  struct Condition: Codable, Equatable, Sendable {
    /// Stable name.
    var type: Kind
    var status: Status
    /// Stable name of why; the exit code's name where it failed.
    var reason: String
    /// For people.
    var message: String
    /// Since when it has this status and reason, seconds since 1970.
    var since: Int64
    /// When it was looked at, seconds since 1970, where that matters: what was seen may not hold any more.
    var observed: Int64?
  }

  enum Kind: String, Codable, CaseIterable, Sendable {
    case settingsValid = "SettingsValid"
    case interfaceDecided = "InterfaceDecided"
    case moduleLoaded = "ModuleLoaded"
    case configurationWritten = "ConfigurationWritten"
    /// vhost0 has the addresses and routes of the physical interfaces. Not there where it isn't to take over.
    case vhostTakenOver = "VhostTakenOver"
    case ready = "Ready"
    /// Whether memory would do for the vRouter agent's start. Nothing of what makes a node ready.
    case agentStartMemory = "AgentStartMemory"

    /// What has to be so for a node to be ready.
    static let ofReadiness: [Kind] = [
      .settingsValid, .interfaceDecided, .moduleLoaded, .configurationWritten, .ready,
    ]

    /// What has to be so for a node to be ready, where vhost0 takes over or doesn't.
    static func ofReadiness(takesOver: Bool) -> [Kind] {
      ofReadiness.filter { $0 != .ready } + (takesOver ? [.vhostTakenOver] : []) + [.ready]
    }
  }

  enum Status: String, Codable, Sendable {
    case yes = "True"
    case no = "False"
    /// The run ended before this was tried.
    case unknown = "Unknown"
  }
}

extension StatusFile {
  /// The status after a run that reached the end.
  static func ready(
    message: String, takesOver: Bool = false, agentStart: Condition? = nil, at now: Int64
  ) -> StatusFile {
    StatusFile(
      ready: true, updated: now,
      conditions: Kind.ofReadiness(takesOver: takesOver).map { kind in
        Condition(
          type: kind, status: .yes, reason: "Done", message: kind == .ready ? message : "", since: now)
      } + [agentStart].compactMap(\.self))
  }

  /// The status after a run that failed.
  ///
  /// - Parameters:
  ///   - step: what failed, if it was a step.
  ///   - reached: the conditions that were seen to hold, by this run or before it.
  ///   - readiness: what the probe says now: a run that fails before its first change leaves a ready node ready.
  ///   - agentStart: what was seen of memory after it.
  static func failed(
    _ failure: CommandFailure, during step: PreparationStep? = nil, reached: Set<Kind>,
    readiness: ReadinessCheck.Verdict, takesOver: Bool = false, agentStart: Condition? = nil, at now: Int64
  ) -> StatusFile {
    let kind = step == .reserveTables ? .agentStartMemory : Kind(failure.code)
    func condition(_ type: Kind) -> Condition {
      switch type {
      case .ready where readiness.isReady:
        Condition(
          type: type, status: .yes, reason: "Kept",
          message:
            "as an earlier run left it; the last one failed: \(kind == .ready ? failure.description : "see \(kind.rawValue)")",
          since: now)
      case kind:
        Condition(
          type: type, status: .no, reason: "\(failure.code)", message: failure.description, since: now)
      case .ready:
        Condition(
          type: type, status: .no, reason: "\(failure.code)", message: "see \(kind.rawValue)", since: now)
      case _ where reached.contains(type):
        Condition(type: type, status: .yes, reason: "Done", message: "", since: now)
      default:
        Condition(type: type, status: .unknown, reason: "NotTried", message: "", since: now)
      }
    }
    var conditions = Kind.ofReadiness(takesOver: takesOver).map(condition)
    if kind == .agentStartMemory {
      var failed = condition(kind)
      failed.observed = now
      conditions.append(failed)
    } else if let agentStart {
      conditions.append(agentStart)
    }
    return StatusFile(ready: readiness.isReady, updated: now, conditions: conditions)
  }

  /// Keeps the time of those conditions that are as they were.
  func since(_ previous: StatusFile?) -> StatusFile {
    var result = self
    for index in conditions.indices {
      let old = previous?.conditions.first { $0.type == conditions[index].type }
      if let old, old.status == conditions[index].status, old.reason == conditions[index].reason {
        result.conditions[index].since = old.since
      }
    }
    return result
  }

  /// Writes it, and keeps what an earlier one says about since when.
  func write(to root: HostRoot) throws(HostFileError) {
    let previous = (try? root.readBytes(Self.path, limit: 1 << 20)).flatMap {
      try? JSONDecoder().decode(StatusFile.self, from: Data($0))
    }
    try root.removeUnfinished(Self.path)
    try root.replace(Self.path, with: Array(JSON.document(since(previous)).utf8), mode: 0o644)
  }
}

extension StatusFile.Kind {
  /// The condition that a failure with this exit code is about.
  fileprivate init(_ code: ExitCode) {
    self =
      switch code {
      case .settings, .usage: .settingsValid
      case .undecided: .interfaceDecided
      case .module, .memory: .moduleLoaded
      case .configuration: .configurationWritten
      case .rolledBack, .rollBackFailed, .vhost: .vhostTakenOver
      default: .ready
      }
  }
}
