extension SettingsReader {
  mutating func certificates() -> CertificateSettings {
    CertificateSettings(
      xmppEnabled: flag("XMPP_SSL_ENABLE", "SSL_ENABLE"),
      xmppCertificate: file("XMPP_SERVER_CERTFILE", "SERVER_CERTFILE"),
      xmppKey: file("XMPP_SERVER_KEYFILE", "SERVER_KEYFILE"),
      xmppCA: file("XMPP_SERVER_CA_CERTFILE", "SERVER_CA_CERTFILE"),
      introspectEnabled: flag("INTROSPECT_SSL_ENABLE", "SSL_ENABLE"),
      introspectInsecure: flag("INTROSPECT_SSL_INSECURE", "SSL_INSECURE"),
      sandeshEnabled: flag("SANDESH_SSL_ENABLE", "SSL_ENABLE"),
      sandeshKey: file("SANDESH_KEYFILE", "SERVER_KEYFILE"),
      sandeshCertificate: file("SANDESH_CERTFILE", "SERVER_CERTFILE"),
      sandeshServerKey: file("SANDESH_SERVER_KEYFILE", "SANDESH_KEYFILE", "SERVER_KEYFILE"),
      sandeshServerCertificate: file("SANDESH_SERVER_CERTFILE", "SANDESH_CERTFILE", "SERVER_CERTFILE"),
      sandeshCA: file("SANDESH_CA_CERTFILE", "SERVER_CA_CERTFILE"),
      metadata: metadata())
  }

  private mutating func file(_ name: String, _ fallback: String) -> Sourced<String> {
    value(name, fallback, expected: Self.pathExpected, Self.path)
  }

  private mutating func file(_ name: String, _ first: String, _ second: String) -> Sourced<String> {
    value(name, first, second, expected: Self.pathExpected, Self.path)
  }

  private mutating func metadata() -> MetadataCertificates? {
    let enabled = flag("METADATA_SSL_ENABLE")
    let certificate = metadataFile("METADATA_SSL_CERTFILE", isNeeded: enabled.value)
    let key = metadataFile("METADATA_SSL_KEYFILE", isNeeded: enabled.value)
    let ca = metadataFile("METADATA_SSL_CA_CERTFILE", isNeeded: enabled.value)
    let type = optional("METADATA_SSL_CERT_TYPE", expected: Self.tokenExpected, Self.token)
    guard enabled.value, let certificate, let key, let ca else { return nil }
    return MetadataCertificates(
      enabled: enabled, certificate: certificate, key: key, ca: ca, certificateType: type)
  }

  private mutating func metadataFile(_ name: String, isNeeded: Bool) -> Sourced<String>? {
    let isSet = raw(name) != nil
    if !isSet && isNeeded {
      refuseMissing(name, expected: "\(Self.pathExpected), because METADATA_SSL_ENABLE is on")
    }
    return optional(name, expected: Self.pathExpected, Self.path)
  }
}
