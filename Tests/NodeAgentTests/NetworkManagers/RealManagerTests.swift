import Foundation
import Testing

@testable import NodeAgent

/// NetworkManager and systemd-networkd themselves, told by this program, while an address moves from eth0 to vhost0 (here a
/// veth: what a manager does goes by the name).
@Suite(.serialized, .timeLimit(.minutes(3))) struct RealManagerTests {
  /// Starts a manager and waits for its lease.
  private func managed(_ name: String, before: String = "", _ body: (ManagedHost) throws -> Void) throws {
    let host = try ManagedHost()
    defer { host.end() }
    let said = try host.run(
      "lab_peer 10; lab_bus; \(before)\nlab_start \(name); lab_await 30 lab_address eth0")
    try #require(said.isEmpty, "\(said)")
    try body(host)
  }

  /// The moves of a takeover between the two stages of the plan.
  private func takeOver(_ host: ManagedHost, _ plan: ManagerPlan) throws -> String {
    let teller = ManagerTeller(root: host.root)
    let address = try host.run("lab_address eth0")
    for step in plan.beforeVhost { try teller.apply(step) }
    #expect(try host.run("lab_address eth0") == address)
    try host.run(
      """
      ip link add vhost0 address 52:54:00:0a:00:02 type veth peer name behind
      ip link set behind up; ip link set vhost0 up
      lab_move eth0 vhost0
      """)
    for step in plan.atCommit { try teller.apply(step) }
    return address
  }

  private static let disturbances = [
    "ip -n peer link set peer0 down; sleep 1; ip -n peer link set peer0 up",
    "lab_stop MANAGER; lab_start MANAGER",
    "lab_stop MANAGER KILL; lab_start MANAGER", "ip link set eth0 down; ip link set eth0 up",
  ]

  @Test(arguments: ["NetworkManager", "systemd-networkd"]) func leavesBothAlone(_ name: String) throws {
    // A list such as Calico has people write, which is read after what is in /run.
    let list =
      "printf '[keyfile]\\nunmanaged-devices=interface-name:cali*\\n' >/etc/NetworkManager/conf.d/calico.conf"
    try managed(name, before: list) { host in
      let before = try host.run("find /etc -type f | sort | xargs sha256sum")
      let observation = NetworkManagers.observe(root: host.root, nic: try host.link("eth0"), addresses: [])
      let manager = try #require(observation.managers.first)
      #expect(observation.managers.count == 1)
      #expect(manager.name == name)
      #expect(manager.isRunning == true && manager.manages == true && manager.usesDHCP == true, "\(manager)")

      let plan = ManagerPlan(observation, dhcp: .fixed, nic: "eth0", vhost: "vhost0")
      let address = try takeOver(host, plan)
      let isAsTold =
        "lab_await 1 sh -c '! ip -4 address show dev eth0 | grep inet'; lab_address vhost0; ip -br link show eth0 | grep -o LOWER_UP"
      #expect(try host.run(isAsTold) == "\(address)\nLOWER_UP")
      for disturbance in Self.disturbances {
        let script = disturbance.replacing("MANAGER", with: name)
        // Longer than until the next renewal would be due.
        let said = try host.run("\(script); sleep 12; \(isAsTold)")
        #expect(said == "\(address)\nLOWER_UP", "after \(script)")
      }
      #expect(try host.run("find /etc -type f | sort | xargs sha256sum") == before)

      let teller = ManagerTeller(root: host.root)
      for step in (plan.beforeVhost + plan.atCommit).reversed() { try teller.undo(step) }
      #expect(try host.run("ip link del vhost0; lab_await 30 lab_address eth0; lab_address eth0") == address)
      #expect(try host.run("find /run -name '*vrouter-node-agent*'").isEmpty)
    }
  }

  @Test func networkdFollowsOnVhost() throws {
    try managed("systemd-networkd") { host in
      let observation = NetworkManagers.observe(root: host.root, nic: try host.link("eth0"), addresses: [])
      let plan = ManagerPlan(observation, dhcp: .follow, nic: "eth0", vhost: "vhost0")
      #expect(plan.refusal == nil)
      // vhost0 reaches the DHCP server: what arrives on eth0 is its own.
      let teller = ManagerTeller(root: host.root)
      let address = try host.run("lab_address eth0")
      for step in plan.beforeVhost { try teller.apply(step) }
      try host.run(
        """
        ip link add vhost0 address 52:54:00:0a:00:02 type veth peer name behind netns peer
        ip -n peer link add bridge type bridge; ip -n peer address del 10.0.2.2/24 dev peer0
        ip -n peer link set behind master bridge; ip -n peer link set behind up; ip -n peer link set bridge up
        ip -n peer address add 10.0.2.2/24 dev bridge
        kill "$(cat /run/dnsmasq.pid)"; lab_serve bridge 10
        ip link set vhost0 up
        lab_move eth0 vhost0
        """)
      try host.run("ip monitor address >/run/addresses 2>&1 & echo $! >/run/monitor; : >/run/dnsmasq.log")
      for step in plan.atCommit { try teller.apply(step) }
      // The same address, renewed twice, and never gone.
      let said = try host.run(
        "lab_await 60 sh -c '[ $(grep -c DHCPACK /run/dnsmasq.log) -ge 3 ]'; lab_address vhost0")
      #expect(said == address)
      #expect(try host.run("grep -c '^Deleted.*vhost0.*inet ' /run/addresses") == "0")
      // KeepConfiguration=yes: also a server that is silent for long doesn't take it from the node.
      #expect(try host.run("ip -4 address show dev vhost0").contains("valid_lft forever"))
      #expect(try host.run("lab_address eth0").isEmpty)
    }
  }
}
