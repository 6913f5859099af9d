/// Settings as they were read, usable or not. In the place of a malformed value stands what would hold without it, so that
/// whatever doesn't rest on it can be judged all the same.
struct SettingsReading: Sendable {
  let settings: Settings
  /// Everything that is malformed, missing, or at odds with another setting.
  let problems: [SettingsProblem]
  let doubt: SettingsDoubt

  /// Settings with which nothing is wrong.
  init(_ settings: Settings) {
    (self.settings, problems, doubt) = (settings, [], SettingsDoubt())
  }

  /// Reads every parameter.
  ///
  /// - Parameters:
  ///   - environment: the process environment; it wins over the file.
  ///   - file: the file given with `--env-file`.
  ///   - obstacle: why that file can't be read.
  init(
    environment: [String: String], file: EnvironmentFile? = nil, obstacle: SettingsProblem? = nil
  ) {
    var reader = SettingsReader(environment: environment, file: file)
    settings = Settings.read(with: &reader)
    problems = [obstacle].compactMap(\.self) + reader.problems
    doubt = SettingsDoubt(
      parameters: Set(reader.problems.compactMap(\.parameter)),
      isTotal: obstacle != nil || file?.problems.contains { $0.name == nil } == true)
  }
}

/// Of which parameters nobody knows what they were meant to hold.
struct SettingsDoubt: Sendable, Equatable {
  var parameters: Set<String> = []
  /// A file, or a line of it, can't be read: any parameter may have been meant.
  var isTotal = false

  /// Whether a judgement that rests on these parameters would be one on something that nobody wrote.
  func touches(_ names: Set<String>) -> Bool { isTotal || !parameters.isDisjoint(with: names) }
}

/// Parameters that decide something together.
enum ParameterGroup {
  /// Which interface and which gateway are chosen.
  static let detection: Set<String> = [
    "PHYSICAL_INTERFACE", "VROUTER_GATEWAY", "L3MH_CIDR", "NODE_NAME", "KUBERNETES_NODES_MAP",
    "CONTROLLER_NODES", "CONFIG_NODES", "CONTROL_NODES",
  ]
  /// Which build of the module is loaded, and how.
  static let module = names(prefix: "VROUTER_MODULE_").union(["AGENT_MODE"])
  /// What vhost0 takes over.
  static let takeover = detection.union([
    "VROUTER_TAKEOVER", "KERNEL_INIT_VHOST0", "VROUTER_DHCP", "VROUTER_BALANCE_ALB", "CLOUD_ORCHESTRATOR",
    "KUBERNETES_POD_SUBNETS",
  ])
  static let hugePages = names(prefix: "HUGE_PAGES_").union(["VROUTER_HUGE_PAGES_MOUNT"])
  /// Virtual functions.
  static let functions = names(prefix: "SRIOV_").union(["VROUTER_SRIOV_IN_USE"])
  /// The prefix of the node's network.
  static let prefix = detection.union(["VROUTER_SUBNET_PREFIX", "VROUTER_CLOUD_METADATA"])

  private static func names(prefix: String) -> Set<String> {
    Set(Parameter.all.map(\.name).filter { $0.hasPrefix(prefix) })
  }
}
