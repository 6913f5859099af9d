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

  /// `VROUTER_AGENT_FLOWS__thread_count`, and other ways to write two underscores.
  private static func misspeltOverride(_ name: String) -> String? {
    for prefix in ["VROUTER_AGENT_", "VROUTER__AGENT__", "VROUTERAGENT__"] where name.hasPrefix(prefix) {
      let rest = name.dropFirst(prefix.count).drop { $0 == "_" }
      guard rest.contains("__"), let first = rest.first, first != "_" else { continue }
      return overridePrefix + rest
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
