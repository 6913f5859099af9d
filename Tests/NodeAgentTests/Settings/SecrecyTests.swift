import Testing

@testable import NodeAgent

@Suite struct SecrecyTests {
  /// What the parameters' table says, for each name that looks like a secret's.
  @Test func theTableNamesTheSecrets() {
    func names(_ secrecy: Secrecy) -> Set<String> {
      Set(Parameter.all.filter { $0.secrecy == secrecy }.map(\.name))
    }
    #expect(
      names(.secret)
        == ["METADATA_PROXY_SECRET", "K8S_TOKEN", "BARBICAN_PASSWORD", "KEYSTONE_AUTH_ADMIN_PASSWORD"])
    #expect(
      names(.path)
        == Set(Parameter.all.map(\.name).filter { $0.hasSuffix("KEYFILE") || $0.hasSuffix("TOKEN_FILE") }))
    let open = names(.open).filter(SecretNames.mentions)
    #expect(open.allSatisfy { $0.hasPrefix("KEYSTONE_AUTH_") }, "\(open)")
  }

  @Test(
    arguments: [
      ("API_TOKEN", .secret), ("BARBICAN_PASS", .secret), ("METADATA_PROXY_SECERT", .secret),
      ("metadata_proxy_secret", .secret), ("KEYSTONE_AUTH_HOSTS", .secret), ("LOG_DIRS", .open),
      ("VROUTER_AGENT__METADATA__metadata_proxy_secret", .secret),
      ("VROUTER_AGENT__METADATA__metadata_proxy_secrt", .secret), ("VROUTER_AGENT__X", .secret),
      ("VROUTER_AGENT__FLOWS__add_tokens", .open), ("VROUTER_AGENT__MACDASHLEARNING__del_tokens", .open),
      ("VROUTER_AGENT__DEFAULT__xmpp_server_key", .path), ("VROUTER_AGENT__SANDESH__sandesh_keyfile", .path),
      ("VROUTER_AGENT__METADATA__metadata_client_key", .path), ("VROUTER_AGENT__DEFAULT__log_level", .open),
      ("VROUTER_AGENT__TRACEBUFFSIZE__Xmpp", .open), ("VROUTER_AGENT__TRACEBUFFSIZE__my_token", .secret),
    ] as [(String, Secrecy)])
  func namesTell(_ name: String, _ secrecy: Secrecy) {
    #expect(Secrecy.of(name) == secrecy)
  }

  /// What is no secret is told, so that somebody can put it right.
  @Test(arguments: [
    ("KEYSTONE_AUTH_HOST", "http://key.example:5000"), ("KEYSTONE_AUTH_ADMIN_PORT", "5000/v3"),
    ("KEYSTONE_AUTH_PROTO", "tls"), ("KEYSTONE_AUTH_URL_VERSION", "v3"),
    ("KEYSTONE_AUTH_REGION_NAME", "100%"), ("K8S_TOKEN_FILE", "secrets/token"),
    ("SANDESH_KEYFILE", "certs/server-privkey.pem"), ("XMPP_SERVER_KEYFILE", "server.key"),
    ("VROUTER_AGENT__FLOWS__add_tokens", "many"),
    ("VROUTER_AGENT__DEFAULT__xmpp_server_key", "certs/key.pem"),
  ])
  func openValuesAreTold(_ name: String, _ value: String) {
    for found in [problems([name: value]), problems(file: "\(name)='\(value)'")] {
      #expect(found.count == 1)
      #expect(found.first?.contains("found '\(value)'; expected ") == true, "\(found)")
    }
  }

  @Test func aSwitchIsToldToo() throws {
    let warnings = try readSettings(["KEYSTONE_AUTH_INSECURE": "1"]).warnings.map(\.description)
    #expect(warnings == ["KEYSTONE_AUTH_INSECURE: '1' counts as off: on is true, yes or enabled"])
  }

  /// The secret itself in the place of its file, and what is made from a secret.
  @Test(
    arguments: [
      (["K8S_TOKEN_FILE": "hunter2.eyJhbGciOiJSUzI1NiJ9.x"], nil),
      (["XMPP_SERVER_KEYFILE": "-----BEGIN PRIVATE KEY-----\nhunter2/\n"], nil),
      (["VROUTER_AGENT__DEFAULT__xmpp_server_key": "hunter2 hunter2 hunter2"], nil),
      ([:], "K8S_TOKEN_FILE=hunter2.eyJhbGciOiJSUzI1NiJ9.x"),
      ([:], "T=hunter2.eyJhbGciOiJSUzI1NiJ9.x\nK8S_TOKEN_FILE=$T"),
      (["K8S_TOKEN_FILE": "hunter2.eyJhbGciOiJSUzI1NiJ9.x"], "XMPP_SERVER_PORT=$K8S_TOKEN_FILE"),
      ([:], "SECRET=hunter2\nKEYSTONE_AUTH_HOST=a/$SECRET"),
      ([:], "SECRET=hunter2\nA=$SECRET\nVROUTER_AGENT__FLOWS__add_tokens=$A"),
      ([:], "BARBICAN_PASSWORD=hunter2\nKEYSTONE_AUTH_ADMIN_PORT=${BARBICAN_PASSWORD}"),
    ] as [([String: String], String?)])
  func secretsInOtherPlacesAreNotTold(_ environment: [String: String], _ file: String?) {
    let found = problems(environment, file: file)
    #expect(!found.isEmpty)
    #expect(!found.joined().contains("hunter2"), "\(found)")
  }

  @Test(
    arguments: [
      ("http://user:hunter2@key.example:5000", "http://(not shown)@key.example:5000"),
      ("http://hunter2@host", "http://(not shown)@host"), ("user:hunter2@host", "(not shown)@host"),
      ("http://u:hunter2@x/@host", "http://(not shown)@host"), ("//u:hunter2@host", "(not shown)@host"),
      ("a=http://u:hunt er2@h b", "a=http://(not shown)@h b"),
      ("http://host:5000/v3", nil), ("eth0@if3", nil), ("@", nil), ("", nil), ("a@b:c", nil),
      ("é:\u{301}@h", "(not shown)@h"),
    ] as [(String, String?)])
  func userInformationOfAURL(_ text: String, _ shown: String?) {
    #expect(URLUserInformation.hidden(in: text) == shown ?? text)
    #expect(URLUserInformation.isPart(of: text) == (shown != nil))
  }

  /// Neither in a problem nor in a report, whole or in parts.
  @Test(arguments: [
    ("KEYSTONE_AUTH_HOST", "http://user:hunter2@host"),
    ("CONTROLLER_NODES", "http://user:hunter2,hunter3@host"),
    ("DNS_SERVERS", "http://user:hunter2 hunter3@host"), ("KEYSTONE_AUTH_INSECURE", "http://hunter2@host"),
    ("KUBERNETES_NODES_MAP", "node=http://user:hunter2@host"),
    ("VROUTER_AGENT__FLOWS__add_tokens", "http://user:hunter2@host"),
  ])
  func aPasswordInAURLIsNotTold(_ name: String, _ value: String) {
    var reader = SettingsReader(environment: [name: value], file: nil)
    _ = Settings.read(with: &reader)
    let found = reader.problems.map(\.description) + reader.warnings.map(\.description)
    #expect(!found.isEmpty)
    #expect(!found.joined().contains("hunter"), "\(found)")
    #expect(found.joined().contains("(not shown)@host"))
  }

  @Test func aPasswordInAURLIsInNoReport() throws {
    let environment = [
      "STATS_COLLECTOR_DESTINATION_PATH": "http://user:hunter2@host/",
      "VROUTER_AGENT__NEXTHOPDASHSERVER__endpoint": "http://user:hunter3@host/",
    ]
    let file = try render(environment).file
    #expect(file.text.contains("endpoint=http://user:hunter3@host/\n"))
    var check = ConfigurationCheckReport()
    check.add(
      ConfigurationCheck(
        file.text.replacing("hunter", with: "hunter9").replacing(
          "[FLOWS]\n", with: "[CRYPT]\ncrypt_interface=a:hunter1@b\n[FLOWS]\n"),
        wanted: file), file: "f", path: file.path)
    for text in [
      ConfigurationText.files([file], showsSecrets: false),
      ConfigurationText.table([file], showsSecrets: false),
      JSON.document(ConfigurationReport([file], showsSecrets: false)), check.text, JSON.document(check),
    ] {
      #expect(!text.contains("hunter"))
      #expect(text.contains("(not shown)@host"))
    }
  }

  @Test func overridesThatAreNoSecretsAreShown() throws {
    let configuration = try render([
      "VROUTER_AGENT__FLOWS__add_tokens": "50", "VROUTER_AGENT__DEFAULT__xmpp_server_key": "/k.pem",
    ])
    #expect(configuration.entry(section: "FLOWS", key: "add_tokens")?.shown == "50")
    #expect(configuration.entry(section: "DEFAULT", key: "xmpp_server_key")?.shown == "/k.pem")
    let check = ConfigurationCheck(
      configuration.text.replacing("add_tokens=50", with: "add_tokens=60").replacing(
        "/k.pem", with: "/l.pem"),
      wanted: configuration.file)
    #expect(check.differences.map(\.present) == ["/l.pem", "60"])
    #expect(check.differences.map(\.wanted) == ["/k.pem", "50"])
  }
}
