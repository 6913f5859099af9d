import Netlink

/// Where OpenStack's identity service is, and how it is asked.
struct KeystoneSettings: Sendable, Equatable {
  /// A version of its API, as URLs have it.
  enum Version: String, Sendable, CaseIterable {
    case v2 = "/v2.0"
    case v3 = "/v3"

    /// Where tokens are asked for.
    var tokensPath: String {
      switch self {
      case .v2: "/v2.0/tokens"
      case .v3: "/v3/auth/tokens"
      }
    }
  }

  /// KEYSTONE_AUTH_PROTO: `http` or `https`.
  var scheme: Sourced<String>
  /// KEYSTONE_AUTH_HOST
  var host: Sourced<NodeReference>
  /// KEYSTONE_AUTH_ADMIN_PORT
  var port: Sourced<UInt16>
  /// KEYSTONE_AUTH_URL_VERSION
  var version: Sourced<Version>
  /// KEYSTONE_AUTH_REGION_NAME
  var region: Sourced<String>
  /// KEYSTONE_AUTH_USER_DOMAIN_NAME
  var userDomain: Sourced<String>
  /// KEYSTONE_AUTH_PROJECT_DOMAIN_NAME
  var projectDomain: Sourced<String>
  /// KEYSTONE_AUTH_INSECURE: its certificate isn't checked.
  var isInsecure: Sourced<Bool>
  /// KEYSTONE_AUTH_CERTFILE, KEYSTONE_AUTH_KEYFILE and KEYSTONE_AUTH_CA_CERTFILE: empty when they aren't set.
  var certificate: Sourced<String>
  var key: Sourced<String>
  var ca: Sourced<String>

  /// The base of its URLs. An IPv6 address stands in brackets (RFC 3986, 3.2.2).
  var url: Sourced<String> {
    let name =
      switch host.value {
      case .address(let address) where address.family == .ipv6: "[\(address)]"
      case .address, .name: host.value.description
      }
    return Sourced(
      value: "\(scheme.value)://\(name):\(port.value)\(version.value.rawValue)",
      origin: [scheme.origin, port.origin, version.origin].reduce(host.origin) { $0.with($1) })
  }
}

/// Where the configuration API is, and how its clients authenticate.
struct ConfigurationAPISettings: Sendable, Equatable {
  /// CONFIG_API_PORT
  var port: Sourced<UInt16>
  /// CONFIG_API_SSL_ENABLE
  var usesSSL: Sourced<Bool>
  /// CONFIG_API_SERVER_CA_CERTFILE
  var ca: Sourced<String>
  /// AUTH_MODE: whether Keystone is asked, or nobody.
  var asksKeystone: Sourced<Bool>
}

extension SettingsReader {
  mutating func keystone() -> KeystoneSettings {
    KeystoneSettings(
      scheme: value("KEYSTONE_AUTH_PROTO", expected: "http or https") { text in
        ["http", "https"].first { $0 == text.lowercased() }
      },
      host: value("KEYSTONE_AUTH_HOST", expected: "a host name or an IP address", Self.node),
      port: value("KEYSTONE_AUTH_ADMIN_PORT", expected: Self.portExpected, Self.port),
      version: value("KEYSTONE_AUTH_URL_VERSION", expected: "/v3 or /v2.0") {
        KeystoneSettings.Version(rawValue: $0)
      },
      region: keystoneName("KEYSTONE_AUTH_REGION_NAME"),
      userDomain: keystoneName("KEYSTONE_AUTH_USER_DOMAIN_NAME"),
      projectDomain: keystoneName("KEYSTONE_AUTH_PROJECT_DOMAIN_NAME"),
      isInsecure: flag("KEYSTONE_AUTH_INSECURE", "SSL_INSECURE"),
      certificate: fileOrNone("KEYSTONE_AUTH_CERTFILE"), key: fileOrNone("KEYSTONE_AUTH_KEYFILE"),
      ca: fileOrNone("KEYSTONE_AUTH_CA_CERTFILE"))
  }

  mutating func configurationAPI(_ host: HostSettings) -> ConfigurationAPISettings {
    ConfigurationAPISettings(
      port: value("CONFIG_API_PORT", expected: Self.portExpected, Self.port),
      usesSSL: flag("CONFIG_API_SSL_ENABLE", "SSL_ENABLE"),
      ca: value(
        "CONFIG_API_SERVER_CA_CERTFILE", "SERVER_CA_CERTFILE", expected: Self.pathExpected, Self.path),
      asksKeystone: authentication(host))
  }

  /// `AUTH_MODE`; an OpenStack node asks Keystone whatever it says, as nodes always did.
  private mutating func authentication(_ host: HostSettings) -> Sourced<Bool> {
    let mode = value("AUTH_MODE", expected: "noauth or keystone") { text in
      ["noauth", "keystone"].first { $0 == text.lowercased() }
    }.map { $0 == "keystone" }
    guard host.orchestrator.value == .openstack, !mode.value else { return mode }
    if case .parameter = mode.origin {
      warn(
        ["AUTH_MODE", "CLOUD_ORCHESTRATOR"],
        "with CLOUD_ORCHESTRATOR=openstack Keystone is asked all the same")
    }
    return Sourced(value: true, origin: host.orchestrator.origin)
  }

  private mutating func fileOrNone(_ name: String) -> Sourced<String> {
    optional(name, expected: Self.pathExpected, Self.path)
      ?? Sourced(value: "", origin: .defaultValue(of: name))
  }

  /// A name in Keystone. No sign of interpolation: old and new releases of Python disagree about how it is escaped.
  private mutating func keystoneName(_ name: String) -> Sourced<String> {
    value(name, expected: "a name on one line, without '%', ' ;' and blanks at its ends") { text in
      text.utf8.contains(UInt8(ascii: "%")) || INIDocument.flaw(ofPythonValue: text) != nil ? nil : text
    }
  }

  /// Text for a file that Python's configparser reads.
  mutating func pythonText(_ names: String...) -> Sourced<String> {
    // A pack of names can't be passed on, and there are two at the most.
    let expected = "text on one line without ' ;' and without blanks at its ends"
    func parse(_ text: String) -> String? { INIDocument.flaw(ofPythonValue: text) == nil ? text : nil }
    return names.count == 2
      ? value(names[0], names[1], expected: expected, parse) : value(names[0], expected: expected, parse)
  }
}
