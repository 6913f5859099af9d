import Netlink
import SystemPackage
import Testing

/// Changes to the real kernel, in network namespaces of their own: what is read back is what was sent.
@Suite("Addresses and neighbours changed in network namespaces")
struct NamespaceChangeTests {
  @Test("Addresses are added, replaced and deleted; what is read back is what was sent")
  func addresses() throws {
    let address = try #require(IPAddress("10.9.0.2"))
    let prefixes = try ["10.7.0.1/16", "10.9.0.1/32", "2001:db8:5::1/64", "10.7.0.2/16"].map {
      try #require(IPPrefix($0))
    }
    let seen = try ChangeRun.inPair { (netlink, near, _) -> ChangeRun.Seen<Address> in
      var labelled = Address(linkIndex: near, prefix: prefixes[0])
      labelled.broadcast = .v4(IPv4Address(10, 7, 255, 255))
      labelled.label = "v0:one"
      labelled.routeMetric = 77
      var peer = Address(linkIndex: near, prefix: prefixes[1], scope: .link)
      peer.peer = address
      peer.label = "v0"
      var limited = Address(
        linkIndex: near, prefix: prefixes[2], flags: [.noDuplicateDetection, .noPrefixRoute])
      limited.validLifetime = 7200
      limited.preferredLifetime = 3600
      var seen = ChangeRun.Seen<Address>()
      seen.sent = [labelled, peer, limited]
      for address in seen.sent { try netlink.add(address) }
      seen.read = try netlink.addresses(linkIndex: near)
      seen.refusals.append(ChangeRun.errno { () throws(NetlinkError) in try netlink.add(labelled) })
      // Replacing changes lifetimes.
      var longer = limited
      longer.validLifetime = nil
      longer.preferredLifetime = 1800
      try netlink.replace(longer)
      let replaced = try netlink.addresses(linkIndex: near).first { $0.prefix == limited.prefix }
      if replaced?.validLifetime != nil || !(1790...1800).contains(replaced?.preferredLifetime ?? 0) {
        seen.findings.append("replaced: \(String(describing: replaced))")
      }
      for address in [labelled, peer, longer] { try netlink.delete(address) }
      for address in [labelled, longer] {
        seen.refusals.append(ChangeRun.errno { () throws(NetlinkError) in try netlink.delete(address) })
      }
      seen.left = try netlink.addresses(linkIndex: near)
      return seen
    }
    for address in seen.sent {
      var found = try #require(seen.read.first { $0.prefix == address.prefix })
      // The kernel's own part: permanent, and the seconds that passed since.
      if address.validLifetime == nil { #expect(found.flags.contains(.permanent)) }
      if let valid = found.validLifetime, let preferred = found.preferredLifetime {
        #expect((7190...7200).contains(valid) && (3590...3600).contains(preferred))
        found.validLifetime = address.validLifetime
        found.preferredLifetime = address.preferredLifetime
      }
      found.flags.remove(.permanent)
      var expected = address
      expected.flags.remove(.permanent)
      #expect(found == expected)
    }
    #expect(seen.refusals == [.fileExists, .addressNotAvailable, .addressNotAvailable])
    #expect(seen.left.allSatisfy { !prefixes.contains($0.prefix) } && seen.findings == [])
  }

  @Test("Neighbours are added, replaced and deleted; what is read back is what was sent")
  func neighbours() throws {
    let macs = try ["02:00:00:00:00:01", "02:00:00:00:00:02"].map { try #require(MACAddress($0)) }
    let address = try #require(IPAddress("2001:db8::99"))
    let seen = try ChangeRun.inPair { (netlink, near, _) -> ChangeRun.Seen<Neighbour> in
      var seen = ChangeRun.Seen<Neighbour>()
      var router = Neighbour(
        .v4(IPv4Address(10, 1, 2, 1)), linkIndex: near, macAddress: macs[0],
        flags: [.router, .externallyLearned])
      router.neighbourProtocol = .static
      seen.sent = [
        router, Neighbour(address, linkIndex: near, macAddress: macs[1]),
        Neighbour(.v4(IPv4Address(10, 1, 2, 8)), linkIndex: near, macAddress: macs[1], state: .noARP),
      ]
      for neighbour in seen.sent { try netlink.add(neighbour) }
      seen.read = try netlink.neighbours(linkIndex: near)
      seen.refusals.append(ChangeRun.errno { () throws(NetlinkError) in try netlink.add(router) })
      var moved = router
      moved.linkLayerAddress = macs[1].bytes
      try netlink.replace(moved)
      if try !netlink.neighbours(linkIndex: near).contains(moved) { seen.findings.append("not replaced") }
      for neighbour in [moved] + seen.sent.dropFirst() { try netlink.delete(neighbour) }
      let missing = Neighbour(.v4(IPv4Address(10, 1, 2, 66)), linkIndex: near)
      seen.refusals.append(ChangeRun.errno { () throws(NetlinkError) in try netlink.delete(missing) })
      // The kernel keeps the deleted ones for a moment as failed.
      seen.left = try netlink.neighbours(linkIndex: near).filter(\.state.isUsable)
      return seen
    }
    for neighbour in seen.sent { #expect(seen.read.first { $0.address == neighbour.address } == neighbour) }
    #expect(seen.refusals == [.fileExists, .noSuchFileOrDirectory] && seen.findings == [])
    #expect(Set(seen.left.map(\.address)).isDisjoint(with: seen.sent.map(\.address)))
  }

}
