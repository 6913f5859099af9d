import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// Announcements as a neighbour gets them, and what it makes of them.
@Suite struct AnnouncementTests {
  @Test func theNeighbourGetsEachFrame() throws {
    let four = try #require(IPAddress("10.0.2.15"))
    let six = try #require(IPAddress("2001:db8::f"))
    let (expected, got) = try withProbeNetwork { network in
      let arp = try network.frames(EthernetFrame.arp)
      let ipv6 = try network.frames(EthernetFrame.ipv6)
      let announcement = try Announcement(of: [four, six, four], by: network.nic, isRouter: false)
      try announcement.send()
      let expected = announcement.frames.map(\.bytes)
      let frames =
        try awaitFrames(1, from: arp) { $0 == expected.first }
        + awaitFrames(1, from: ipv6) { $0 == expected.last }
      return (expected, frames)
    }
    #expect(expected.count == 2)
    #expect(got == expected)
  }

  /// A neighbour that has the addresses at the MAC of an interface that went away has them at the new one at once.
  @Test func theNeighbourLearnsTheNewPlace() throws {
    let addresses = try ["10.0.2.15", "2001:db8::f"].map { try #require(IPAddress($0)) }
    let entries = try withProbeNetwork { network in
      try network.shellOfNeighbour(
        """
        ip neighbour replace 10.0.2.15 lladdr 52:54:00:99:99:99 dev gw0 nud stale
        ip neighbour replace 2001:db8::f lladdr 52:54:00:99:99:99 dev gw0 nud stale
        echo 1 >/proc/sys/net/ipv4/conf/gw0/arp_accept
        """)
      // IPv4's entries aren't changed again within a second (net.ipv4.neigh.*.locktime, in hundredths).
      try network.shellOfNeighbour("echo 0 >/proc/sys/net/ipv4/neigh/gw0/locktime")
      let seen = try network.frames(EthernetFrame.ipv6)
      try Announcement(of: addresses, by: network.nic, isRouter: false).send()
      _ = try awaitFrames(1, from: seen) { $0.count >= 55 && $0[54] == 136 }
      return try network.asNeighbour {
        var netlink = try RouteNetlink()
        return try netlink.neighbours().filter { addresses.contains($0.address) }.map(
          \.macAddress?.description)
      }
    }
    #expect(entries == ["52:54:00:0a:00:0f", "52:54:00:0a:00:0f"])
  }

  @Test func anInterfaceThatIsDownOrGoneIsNamed() throws {
    let address = try #require(IPAddress("10.0.2.15"))
    let (down, gone) = try withProbeNetwork { network in
      func failure(_ script: String, _ body: () throws(Announcement.Failure) -> Void) throws -> String {
        try shell(script)
        do throws(Announcement.Failure) {
          try body()
          return "none"
        } catch {
          return error.description
        }
      }
      let announcement = try Announcement(of: [address], by: network.nic, isRouter: false)
      return (
        try failure("ip link set nic0 down") { () throws(Announcement.Failure) in try announcement.send() },
        try failure("ip link delete nic0") { () throws(Announcement.Failure) in
          _ = try Announcement(of: [address], by: network.nic, isRouter: false)
        }
      )
    }
    #expect(down == "not announced by nic0: 10.0.2.15: Network is down")
    #expect(gone == "addresses can't be announced by nic0: no packet socket: No such device")
  }
}
