/// Names that look like a parameter's and are none.
extension SettingsReader {
  /// Warns of each name that is close to a parameter that isn't set: it would have no effect.
  mutating func warnAboutMisspeltNames() {
    let known = Parameter.all.map(\.name)
    for name in names.sorted() where Parameter.named(name) == nil && !name.hasPrefix(Self.overridePrefix) {
      if let override = Self.misspeltOverride(name) {
        warn([name], "this has no effect: did you mean \(override)?")
      } else if let parameter = NearestName.of(name, among: known) {
        warn([name], "this parameter isn't known, and has no effect: did you mean \(parameter)?")
      }
    }
  }

  /// What a name was meant as whose first word or two are almost `VROUTER_AGENT`, whatever the underscores and the case:
  /// `VROUTER_AGENT_FLOWS__thread_count`, `VROUTER_AGNT__FLOWS__thread_count`, `vrouteragent__FLOWS__thread_count`.
  private static func misspeltOverride(_ name: String) -> String? {
    let prefix = "VROUTER_AGENT"
    let words = name.split(separator: "_", maxSplits: 2)
    for count in [2, 1] where words.count > count {
      let start = words[..<count].joined(separator: "_").uppercased()
      guard EditDistance.between(start, prefix, limit: 2) != nil else { continue }
      if let override = override(name[words[count].startIndex...].drop { $0 == "_" }) { return override }
    }
    return nil
  }

  /// The override of a section and a key with two underscores between them, or with one, where the agent knows them.
  private static func override(_ text: Substring) -> String? {
    if text.contains("__") { return overridePrefix + text }
    let upper = text.uppercased()
    for (section, keys) in KnownKeys.table {
      // A shell name can't hold a dash: somebody may have found another way round it.
      let names = [section.replacing("-", with: "DASH"), section.replacing("-", with: "_")]
      guard let name = names.first(where: { upper.hasPrefix("\($0)_") }) else { continue }
      let key = upper.dropFirst(name.count + 1)
      if let known = keys.first(where: { $0.uppercased() == key }) {
        return "\(overridePrefix)\(names[0])__\(known)"
      }
    }
    return nil
  }
}

/// The name that somebody probably meant.
enum NearestName {
  /// The field's own names for other parts of a cluster, which stand in the same `common.env` and look like ours.
  private static let others: Set<String> = [
    "ANALYTICSDB_NODES", "ANALYTICS_ALARM_NODES", "ANALYTICS_SNMP_NODES", "CONFIGDB_NODES", "WEBUI_NODES",
    "KEYSTONE_AUTH_PUBLIC_PORT", "KEYSTONE_AUTH_ADMIN_USER", "KEYSTONE_AUTH_ADMIN_TENANT", "CONFIG_SERVERS",
    "ANALYTICS_SERVERS", "CONTROL_PORT", "CONFIG_PORT", "DNS_INTROSPECT_PORT", "COLLECTOR_SYSLOG_PORT",
    "KUBERNETES_SERVICE_PORT", "KUBERNETES_SERVICE_SUBNETS", "POD_NAME", "NODE_IP",
    "LOGNAME", "HOSTNAME",
  ]

  /// One letter too many, too few, another one, or two in the wrong order; in a long name two such mistakes. Letters of
  /// the other case are no mistake.
  static func of(_ name: String, among known: [String]) -> String? {
    guard !others.contains(name), name.utf8.count >= 6 else { return nil }
    let limit = name.utf8.count < 12 ? 1 : 2
    let name = name.uppercased()
    var best: (distance: Int, name: String)?
    for candidate in known {
      let distance = EditDistance.between(name, candidate, limit: limit)
      guard let distance, best.map({ (distance, candidate) < $0 }) ?? true else { continue }
      best = (distance, candidate)
    }
    return best?.name
  }
}
