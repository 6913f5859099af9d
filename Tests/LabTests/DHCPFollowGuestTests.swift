import Foundation
import Testing

/// `VROUTER_DHCP=follow` where a dhclient has the interface's address, in a guest: another one, which systemd runs, renews the same
/// lease on vhost0, whatever becomes of it and of the server.
@Suite(.withGuests) struct DHCPFollowGuestTests {
  private static let prelude = """
    set -u
    . lab-managers
    cd /out
    export PHYSICAL_INTERFACE=eth0 VROUTER_DHCP=follow
    unit=vrouter-node-agent-dhclient.service
    leases=/run/dhclient-vrouter-node-agent.leases
    # agent NAME COMMAND...: its output and errors are in NAME.said, its exit code in NAME.code
    agent() {
      name=$1 code=0
      shift
      timeout 60 vrouter-node-agent "$@" >"$name.said" 2>&1 || code=$?
      echo $code >"$name.code"
    }
    # Its process's number.
    follower() { pgrep -f "^/usr/sbin/dhclient .*$leases" || :; }
    another() { [ -n "$(follower)" ] && [ "$(follower)" != "$1" ]; }
    # renewals: two more of them at the server
    renewals() { lab_await 60 lab_more $(($(lab_granted) + 1)); }
    # Who the server knows, and by which identifier: all but the time.
    identity() { cut -d ' ' -f 2- /run/dnsmasq.leases; }
    lab_peer 5
    lab_systemd
    lab_start ifupdown
    lab_await 60 lab_address eth0
    identity >identity.before
    agent prepare prepare
    renewals

    """

  private func run(_ script: String) async throws -> GuestResult {
    let result = try await Guest(root: .managers, timeout: .seconds(420)).run(Self.prelude + script)
    let said = "\(result.output)\(result.errors)\(result.text("prepare.said") ?? "")"
    try #require(result.text("prepare.code") == "0\n", "\(said)")
    #expect(result.output == "", "\(said)")
    return result
  }

  @Test func theSameLeaseIsRenewedWhateverEndsTheClient() async throws {
    let result = try await run(
      """
      identity >identity.after
      follower >first
      stat -c '%i %z' /run/systemd/system/$unit >unit.before
      ip link add nlmon0 type nlmon
      ip link set nlmon0 up
      counter=$(lab-writes second.writes)
      agent second prepare
      lab-traffic stop "$counter"
      ip link del nlmon0
      stat -c '%i %z' /run/systemd/system/$unit >unit.after
      follower >second

      kill -KILL "$(cat second)"
      lab_await 30 another "$(cat second)"
      follower >third
      renewals
      agent renewing diagnose

      vrouter-node-agent run --interval 1 >run.said 2>&1 &
      run=$!
      lab_await 30 grep -q ready: run.said
      lab_systemctl stop $unit
      follower >stopped
      lab_await 30 grep -q 'no dhclient renews' run.said
      agent stopped diagnose
      agent again prepare
      lab_await 30 grep -q 'is renewed again' run.said
      kill $run
      follower >fourth
      renewals
      agent renewed diagnose
      lab_address vhost0 >address

      : >/run/dnsmasq.log
      agent cleanup cleanup
      follower >ended
      ls /run/systemd/system/$unit $leases >left 2>/dev/null
      lab_systemctl list-units --all | grep vrouter-node-agent >units
      renewals
      grep RELEASE /run/dnsmasq.log >released
      identity >identity.last
      lab_address eth0 >eth0
      """)
    let identity = try #require(result.text("identity.before"))
    // MAC address, address, name, client identifier.
    #expect(identity.contains("52:54:00:0a:00:02 10.0.2.55") && !identity.contains(" *\n"), "\(identity)")
    for name in ["identity.after", "identity.last"] { #expect(result.text(name) == identity, "\(name)") }
    #expect(result.text("second") == result.text("first") && result.text("first")?.isEmpty == false)
    #expect(result.text("unit.after") == result.text("unit.before"))
    let writes = try JSONDecoder().decode(WriteCount.self, from: Data(result.files["second.writes"] ?? []))
    #expect(writes.writes == 0 && writes.missed == 0, "\(writes)")
    #expect(result.text("third") != result.text("second"))
    #expect(result.text("stopped") == "")
    #expect(result.text("stopped.said")?.contains("lease.unrenewed") == true)
    #expect(result.text("stopped.code") == "3\n")
    for name in ["renewing", "renewed"] {
      #expect(result.text("\(name).said")?.contains("lease.unrenewed") == false, "\(name)")
    }
    #expect(result.text("again.code") == "0\n" && result.text("fourth")?.isEmpty == false)
    #expect(result.text("address") == "10.0.2.55/24\n")
    #expect(result.text("cleanup.code") == "0\n", "\(result.text("cleanup.said") ?? "")")
    #expect(result.text("cleanup.said")?.contains("warning") == false, "\(result.text("cleanup.said") ?? "")")
    for name in ["ended", "left", "units", "released"] { #expect(result.text(name) == "", "\(name)") }
    #expect(result.text("eth0") == "10.0.2.55/24\n")
  }

  /// What the server says, or doesn't, is told, and takes nothing from vhost0.
  @Test func anEndAndAnotherAddressAreTold() async throws {
    let result = try await run(
      """
      lab_follow /out/changes
      kill "$(cat /run/dnsmasq.pid)"
      date -s "+10 minutes" >/dev/null
      # It asks anybody, now that its lease is over.
      sleep 15
      agent silent diagnose
      ip netns exec peer ping -c 3 -i 0.2 -W 2 10.0.2.55 >silent.ping
      rm /run/dnsmasq.leases
      ip netns exec peer dnsmasq --conf-file=/dev/null --port=0 --interface=peer0 --bind-interfaces --no-ping \\
        --dhcp-range=10.0.2.70,10.0.2.80,120 --dhcp-authoritative --log-facility=/run/dnsmasq.log \\
        --dhcp-leasefile=/run/dnsmasq.leases --pid-file=/run/dnsmasq.pid
      lab_await 60 grep -q 'fixed-address 10.0.2.7' $leases
      agent moved diagnose
      agent prepare prepare
      ip netns exec peer ping -c 3 -i 0.2 -W 2 10.0.2.55 >moved.ping
      lab_unfollow /out/changes
      ip -4 -o address show dev vhost0 >address
      # What can't be ended now is ended by the next one.
      mv /run/dbus /run/away
      agent cleanup cleanup
      mv /run/away /run/dbus
      agent next cleanup
      follower >ended
      """)
    #expect(result.text("silent.said")?.contains("has not renewed the lease of 10.0.2.55") == true)
    #expect(result.text("moved.said")?.contains("gave vhost0 the address 10.0.2.7") == true)
    for name in ["silent", "moved"] {
      #expect(result.text("\(name).code") == "3\n", "\(result.text("\(name).said") ?? "")")
      #expect(result.text("\(name).ping")?.contains(" 0% packet loss") == true)
    }
    #expect(result.text("changes") == "", "vhost0's address came or went")
    #expect(result.text("address")?.contains("10.0.2.55/24") == true)
    #expect(result.text("address")?.contains("10.0.2.7") == false)
    let cleanup = result.text("cleanup.said") ?? ""
    #expect(result.text("cleanup.code") == "0\n" && cleanup.contains("warning end dhclient"), "\(cleanup)")
    #expect(result.text("next.said")?.contains("done: ended vrouter-node-agent-dhclient.service") == true)
    #expect(result.text("ended") == "")
  }
}
