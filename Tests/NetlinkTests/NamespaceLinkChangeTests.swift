import Netlink
import SystemPackage
import TestSupport
import Testing

/// Changes to the real kernel, in network namespaces of their own.
@Suite("Links changed in network namespaces")
struct NamespaceLinkChangeTests {
  @Test("Links are made, changed and deleted; nothing changes but what was said")
  func links() throws {
    let mac = try #require(MACAddress("02:00:00:00:00:aa"))
    let findings = try inNetworkNamespace { () -> [String] in
      var netlink = try RouteNetlink()
      var findings: [String] = []
      func link(_ name: String) throws -> Link {
        guard let link = try netlink.link(named: name) else { throw Errno.noSuchFileOrDirectory }
        return link
      }
      func check(_ condition: Bool, _ what: String) { if !condition { findings.append(what) } }

      try netlink.add(NewLink("br0", .bridge, settings: LinkChange(isUp: true)))
      check(try link("br0").isUp && link("br0").kind == "bridge", "bridge")
      try netlink.add(
        NewLink(
          "v0", .veth(peer: "v1", settings: LinkChange(mtu: 1300)),
          settings: LinkChange(mtu: 1400, macAddress: mac)))
      let near = try link("v0")
      let far = try link("v1")
      check(near.kind == "veth" && near.mtu == 1400 && near.macAddress == mac && !near.isUp, "near end")
      check(far.mtu == 1300 && !far.isUp && far.lowerIndex == near.index, "far end")
      let again = ChangeRun.errno { () throws(NetlinkError) in
        try netlink.add(NewLink("v0", NewLinkKind("ifb")))
      }
      check(again == .fileExists, "made twice: \(String(describing: again))")

      // Flags that somebody else set stay.
      try shell("ip link set v0 arp off promisc on multicast off")
      let before = try link("v0")
      try netlink.change(linkIndex: near.index, LinkChange(isUp: true))
      var after = try link("v0")
      let administrative: LinkFlags = [.noARP, .promiscuous, .multicast, .up]
      check(
        after.flags.intersection(administrative) == before.flags.intersection(administrative).union(.up), "up"
      )
      try netlink.change(linkIndex: near.index, LinkChange(mtu: 1234))
      after.mtu = 1234
      // What an MTU brings about: the largest packet that is put together.
      var read = try link("v0")
      check(read.mtu == 1234 && read.flags == after.flags && read.macAddress == after.macAddress, "MTU")
      try netlink.change(linkIndex: near.index, LinkChange(master: .index(link("br0").index)))
      check(try link("v0").masterIndex == link("br0").index && link("v0").portKind == "bridge", "master")
      try netlink.change(
        linkIndex: near.index, LinkChange(isUp: false, master: LinkChange.Master.none, name: "w0"))
      read = try link("w0")
      check(
        read.index == near.index && read.masterIndex == nil && !read.isUp && read.flags.contains(.noARP),
        "name")
      try netlink.session.request(
        Link.alternativeName(.add, "the-uplink-of-the-node", linkIndex: near.index))
      check(try link("the-uplink-of-the-node").index == near.index, "alternative name")
      try netlink.session.request(
        Link.alternativeName(.delete, "the-uplink-of-the-node", linkIndex: near.index))
      check(try netlink.link(named: "the-uplink-of-the-node") == nil, "alternative name deleted")

      try netlink.add(NewLink("mv0", .macvlan(.private), lowerIndex: far.index))
      check(try link("mv0").details == .macvlan(MacvlanDetails(mode: .private)), "macvlan")
      check(try link("mv0").lowerIndex == far.index, "macvlan's parent")
      let vxlan = VXLANDetails(
        id: 42, lowerIndex: far.index, remote: .v4(IPv4Address(10, 1, 0, 2)),
        local: .v4(IPv4Address(10, 1, 0, 1)),
        learns: false)
      try netlink.add(NewLink("vx0", .vxlan(vxlan)))
      check(try link("vx0").details == .vxlan(vxlan), "vxlan")
      try netlink.deleteLink(index: link("vx0").index)
      check(try netlink.link(named: "vx0") == nil, "deleted")
      let missing = ChangeRun.errno { () throws(NetlinkError) in try netlink.deleteLink(index: 4711) }
      check(missing?.rawValue == 19, "deleted twice: \(String(describing: missing))")
      return findings
    }
    #expect(findings == [])
  }
}
