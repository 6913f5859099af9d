import Netlink

/// `vnc_api_lib.ini`: where the configuration API is, and who authenticates its clients.
enum ConfigurationAPIFile {
  static let path = "/etc/contrail/vnc_api_lib.ini"
}

extension CompanionBuilder {
  static func configurationAPIClient(_ settings: Settings, _ facts: ConfigurationFacts) -> CompanionBuilder {
    var builder = CompanionBuilder(path: ConfigurationAPIFile.path)
    builder.global(settings, facts)
    builder.authentication(settings)
    return builder
  }

  private mutating func global(_ settings: Settings, _ facts: ConfigurationFacts) {
    let api = settings.configurationAPI
    section("global")
    switch settings.host.configNodes.value {
    case .nodes(let nodes):
      add(
        "WEB_SERVER", settings.host.configNodes.map { _ in nodes.map(\.description).joined(separator: ",") })
    case .defaultAddress:
      if let address = facts.defaultAddress {
        add("WEB_SERVER", Sourced(value: "\(address)", origin: .defaultAddress))
      } else {
        refuse(
          "WEB_SERVER", origin: settings.host.configNodes.origin,
          found: "no interface with a default route and an address",
          expected: "CONTROLLER_NODES, or a default route")
      }
    }
    add("WEB_PORT", api.port)
    add("BASE_URL", Sourced(value: "/", origin: .defaultValue(of: nil)))
    add("use_ssl", api.usesSSL)
    if api.usesSSL.value { add("cafile", api.ca) }
  }

  private mutating func authentication(_ settings: Settings) {
    let keystone = settings.keystone
    let asksKeystone = settings.configurationAPI.asksKeystone
    section("auth")
    add("AUTHN_TYPE", asksKeystone.map { $0 ? "keystone" : "noauth" })
    guard asksKeystone.value else { return }
    add("AUTHN_PROTOCOL", keystone.scheme)
    add("AUTHN_SERVER", keystone.host.map(\.description))
    add("AUTHN_PORT", keystone.port)
    add("AUTHN_URL", keystone.version.map(\.tokensPath))
    add("AUTHN_DOMAIN", keystone.projectDomain)
    guard keystone.scheme.value == "https" else { return }
    addCertificates(keystone)
  }

  /// How Keystone's certificate is checked, and which one it is shown.
  mutating func addCertificates(_ keystone: KeystoneSettings) {
    add("insecure", keystone.isInsecure)
    add("certfile", keystone.certificate)
    add("keyfile", keystone.key)
    add("cafile", keystone.ca)
  }
}

extension ValueOrigin {
  /// Of nodes that nobody named: this host is meant.
  static let defaultAddress = Self.detected("address of the interface with the default route")
}
