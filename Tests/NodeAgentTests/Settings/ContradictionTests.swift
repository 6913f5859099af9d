import HostFiles
import TestSupport
import Testing

@testable import NodeAgent

@Suite struct ContradictionTests {
  private func found(
    _ environment: [String: String], interfaces: Int? = 1, _ facts: ContradictionFacts = .init()
  ) throws -> [String] {
    Contradictions.find(try readSettings(environment), interfaces: interfaces, facts: facts).map(
      \.description)
  }

  @Test func multihomingTakesTwoInterfaces() throws {
    #expect(try found([:]).isEmpty)
    #expect(try found(["L3MH_CIDR": "10.0.0.0/24"], interfaces: 2).isEmpty)
    #expect(try found(["L3MH_CIDR": "10.0.0.0/24"], interfaces: nil).isEmpty)
    #expect(
      try found(["L3MH_CIDR": "10.0.0.0/24"]) == [
        "L3MH_CIDR (environment): found 10.0.0.0/24, while there is one physical interface; expected two at the least: "
          + "name them in PHYSICAL_INTERFACE, or their gateways in VROUTER_GATEWAY; or no L3MH_CIDR"
      ])
  }

  /// Without L3MH_CIDR nobody has to have a loopback address: what is missing is told of the interfaces.
  @Test func severalInterfacesTakeAnAddressOfTheNode() throws {
    let several = ["PHYSICAL_INTERFACE": "eth0,eth1"]
    let problem =
      "found 2 interfaces, while neither L3MH_CIDR nor VROUTER_COMPUTE_NODE_ADDRESS is set; expected one interface, or with "
      + "several of them L3MH_CIDR, the range of this node's address on lo, or VROUTER_COMPUTE_NODE_ADDRESS"
    #expect(try found(several, interfaces: 2) == ["PHYSICAL_INTERFACE (environment): \(problem)"])
    #expect(try found(several, interfaces: 1).isEmpty)
    #expect(try found(several, interfaces: nil).isEmpty)
    for (name, value) in [("L3MH_CIDR", "10.0.0.0/24"), ("VROUTER_COMPUTE_NODE_ADDRESS", "10.0.0.7")] {
      #expect(try found(several.merging([name: value]) { $1 }, interfaces: 2).isEmpty)
    }
    let error = #expect(throws: AgentConfigurationError.self) {
      try render(several) {
        $0.physicalInterfaces.append($0.physicalInterfaces[0])
      }
    }
    #expect(error?.problems.map(\.parameter) == ["PHYSICAL_INTERFACE"])
    #expect(
      error?.description
        == "[VIRTUAL-HOST-INTERFACE] compute_node_address from PHYSICAL_INTERFACE (environment): \(problem)")
  }

  @Test(
    arguments: [
      ([:], 0), (["SSL_ENABLE": "true"], 3), (["XMPP_SSL_ENABLE": "true"], 3),
      (["XMPP_SSL_ENABLE": "true", "XMPP_SERVER_CERTFILE": "/there"], 2),
      (["INTROSPECT_SSL_ENABLE": "true", "SERVER_CERTFILE": "/there"], 2),
      (["SANDESH_SSL_ENABLE": "true"], 3),
      (["INTROSPECT_SSL_ENABLE": "true", "SANDESH_KEYFILE": "/there", "SANDESH_CERTFILE": "/there"], 1),
      (
        [
          "METADATA_SSL_ENABLE": "true", "METADATA_SSL_CERTFILE": "/a", "METADATA_SSL_KEYFILE": "/b",
          "METADATA_SSL_CA_CERTFILE": "/there",
        ], 2
      ),
    ] as [([String: String], Int)])
  func sslTakesReadableFiles(_ environment: [String: String], _ count: Int) throws {
    try withTemporaryRoot { root, path in
      try root.replace("/there", with: Array("certificate".utf8), mode: 0o600)
      let settings = try readSettings(environment)
      try Self.makeFolders(root)
      let facts = ContradictionFacts(settings, on: root, own: root)
      #expect(Contradictions.find(settings, interfaces: 1, facts: facts).count == count)
      #expect(facts.unseen.isEmpty)
    }
  }

  /// Those of the certificates by default.
  private static func makeFolders(_ root: HostRoot) throws {
    for folder in ["certs", "private"] {
      try root.makeDirectories("/etc/contrail/ssl/\(folder)", mode: 0o755)
    }
  }

  /// In a container: what is mounted into it alone counts, and what can't be seen from there is not known.
  @Test func filesOfTheContainerCount() throws {
    try withTemporaryRoot { root, _ in
      try withTemporaryRoot { own, _ in
        try own.makeDirectories("/secrets", mode: 0o755)
        try own.replace("/secrets/cert.pem", with: Array("certificate".utf8), mode: 0o600)
        let settings = try readSettings([
          "XMPP_SSL_ENABLE": "true", "XMPP_SERVER_CERTFILE": "/secrets/cert.pem",
          "XMPP_SERVER_KEYFILE": "/elsewhere/key.pem", "XMPP_SERVER_CA_CERTFILE": "/ca.pem",
        ])
        let facts = ContradictionFacts(settings, on: root, own: own)
        #expect(facts.unseen == ["/elsewhere/key.pem"])
        #expect(Array(facts.unreadable.keys) == ["/ca.pem"])
      }
    }
  }

  /// Of the files beside the agent's, too.
  @Test(
    arguments: [
      (["CONFIG_API_SSL_ENABLE": "true", "CONFIG_API_SERVER_CA_CERTFILE": "/typo.pem"], 1),
      (
        [
          "AUTH_MODE": "keystone", "KEYSTONE_AUTH_PROTO": "https", "KEYSTONE_AUTH_CA_CERTFILE": "/typo.pem",
        ], 1
      ),
      (["AUTH_MODE": "keystone", "KEYSTONE_AUTH_CA_CERTFILE": "/typo.pem"], 0),
      (
        [
          "AUTH_MODE": "noauth", "KEYSTONE_AUTH_PROTO": "https", "KEYSTONE_AUTH_CERTFILE": "/no/cert.pem",
          "KEYSTONE_AUTH_KEYFILE": "/no/key.pem", "KEYSTONE_AUTH_CA_CERTFILE": "/typo.pem",
        ], 1
      ),
      (["AUTH_MODE": "noauth", "KEYSTONE_AUTH_CA_CERTFILE": "/typo.pem"], 0),
      (["KEYSTONE_AUTH_PROTO": "https"], 0),
    ] as [([String: String], Int)])
  func filesOfTheOthersCount(_ environment: [String: String], _ count: Int) throws {
    try withTemporaryRoot { root, _ in
      let facts = ContradictionFacts(try readSettings(environment), on: root, own: root)
      #expect(facts.unreadable.count == count)
    }
  }

  /// Keystone's are written for the load balancers also where the configuration API asks nobody.
  @Test func keystonesCertificatesAreToldWithTheirSwitch() throws {
    let settings = try readSettings(
      ["KEYSTONE_AUTH_PROTO": "https"], file: "KEYSTONE_AUTH_CA_CERTFILE=/no/ca.pem")
    let found = Contradictions.find(
      settings, interfaces: 1, facts: .init(unreadable: ["/no/ca.pem": "No such file or directory"]))
    #expect(
      found.map(\.description) == [
        "KEYSTONE_AUTH_CA_CERTFILE (common.env:1): found /no/ca.pem, which can't be read: No such file or directory; "
          + "expected a file that can be read, because SSL is on by KEYSTONE_AUTH_PROTO (environment)"
      ])
  }

  @Test func whatIsWrongWithAFileIsTold() throws {
    try withTemporaryRoot { root, path in
      try root.makeDirectories("/folder", mode: 0o755)
      try root.replace("/empty", with: [], mode: 0o600)
      let settings = try readSettings(
        [
          "XMPP_SSL_ENABLE": "yes", "XMPP_SERVER_CERTFILE": "/folder", "XMPP_SERVER_KEYFILE": "/empty",
        ], file: "XMPP_SERVER_CA_CERTFILE=/nowhere")
      let facts = ContradictionFacts(settings, on: root, own: root)
      let cause = "a file that can be read, because SSL is on by XMPP_SSL_ENABLE (environment)"
      #expect(
        Contradictions.find(settings, interfaces: 1, facts: facts).map(\.description) == [
          "XMPP_SERVER_CERTFILE (environment): found /folder, which can't be read: it is no regular file; expected \(cause)",
          "XMPP_SERVER_KEYFILE (environment): found /empty, which can't be read: it is empty; expected \(cause)",
          "XMPP_SERVER_CA_CERTFILE (common.env:1): found /nowhere, which can't be read: No such file or directory; expected \(cause)",
        ])
    }
  }

  /// A preparation refuses them all at once, and a diagnosis names each.
  @Test func aPlanRefusesThem() throws {
    try withTemporaryRoot { root, path in
      var host = try FakeHost(root: root, path: path)
      try Self.makeFolders(root)
      host.environment = ["SSL_ENABLE": "true", "L3MH_CIDR": "10.0.0.0/24"]
      let error = #expect(throws: CommandFailure.self) { try host.plan() }
      #expect(error?.code == .settings)
      for words in ["4 settings", "L3MH_CIDR", "SERVER_CERTFILE", "SERVER_KEYFILE", "SERVER_CA_CERTFILE"] {
        #expect(error?.description.contains(words) == true, "\(words)")
      }
    }
  }
}
