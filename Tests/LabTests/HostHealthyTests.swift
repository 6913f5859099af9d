import Testing

/// Three nodes as operators have them, from bare to ready: `diagnose` finds nothing. The guest's own network, in which
/// the module's interfaces are, too.
@Suite(.withGuests)
struct HostHealthyTests {
  private static let run = """

    ask decision detect --output json $SETTINGS
    probe before
    ask prepare prepare --output json $SETTINGS
    probe ready
    ask json diagnose --output json $SETTINGS
    ask text diagnose $SETTINGS
    ask status module status $SETTINGS
    ask unload module unload
    probe after
    """

  struct Node: Sendable, CustomTestStringConvertible {
    let host: HostCase
    let interface: String
    let rule: String

    var testDescription: String { host.testDescription }
  }

  static let nodes = [
    Node(
      host: HostCase(
        "one card",
        script: "SETTINGS=\nfresh\nlab-net eth0 10.0.2.15/24 10.0.2.2" + run + """

          ip address flush dev eth0
          ip link set eth0 down
          """),
      interface: "eth0", rule: "default-route"),
    Node(
      host: HostCase(
        "a bond with a VLAN on it",
        script: """
          SETTINGS=
          fresh
          ip link add bond0 type bond mode active-backup miimon 100
          ip link set eth0 master bond0
          ip link set eth1 master bond0
          ip link set bond0 up
          ip link add link bond0 name bond0.7 type vlan id 7
          ip link set bond0.7 up
          operational bond0.7 up
          ip address add 10.7.0.5/24 dev bond0.7
          ip route add default via 10.7.0.1 dev bond0.7
          """ + run + """

            ip link delete bond0
            ip link set eth0 down
            ip link set eth1 down
            """),
      interface: "bond0.7", rule: "default-route"),
    Node(
      host: HostCase(
        "two cards, and a map of nodes in common.env",
        script: """
          SETTINGS='--env-file /tmp/common.env'
          fresh
          lab-net eth0 10.0.2.15/24 10.0.2.2 100
          lab-net eth1 10.0.3.15/24
          cat >/tmp/common.env <<'END'
          # The node's fabric is not where its default route is.
          export CONTROLLER_NODES=10.0.3.2
          CONTROL_NODES="${CONTROL_NODES:-$CONTROLLER_NODES}"
          declare -A KUBERNETES_NODES_MAP=( \\
            [node0]=10.0.3.14 \\
            ["node1"]="10.0.3.15" )
          VROUTER_GATEWAY=10.0.3.2
          METADATA_PROXY_SECRET='c0ntr@il secret'
          END
          """ + run + """

            ip address flush dev eth0
            ip address flush dev eth1
            """),
      interface: "eth1", rule: "kubernetes-nodes-map"),
  ]

  private static let boot = HostGuestRun(
    nodes.map(\.host), in: Guest(nics: [.peer, .peer], timeout: .seconds(400)), ownNetwork: false)

  @Test(arguments: nodes) func nothingIsFound(on node: Node) async throws {
    let answers = try await Self.boot.answers(node.host)
    let decision = try answers.answer("decision").json(DetectionDocument.self)
    #expect(decision.interface == node.interface)
    #expect(decision.rule == node.rule)
    #expect(try answers.answer("before").code == 1)
    let preparation = try answers.answer("prepare")
    #expect(preparation.code == 0, "\(preparation)")
    #expect(try preparation.json(PreparationDocument.self).ready)
    #expect(try answers.answer("ready").code == 0)
    let text = try answers.answer("text")
    #expect(text.code == 0)
    // How the cards receive comes between.
    #expect(text.output.hasPrefix("no findings\neth"))
    #expect(text.output.contains(": rings rx "))
    #expect(text.output.contains("\nthe probe: ready: \(node.interface) ("))
    let json = try answers.answer("json")
    #expect(json.code == 0)
    #expect(try json.json(DiagnosisDocument.self).findings.isEmpty)
    #expect(try answers.answer("status").output.contains("loaded   vrouter 1.0-standin (live)"))
    #expect(try answers.answer("unload").code == 0)
    #expect(try answers.answer("after").output.hasPrefix("not ready: file: "))
    #expect(answers.text("end") != nil, "\(answers.log)")
  }
}
