import Foundation
import Testing

/// What names the NIC and doesn't follow when vhost0 takes over: what becomes of it is measured, and what `prepare` says of it
/// is held against that.
@Suite(.withGuests)
struct BoundTests {
  /// Beside the programs under test: what makes rules and filters.
  private static let guest = Guest(
    programs: Guest.builtPrograms + ["/usr/sbin/nft", "/usr/sbin/tc"], timeout: .seconds(300))

  /// A VLAN on the NIC, tunnels with and without it as their device, a rule, a filter, a socket.
  private static let things = """
    lab-topology nic
    . /run/lab/node
    both() { # LINK NETWORK KIND... : a link here and in gw0; what is after "--" is for this side
      link=$1 network=$2
      shift 2
      ip link add "$@"
      ip addr add "10.$network.0.10/24" dev "$link"
      ip link set "$link" up
    }
    other() {
      link=$1 network=$2
      shift 2
      ip -n gw0 link add "$@"
      ip -n gw0 addr add "10.$network.0.1/24" dev "$link"
      ip -n gw0 link set "$link" up
    }
    both eth0.200 200 link eth0 name eth0.200 type vlan id 200
    other port0.200 200 link port0 name port0.200 type vlan id 200
    both vx0 201 vx0 type vxlan id 5 dev eth0 remote 10.10.0.1 local 10.10.0.10 dstport 4789
    other vx0 201 vx0 type vxlan id 5 dev port0 remote 10.10.0.10 local 10.10.0.1 dstport 4789
    both vx1 202 vx1 type vxlan id 6 remote 10.10.0.1 local 10.10.0.10 dstport 4790
    other vx1 202 vx1 type vxlan id 6 remote 10.10.0.10 local 10.10.0.1 dstport 4790
    both gre9 203 gre9 type gre local 10.10.0.10 remote 10.10.0.1 dev eth0
    other gre9 203 gre9 type gre local 10.10.0.1 remote 10.10.0.10
    printf 'table inet t {\\nchain in {\\ntype filter hook input priority 0\\niifname "eth0" icmp type echo-request counter\\n}\\n}\\n' | nft -f -
    tc qdisc add dev eth0 clsact
    tc filter add dev eth0 ingress matchall action pass
    # A raw socket bound to the device, for as long as all lasts.
    ping -I eth0 -i 1000 10.10.0.1 >/dev/null 2>&1 &
    reached() { # NAME: what answers now
      for network in 200 201 202 203 10; do
        address=10.$network.0.1
        [ $network != 10 ] || address=10.10.0.1
        ping -q -c 2 -i 0.2 -W 1 $address >/dev/null 2>&1 && echo "$network yes" || echo "$network no"
      done >/out/$1
      ping -I eth0 -q -c 2 -i 0.2 -W 1 10.10.0.1 >/dev/null 2>&1 && echo "bound yes" >>/out/$1 || echo "bound no" >>/out/$1
      ip netns exec gw0 ping -q -c 2 -i 0.2 -W 1 10.10.0.10 >/dev/null
      nft list ruleset | grep -o 'counter packets [0-9]*' >>/out/$1
      echo "filter $(tc -s filter show dev eth0 ingress | grep -o '[0-9]* pkt' | head -n 1)" >>/out/$1
    }

    """

  private static func lines(_ text: String?) -> [String: String] {
    Dictionary(
      (text ?? "").split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        guard let first = words.first, let last = words.last else { return nil }
        return (String(first), first == "filter" ? String(words[1]) : String(last))
      }, uniquingKeysWith: { _, last in last })
  }

  @Test func whatBecomesOfIt() async throws {
    let result = try await Self.guest.run(
      Self.things + """
        reached before
        vrouter-node-agent prepare --env-file /run/lab/common.env --dry-run >/out/dry.txt 2>/out/dry.err
        vrouter-node-agent prepare --env-file /run/lab/common.env --output json >/out/done.json 2>/out/done.err || echo $? >/out/failed
        ip neigh flush all
        ip netns exec gw0 ip neigh flush all
        reached after
        vrouter-node-agent prepare --env-file /run/lab/common.env --output json >/out/again.json 2>/out/again.err
        """)
    #expect(result.files["failed"] == nil, "\(result.text("done.err") ?? "")\(result.errors)")
    let (before, after) = (Self.lines(result.text("before")), Self.lines(result.text("after")))
    for name in ["200", "201", "202", "203", "10", "bound"] {
      #expect(before[name] == "yes", "\(name): \(before)\n\(result.errors)")
    }
    print("before \(before)\nafter \(after)")
    // What goes on, and of what nothing is said.
    for name in ["200", "202", "10"] { #expect(after[name] == "yes", "\(name): \(after)") }
    // What doesn't.
    for name in ["201", "203", "bound"] { #expect(after[name] == "no", "\(name): \(after)") }
    // The rule matched before and not after; the filter sees frames all the time.
    #expect(before["counter"] != "0" && before["counter"] == after["counter"])
    #expect((Int(before["filter"] ?? "") ?? 0) < (Int(after["filter"] ?? "") ?? 0))

    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.files["done.json"] ?? [])) as? [String: Any])
    let bound = try #require(report["bound"] as? [[String: Any]])
    let kinds = Set(bound.compactMap { $0["kind"] as? String })
    #expect(kinds == ["tunnel", "tc", "nftables", "socket"], "\(bound)")
    let warnings = (report["warnings"] as? [String] ?? []).joined(separator: "\n")
    let dry = result.text("dry.txt") ?? ""
    for word in [
      "vx0: vxlan", "gre9: gre", "1 in inet t in", "matchall of priority", "raw, protocol 1, IPv4",
    ] {
      #expect(warnings.contains(word), "\(warnings)")
      #expect(dry.contains(word) && dry.contains("warning: "), "\(dry)")
      #expect(result.text("done.err")?.contains(word) == true)
    }
    #expect(!dry.contains("eth0.200: ") && !dry.contains("vx1: vxlan"))
    // Done is done: nothing is moved any more, and nothing said.
    let again = try #require(
      try JSONSerialization.jsonObject(with: Data(result.files["again.json"] ?? [])) as? [String: Any])
    #expect((again["bound"] as? [Any])?.isEmpty == true)
  }

  /// Somebody else brings vhost0 up while `prepare` waits; and then nobody does.
  @Test func aVhostOfSomebodyElse() async throws {
    let result = try await Guest().run(
      """
      lab-topology nic
      echo KERNEL_INIT_VHOST0=false >>/run/lab/common.env
      VROUTER_WAIT_FOR_VHOST0=2s vrouter-node-agent prepare --env-file /run/lab/common.env >/out/none 2>&1
      echo $? >/out/none.code
      vrouter-node-agent prepare --env-file /run/lab/common.env >/out/came 2>/out/came.err &
      agent=$!
      until grep -q 'there is no vhost0' /out/came.err; do sleep 0.05; done
      modprobe vrouter
      lab-careful-takeover eth0
      code=0
      wait $agent || code=$?
      echo $code >/out/came.code
      cat /run/vrouter-node-agent/ready >/out/ready
      vrouter-probe >/out/probe; echo $? >/out/probe.code
      ip link set vhost0 down; ip addr flush dev vhost0
      vrouter-probe >/out/after; echo $? >/out/after.code
      """)
    func code(_ name: String) -> String {
      (result.text("\(name).code") ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }
    #expect(code("none") == "18", "\(result.text("none") ?? "")")
    #expect(result.text("none")?.contains("there is no vhost0") == true)
    #expect(code("came") == "0", "\(result.text("came.err") ?? "")\(result.errors)")
    #expect(result.text("came.err")?.contains("waiting for something else to bring vhost0 up") == true)
    #expect(result.text("ready")?.contains("10.10.0.10/24") == true, "\(result.text("ready") ?? "")")
    #expect(code("probe") == "0", "\(result.text("probe") ?? "")")
    #expect(code("after") == "1" && result.text("after")?.contains("vhost") == true)
  }

  /// A takeover that a killed run left is found, and gone after the next run.
  @Test func oneThatWasLeftUnfinished() async throws {
    let result = try await Guest().run(
      """
      lab-topology nic
      VROUTER_TEST_WITHOUT_GUARDIAN=1 VROUTER_TEST_KILL_AT=after:take-over/add-host/1 \\
        vrouter-node-agent prepare --env-file /run/lab/common.env >/out/killed 2>&1
      vrouter-node-agent diagnose --env-file /run/lab/common.env --output json >/out/left
      vrouter-node-agent prepare --env-file /run/lab/common.env >/out/next 2>&1
      vrouter-node-agent diagnose --env-file /run/lab/common.env --output json >/out/then
      """)
    let left = result.text("left") ?? ""
    #expect(
      left.contains("takeover.unfinished") && left.contains("phase moving"),
      "\(left)\(result.text("killed") ?? "")")
    #expect(result.text("then")?.contains("takeover.unfinished") == false, "\(result.text("next") ?? "")")
  }

  /// What has the NIC's frames already stands against a takeover before anything is changed.
  @Test func oneWhoHasTheFrames() async throws {
    let result = try await Guest().run(
      """
      lab-topology macvlan
      vrouter-node-agent prepare --env-file /run/lab/common.env --dry-run >/out/dry 2>&1
      echo $? >/out/code
      ls /run/vrouter-node-agent >/out/left 2>&1
      """)
    #expect(result.text("code") == "11\n")
    #expect(result.text("dry")?.contains("mac0 (macvlan) on eth0") == true, "\(result.text("dry") ?? "")")
  }
}
