import Foundation
import Testing

/// A takeover by the program itself while a network manager is alive on the NIC, in a guest, and the same machine after a
/// reboot: the node has its address at every moment, nobody brings it back to the NIC while vhost0 has it, and without an agent
/// the NIC has it again.
@Suite(.withGuests) struct ManagerTakeoverTests {
  /// A manager on eth0, with a lease of two minutes that it renews every five seconds.
  struct Manager: Sendable, CustomTestStringConvertible {
    /// As `lab_start` knows it.
    let name: String
    /// `VROUTER_DHCP`
    var dhcp = "static"
    /// What an operator may do to it meanwhile.
    let restart: String
    /// What has to run beside it: dhclient is followed by another one, which systemd runs.
    var bus: String { name == "ifupdown" && dhcp == "follow" ? "lab_systemd" : "lab_bus" }

    var testDescription: String { "\(name), \(dhcp)" }
  }

  static let managers = [
    Manager(name: "NetworkManager", restart: "lab_stop NetworkManager; lab_start NetworkManager"),
    Manager(name: "systemd-networkd", restart: "lab_stop systemd-networkd KILL; lab_start systemd-networkd"),
    Manager(
      name: "systemd-networkd", dhcp: "follow",
      restart: "lab_stop systemd-networkd; lab_start systemd-networkd"),
    Manager(name: "ifupdown", restart: "ifup -a; ifup eth0"),
    Manager(name: "ifupdown", dhcp: "follow", restart: "ifup -a; ifup eth0"),
  ]

  private static let guest = Guest(root: .managers, timeout: .seconds(240))
  private static let address = "10.0.2.55/24"

  /// Until its end vhost0 has the address: the guest is switched off with that.
  private static func takeover(_ manager: Manager) -> String {
    """
    set -u
    . lab-managers
    cd /out
    export PHYSICAL_INTERFACE=eth0 VROUTER_DHCP=\(manager.dhcp)
    # agent NAME COMMAND: its output, errors and exit code are NAME.out, .err, .code
    agent() {
      code=0
      timeout 60 vrouter-node-agent "$2" >"$1.out" 2>"$1.err" || code=$?
      echo $code >"$1.code"
    }
    told() { find /etc -path /etc/contrail -prune -o -type f -print | sort | xargs sha256sum; find /run/systemd/network /run/NetworkManager/conf.d /run/systemd/system -type f 2>/dev/null; find /run -maxdepth 1 -name '*vrouter-node-agent*.*'; }
    lab_peer 5
    \(manager.bus)
    lab_start \(manager.name)
    lab_await 60 lab_address eth0
    # It renews by itself, as often as is said.
    lab_await 30 lab_more $(($(lab_granted) + 1))
    told >told.before
    ip -4 -o address >before

    lab_follow /out/changes
    lab_watch /out/takeover.json
    agent prepare prepare
    lab_unwatch
    ip -4 -o address >after
    granted=$(lab_granted)
    ip -n peer link set peer0 down
    ip -n peer link set peer0 up
    ip link set eth0 down
    ip link set eth0 up
    \(manager.restart)
    # Two renewals would be due.
    sleep 12
    echo $(($(lab_granted) - granted)) >granted
    ip netns exec peer ping -c 3 -i 0.2 -W 2 10.0.2.55 >ping || echo "no answer" >>ping
    lab_unfollow /out/changes
    ip -4 -o address >disturbed
    ip -br link show eth0 >link
    told >told.meanwhile

    lab_watch /out/cleanup.json
    agent cleanup cleanup
    lab_await 60 lab_address eth0
    # Whoever gave the address to the NIC is at it again.
    lab_await 60 lab_more "$(lab_granted)"
    lab_await 10 sh -c 'ip -4 address show dev eth0 | grep dynamic'
    lab_unwatch
    ip -4 -o address >restored
    told >told.after

    # Nor is a journal needed for that.
    agent second prepare
    rm /run/vrouter-node-agent/journal
    agent without cleanup
    lab_await 60 lab_address eth0
    lab_await 60 lab_more "$(lab_granted)"
    lab_await 10 sh -c 'ip -4 address show dev eth0 | grep dynamic'
    ip -4 -o address >unjournaled
    told >told.unjournaled

    agent third prepare
    ip -4 -o address >again
    dmesg | grep 'stand-in: danger' >dangers || :
    """
  }

  private static func reboot(_ manager: Manager) -> String {
    """
    . lab-managers
    cd /out
    find /run/vrouter-node-agent >run 2>/dev/null
    lab_peer 5
    lab_bus
    lab_start \(manager.name)
    lab_await 30 lab_address eth0
    lab_await 30 lab_more "$(lab_granted)"
    ip -4 -o address >rebooted
    ip -br link >links
    """
  }

  @Test(arguments: managers) func isAliveThroughATakeoverAndAReboot(_ manager: Manager) async throws {
    let folder = try Folder()
    defer { folder.remove() }
    var guest = Self.guest
    guest.kept = folder.path("root")
    let result = try await guest.run(Self.takeover(manager))
    let said =
      "\(result.output)\(result.errors)\(result.text("prepare.err") ?? "")\(result.text("cleanup.err") ?? "")"
    try #require(result.text("prepare.code") == "0\n", "\(said)")
    #expect(result.output == "", "\(said)")
    #expect(result.text("dangers") == "")

    try expectHeld(result, manager, said)
    for name in ["cleanup", "second", "without", "third"] {
      #expect(result.text("\(name).code") == "0\n", "\(name): \(result.text("\(name).err") ?? "")")
    }
    for (state, told) in [("restored", "told.after"), ("unjournaled", "told.unjournaled")] {
      let held = Self.addresses(result, state)
      #expect(held.map(\.words) == ["eth0 \(Self.address)"], "\(state)\n\(said)")
      #expect(held.allSatisfy { $0.line.contains("dynamic") }, "\(state)")
      #expect(result.text(told) == result.text("told.before"), "\(state)")
    }
    if manager.name != "systemd-networkd" { try expectLossless(result, "cleanup.json") }
    #expect(Self.addresses(result, "again").map(\.words) == ["vhost0 \(Self.address)"], "\(said)")

    let rebooted = try await guest.run(Self.reboot(manager))
    #expect(rebooted.output == "", "\(rebooted.errors)")
    #expect(Self.addresses(rebooted, "rebooted").map(\.words) == ["eth0 \(Self.address)"])
    #expect(rebooted.text("links")?.contains("vhost0") == false)
    #expect(rebooted.text("run") == "")
  }

  /// Through the takeover, and through all that happens while vhost0 has the address.
  private func expectHeld(_ result: GuestResult, _ manager: Manager, _ said: String) throws {
    try expectLossless(result, "takeover.json")
    for name in ["after", "disturbed"] {
      let held = Self.addresses(result, name)
      #expect(held.map(\.words) == ["vhost0 \(Self.address)"], "\(name)\n\(said)")
      // The kernel would take it from the node at the end of the lease.
      #expect(held.allSatisfy { $0.line.contains("valid_lft forever") }, "\(name)")
    }
    var holders: Set<String> = ["eth0"]
    var hasMoved = false
    for line in try #require(result.text("changes")).split(separator: "\n") {
      let isGone = line.hasPrefix("Deleted ")
      guard let change = Line(line.dropFirst(isGone ? "Deleted ".count : 0)) else { continue }
      if isGone { holders.remove(change.link) } else { holders.insert(change.link) }
      #expect(!holders.isEmpty, "the node is without its address:\n\(result.text("changes") ?? "")")
      #expect(!hasMoved || !holders.contains("eth0"), "it came back:\n\(result.text("changes") ?? "")")
      if isGone, change.link == "eth0" { hasMoved = true }
    }
    #expect(hasMoved && holders == ["vhost0"])
    let granted = try #require(Int((result.text("granted") ?? "").dropLast()))
    if manager.dhcp == "follow" { #expect(granted >= 2, "\(said)") } else { #expect(granted == 0, "\(said)") }
    #expect(result.text("ping")?.contains(" 0% packet loss") == true, "\(result.text("ping") ?? "")")
    #expect(result.text("link")?.contains("LOWER_UP") == true)
    // Nothing in /etc.
    func etc(_ name: String) -> [Substring] {
      (result.text(name) ?? "").split(separator: "\n").filter { $0.contains("  /etc/") }
    }
    #expect(etc("told.meanwhile") == etc("told.before") && !etc("told.before").isEmpty)
  }

  private func expectLossless(_ result: GuestResult, _ name: String) throws {
    let report = try JSONDecoder().decode(
      TrafficReport.self, from: Data(try #require(result.files[name], "\(result.errors)")))
    print(
      "\(name): \(report.ping.lost) of \(report.ping.sent) pings lost, longest gap \(report.ping.longestGapMs) ms"
    )
    #expect(report.ping.sent > 20 && report.ping.lost == 0, "\(report)")
  }

  /// That a reboot is one: what a manager would have been told in /etc is there afterwards, and the NIC is without its address.
  @Test func whatIsWrittenToTheDiskOutlivesAReboot() async throws {
    let folder = try Folder()
    defer { folder.remove() }
    var guest = Self.guest
    guest.kept = folder.path("root")
    guest.programs = []
    let path = "/etc/systemd/network/00-eth0.network"
    let written = try await guest.run(
      """
      mkdir -p /etc/systemd/network /run/vrouter-node-agent
      printf '[Match]\\nName=eth0\\n[Link]\\nUnmanaged=yes\\n' >\(path)
      """)
    #expect(written.exitCode == 0, "\(written.errors)")
    let rebooted = try await guest.run(
      """
      . lab-managers
      ls \(path)
      [ ! -e /run/vrouter-node-agent ] || echo "/run is the old one"
      lab_peer 5
      lab_bus
      lab_start systemd-networkd
      lab_await 20 grep -q ADMIN_STATE=unmanaged "/run/systemd/netif/links/$(cat /sys/class/net/eth0/ifindex)"
      lab_address eth0 || echo none
      """)
    #expect(rebooted.output == "\(path)\nnone\n", "\(rebooted.errors)")
  }
}

extension ManagerTakeoverTests {
  /// A line of `ip -4 -o address`.
  fileprivate struct Line {
    let link: String
    let prefix: String
    let line: String

    var words: String { "\(link) \(prefix)" }

    init?(_ line: Substring) {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard words.count > 3, words[2] == "inet", words[1] != "lo" else { return nil }
      (link, prefix, self.line) = (words[1], words[3], String(line))
    }
  }

  fileprivate static func addresses(_ result: GuestResult, _ name: String) -> [Line] {
    (result.text(name) ?? "").split(separator: "\n").compactMap(Line.init)
  }
}
