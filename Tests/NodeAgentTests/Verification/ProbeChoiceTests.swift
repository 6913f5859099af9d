import Netlink
import Testing

@testable import NodeAgent

/// Which probes apply to which node.
@Suite struct ProbeChoiceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var environment: [String: String] = [:]
    var names: [String: NetworkSnapshot.NameAnswer] = [:]
    let expected: [String]
    var change: @Sendable (inout ImaginaryHost) -> Void = { _ in }
  }

  private static let gateway = [
    "gateway 10.0.0.1 by ARP", "gateway 10.0.0.1 by ICMP echo", "IPv4 default route",
  ]
  private static func addresses(_ texts: String...) -> NetworkSnapshot.NameAnswer {
    .addresses(texts.compactMap { IPAddress($0) })
  }

  static let cases = [
    Case(testDescription: "nothing set: the gateway and the default route", expected: gateway),
    Case(
      testDescription: "control nodes by address", environment: ["CONTROL_NODES": "10.9.0.1,10.9.0.2"],
      expected: gateway + [
        "control node 10.9.0.1 by TCP port 5269", "control node 10.9.0.2 by TCP port 5269",
      ]),
    Case(
      testDescription: "the first three of many",
      environment: ["CONTROL_NODES": "10.9.0.1,10.9.0.2,10.9.0.3,10.9.0.4"],
      expected: gateway + (1...3).map { "control node 10.9.0.\($0) by TCP port 5269" }),
    Case(
      testDescription: "by name, and a name that isn't known",
      environment: ["CONTROL_NODES": "ctl1,ctl2,ctl3", "XMPP_SERVER_PORT": "5270"],
      names: ["ctl1": addresses("10.9.0.1", "10.9.0.2"), "ctl2": .failed("no such name")],
      expected: gateway + ["control node ctl1 (10.9.0.1) by TCP port 5270"]),
    Case(
      testDescription: "of a name's addresses the control network's family",
      environment: ["CONTROL_NODES": "ctl1,ctl2"],
      names: ["ctl1": addresses("2001:db8::9", "10.9.0.1"), "ctl2": addresses("2001:db8::9")],
      expected: gateway + [
        "control node ctl1 (10.9.0.1) by TCP port 5269", "control node ctl2 (2001:db8::9) by TCP port 5269",
      ]),
    Case(
      testDescription: "servers with ports of their own win over the nodes",
      environment: ["CONTROL_NODES": "10.9.0.1", "XMPP_SERVERS": "10.9.0.2:1 ctl:2"],
      names: ["ctl": addresses("10.9.0.3")],
      expected: gateway + [
        "control node 10.9.0.2 by TCP port 1", "control node ctl (10.9.0.3) by TCP port 2",
      ]
    ),
    Case(
      testDescription: "a server on this host shows nothing",
      environment: [
        "PHYSICAL_INTERFACE": "eth0", "CONTROL_NODES": "10.0.0.5,127.0.0.1,10.9.0.1",
      ],
      expected: gateway + ["control node 10.9.0.1 by TCP port 5269"]),
    Case(
      testDescription: "the Kubernetes API",
      environment: ["CLOUD_ORCHESTRATOR": "kubernetes", "KUBERNETES_API_SERVER": "10.9.0.7"],
      expected: gateway + ["Kubernetes API 10.9.0.7 by TCP port 6443"]),
    Case(
      testDescription: "by name and port",
      environment: [
        "CLOUD_ORCHESTRATOR": "kubernetes", "KUBERNETES_API_SERVER": "api.example.org",
        "KUBERNETES_API_SECURE_PORT": "443",
      ],
      names: ["api.example.org": addresses("10.9.0.7")],
      expected: gateway + ["Kubernetes API api.example.org (10.9.0.7) by TCP port 443"]),
    Case(
      testDescription: "of no other orchestrator", environment: ["KUBERNETES_API_SERVER": "10.9.0.7"],
      expected: gateway),
    Case(
      testDescription: "IPv6 beside", expected: gateway + ["IPv6 default route"],
      change: { host in
        host.address("eth0", "2001:db8::5/64")
        host.route("::/0", by: "eth0", via: "fe80::1", metric: 1024)
      }),
    Case(
      testDescription: "a gateway for each of several", environment: ["VROUTER_GATEWAY": "10.0.0.1,10.0.0.2"],
      expected: [
        "gateway 10.0.0.1 by ARP", "gateway 10.0.0.2 by ARP", "gateway 10.0.0.1 by ICMP echo",
        "gateway 10.0.0.2 by ICMP echo", "IPv4 default route",
      ]),
    Case(
      testDescription: "the default route leaves by another interface",
      environment: ["PHYSICAL_INTERFACE": "eth1"], expected: [],
      change: { host in
        host.link("eth1", mac: "52:54:00:00:00:02")
        host.address("eth1", "10.1.0.5/24")
      }),
    Case(
      testDescription: "vhost0 has taken over", expected: gateway,
      change: { host in
        host.link("vhost0", kind: "vhost")
        host.snapshot.addresses.removeAll { $0.linkIndex == 2 }
        host.snapshot.routes = []
        host.address("vhost0", "10.0.0.5/24")
        host.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1")
      }),
  ]

  @Test(arguments: cases) func probesOfANode(_ node: Case) throws {
    var host = ImaginaryHost.plain()
    node.change(&host)
    let settings = try readSettings(node.environment)
    // The rules that choose the interface ask for the ways to servers and gateways.
    let detection = DetectionSettings(settings.host)
    for target in detection.targets(node.names) {
      let isOwn = ["10.0.0.5", "127.0.0.1"].contains(target.description)
      host.way(to: target.description, by: isOwn ? "lo" : "eth0", type: isOwn ? .local : .unicast)
    }
    host.snapshot.nameAnswers = node.names
    let decision = try Detector(snapshot: host.snapshot, settings: detection).decide()
    let probes = VerificationProbe.all(for: settings, decision: decision, names: node.names)
    #expect(probes.map(\.description) == node.expected)
  }

  @Test func theNamesToResolve() throws {
    let settings = try readSettings([
      "CONTROL_NODES": "ctl1,10.0.0.9,ctl1,ctl9", "KUBERNETES_API_SERVER": "api",
      "CLOUD_ORCHESTRATOR": "kubernetes", "VROUTER_GATEWAY": "10.0.0.1",
    ])
    #expect(VerificationProbe.names(for: settings) == ["ctl1", "api"])
  }

  @Test func settings() throws {
    let nothing = try readSettings()
    #expect(nothing.verification.method.value == .probes)
    #expect(nothing.verification.timeout.value == .seconds(15))
    #expect(nothing.host.kubernetesAPIServer == nil && nothing.host.kubernetesAPIPort.value == 6443)
    let set = try readSettings(["VROUTER_VERIFY": "None", "VROUTER_VERIFY_TIMEOUT": "1500ms"])
    #expect(set.verification.method.value == .none)
    #expect(set.verification.timeout.value == .milliseconds(1500))
  }
}
