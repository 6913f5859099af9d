public import KernelModule

/// A process that has a device of the module open.
public struct DeviceUser: Equatable, Sendable {
  /// Its number.
  public let process: Int
  /// Its command name.
  public let command: String
  /// The device's path as that process sees it.
  public let path: String

  /// A process and what it has open.
  public init(process: Int, command: String, path: String) {
    self.process = process
    self.command = command
    self.path = path
  }
}

/// What decides whether the module can be unloaded without harm.
public struct UnloadFacts: Equatable, Sendable {
  /// The module as `/sys/module` shows it.
  public var module: LoadedModule
  /// Names of the links of kind `vhost`.
  public var vhostLinks: [String]
  /// Processes that have a `vrouter_mem` device open.
  public var deviceUsers: [DeviceUser]
  /// How often the module registered that device: once for each start of the vRouter agent.
  public var deviceRegistrations: Int
  /// Interfaces beyond the module's own.
  public var vifs: ForeignVifs

  /// Facts as known.
  public init(
    module: LoadedModule, vhostLinks: [String], deviceUsers: [DeviceUser], deviceRegistrations: Int = 0,
    vifs: ForeignVifs = .named([])
  ) {
    self.module = module
    self.vhostLinks = vhostLinks
    self.deviceUsers = deviceUsers
    self.deviceRegistrations = deviceRegistrations
    self.vifs = vifs
  }
}

/// A reason why the module must not be unloaded now.
public struct UnloadBlocker: Equatable, Sendable {
  /// The named reasons.
  public enum Kind: String, Equatable, Sendable {
    /// A link of kind `vhost` would vanish with its addresses and routes.
    case vhostLink = "vhost-link"
    /// An interface of the module would vanish, and what passes through it.
    case vif
    /// A registration of the module's device would outlive it.
    case staleDevice = "stale-device"
    /// A process has the module's tables open.
    case deviceOpen = "device-open"
    /// The unload would crash the kernel.
    case crash
    /// The kernel says that it is used.
    case referenced
    /// It is being loaded or unloaded, or part of the kernel.
    case state
  }

  /// The named reason.
  public let kind: Kind
  /// What was found, in one sentence.
  public let reason: String
  /// What to do.
  public let remedy: String

  /// All reasons; none when it may be tried. A reference count of 0 is no sign of safety: the module holds none
  /// for its links and vifs, and would take them away under traffic.
  public static func find(in facts: UnloadFacts) -> [UnloadBlocker] {
    var blockers: [UnloadBlocker] = []
    if facts.module.phase != .live {
      blockers.append(
        UnloadBlocker(
          kind: .state, reason: "the module's state is '\(facts.module.phase.rawValue)'",
          remedy: "if it stays so, its init or exit crashed (see the kernel's log): reboot"))
    }
    for link in facts.vhostLinks {
      blockers.append(
        UnloadBlocker(
          kind: .vhostLink, reason: "the link \(link) would vanish with its addresses and routes",
          remedy: "undo the takeover first (cleanup)"))
    }
    blockers += interfaces(facts)
    if facts.deviceRegistrations > 1 {
      blockers.append(
        UnloadBlocker(
          kind: .staleDevice,
          reason:
            "the vRouter agent was started \(facts.deviceRegistrations) times: an unload takes back the last "
            + "registration of \(DeviceUser.deviceName) only, and opening a device of the others crashes the kernel",
          remedy: "reboot instead of unloading"))
    }
    for user in facts.deviceUsers {
      blockers.append(
        UnloadBlocker(
          kind: .deviceOpen, reason: "process \(user.process) (\(user.command)) has \(user.path) open",
          remedy: "stop the vRouter agent first"))
    }
    if let references = facts.module.references, references > 0, facts.deviceUsers.isEmpty {
      let holders = facts.module.holders.isEmpty ? "" : " by \(facts.module.holders.joined(separator: ", "))"
      blockers.append(
        UnloadBlocker(
          kind: .referenced, reason: "the kernel counts \(references) references to it\(holders)",
          remedy: "stop what uses it, the vRouter agent for example"))
    }
    return blockers + crashes(facts.module)
  }

  private static func interfaces(_ facts: UnloadFacts) -> [UnloadBlocker] {
    switch facts.vifs {
    case .named(let names):
      // A vhost link's own interface goes without saying.
      names.filter { !facts.vhostLinks.contains($0) }.map { name in
        UnloadBlocker(
          kind: .vif,
          reason: "the module has the interface \(name), and what passes through it would be cut off",
          remedy: "stop the vRouter agent, and undo the takeover first (cleanup)")
      }
    case .unknown(let reason):
      [
        UnloadBlocker(
          kind: .vif, reason: "whether it has interfaces can't be told: \(reason)",
          remedy: "reboot, where the module can't be asked any more")
      ]
    }
  }

  /// Options in effect with which the unload crashes: the drop log has no memory.
  private static func crashes(_ module: LoadedModule) -> [UnloadBlocker] {
    let values = VRouterParameterValues(inEffect: module.parameters)
    var reasons: [String] = []
    if values["vr_pkt_droplog_buf_en"] != 1 {
      reasons.append("vr_pkt_droplog_buf_en=\(values["vr_pkt_droplog_buf_en"])")
    }
    if values["vr_pkt_droplog_bufsz"] > Self.largestDropLog {
      reasons.append("vr_pkt_droplog_bufsz=\(values["vr_pkt_droplog_bufsz"])")
    }
    return reasons.map {
      UnloadBlocker(
        kind: .crash,
        reason: "it was loaded with \($0): its drop log has no memory, and unloading it crashes the kernel",
        remedy: "take the option out, and reboot instead of unloading")
    }
  }

  /// Records of 168 bytes in 4 MiB, the most that the kernel gives in one piece with pages of 4 KiB.
  static let largestDropLog: Int64 = 24_966
}

extension UnloadBlocker: CustomStringConvertible {
  /// One line: kind, reason, remedy.
  public var description: String { "[\(kind.rawValue)] \(reason); \(remedy)" }
}
