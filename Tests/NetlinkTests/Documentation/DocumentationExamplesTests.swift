import CMnl
import Glibc
import Netlink
import SystemPackage
import TestSupport
import Testing

/// The examples of the articles (`Sources/Netlink/Netlink.docc`), word for word: ``DocumentationTests`` compares
/// them. Each runs with the real kernel, in a network namespace of its own.
@Suite("Examples of the documentation")
struct DocumentationExamplesTests {
  /// A namespace with an interface, an address and a default route.
  private static let host = """
    ip link set lo up
    ip link add eth0 type veth peer name far0
    ip link set eth0 up
    ip link set far0 up
    ip address add 192.0.2.7/24 dev eth0
    ip route add default via 192.0.2.1
    """

  private func onHost<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
    try inNetworkNamespace {
      try shell(Self.host)
      return try body()
    }
  }

  @Test("The overview")
  func overview() throws {
    try onHost {
      var netlink = try RouteNetlink()
      for link in try netlink.links() where link.isUp {
        print(link.name, link.mtu)
      }
    }
  }

  @Test("A dump, what becomes of one that fails, and one that ends early")
  func dumps() throws {
    try onHost {
      var netlink = try RouteNetlink()
      let routes = try netlink.routes(family: .ipv4, table: .main)
      print(routes.count)

      do throws(NetlinkError) {
        let links = try netlink.links()
        print(links.count)
      } catch {
        switch error.cause {
        case .inconsistent(let attempts): print("changed during each of \(attempts) tries")
        case .overrun(let attempts): print("answers were lost in each of \(attempts) tries")
        default: print(error)
        }
      }

      let defaults = try netlink.defaultRoutes(family: .ipv4)
      print(defaults.map { $0.gateway.map { "\($0)" } ?? "on the link" })
    }
  }

  @Test("Waiting for a carrier")
  func monitor() throws {
    let isUp = try onHost {
      var monitor = try RouteMonitor(RouteInterests(routes: .defaults([.main])))
      let deadline = ContinuousClock.now + .seconds(60)
      while monitor.state.link(named: "eth0")?.isLowerUp != true {
        let events = try monitor.next(until: deadline)
        if events.isEmpty { break }  // nothing more happened until the deadline
        for event in events { print(event) }
      }
      return monitor.state.link(named: "eth0")?.isLowerUp
    }
    #expect(isUp == true)
  }

  @Test("Ending a wait")
  func cancellation() throws {
    try onHost {
      let cancellation = try NetlinkCancellation()
      var monitor = try RouteMonitor(cancellation: cancellation)
      cancellation.cancel()
      do throws(NetlinkError) {
        _ = try monitor.next(until: .now + .seconds(3600))
      } catch {
        print(error.cause == .cancelled ? "no longer of interest" : "\(error)")
      }
    }
  }

  @Test("Making interfaces, an address and a route")
  func changes() throws {
    @Sendable func change() throws {
      var netlink = try RouteNetlink()
      try netlink.add(NewLink("br0", .bridge, settings: LinkChange(isUp: true)))
      try netlink.add(NewLink("v0", .veth(peer: "v1")))

      guard let bridge = try netlink.link(named: "br0"), let port = try netlink.link(named: "v0") else {
        return
      }
      let joined = LinkChange(isUp: true, mtu: 1400, master: .index(bridge.index))
      try netlink.change(linkIndex: port.index, joined)

      guard let prefix = IPPrefix("192.0.2.7/24"), let gateway = IPAddress("192.0.2.1") else { return }
      try netlink.add(Address(linkIndex: bridge.index, prefix: prefix))

      var route = Route(to: .all(.ipv4))
      route.gateway = gateway
      route.outputIndex = bridge.index
      route.metric = 100
      try netlink.replace(route)

      let additions = ["198.51.100.1/32", "198.51.100.2/32", "198.51.100.2/32"].compactMap { text in
        IPPrefix(text).map { Address(linkIndex: bridge.index, prefix: $0).request(.add) }
      }
      for case .failure(let error) in netlink.session.batch(additions) {
        print(error)  // the third: it exists already
      }

      do throws(NetlinkError) {
        try netlink.add(Address(linkIndex: bridge.index, prefix: prefix))
      } catch {
        if error.cause == .refused(.fileExists) {
          print("it is there already")
        } else {
          print(error)  // what was tried, on what, what came back and what to do, in one line
        }
      }
    }
    let (link, route, addresses) = try inNetworkNamespace {
      try change()
      return (
        try shell("ip -o link show v0"), try shell("ip route show default"), try shell("ip address show br0")
      )
    }
    #expect(link.contains("mtu 1400") && link.contains("master br0"))
    #expect(addresses.contains("198.51.100.1/32") && addresses.contains("198.51.100.2/32"))
    #expect(route.hasPrefix("default via 192.0.2.1 dev br0 metric 100"))
  }

  @Test("A namespace with a name, and both ends of a veth pair")
  func namespaces() throws {
    try onHost {
      // CLONE_NEWNS: `ip netns` keeps names in /run, which isn't the host's from here on.
      guard unshare(0x20000) == 0 else { throw Errno(rawValue: errno) }
      try shell(
        """
        mount --make-rprivate /
        mount -t tmpfs tmpfs /run
        ip netns add blue
        ip link add near type veth peer name far netns blue
        """)
      var blue = try RouteNetlink(in: .path("/run/netns/blue"))
      for link in try blue.links() {
        print(link.name)
      }

      var here = try RouteNetlink()
      if let near = try here.link(named: "near"), near.lowerNamespaceID != nil, let index = near.lowerIndex {
        print(try blue.link(index: index)?.name ?? "it is in yet another namespace")
      }

      let monitor = try RouteMonitor(in: .path("/run/netns/blue"))
      print(monitor.state.links.map(\.name))
      guard try blue.link(named: "far") != nil, monitor.state.link(named: "far") != nil else {
        throw Errno.noSuchAddressOrDevice
      }
    }
  }

  @Test("A family and what it answers")
  func genericNetlink() throws {
    @Sendable func ask() throws {
      var netlink = try GenericNetlink()
      guard let family = try netlink.family(named: "ethtool") else { return }
      print(family.id, family.operations.count, family.groups.map(\.name))

      // ETHTOOL_MSG_LINKSTATE_GET with ETHTOOL_A_LINKSTATE_HEADER
      var request = family.request("read the state of the link", on: "lo", command: 6)
      request.append(nested: 1) { header in header.append(attribute: 2, text: "lo") }
      let hasLink = try netlink.session.request(request) { (message) throws(WireError) -> Bool? in
        guard let answer = try family.message(message) else { return nil }
        var attributes = answer.attributes
        while let attribute = try attributes.next() {
          // ETHTOOL_A_LINKSTATE_LINK
          if attribute.type == 2 { return try attribute.payload.uint8() != 0 }
        }
        return nil
      }
      print(hasLink)
    }
    try onHost { try ask() }
  }

  @Test("A recording answers as the kernel did")
  func recording() throws {
    let (names, namesAgain) = try onHost {
      let recorder = ExchangeRecorder()
      var netlink = RouteNetlink(NetlinkSession(RecordingTransport(try NetlinkSocket(.route), recorder)))
      let names = try netlink.links().map(\.name)

      var replay = RouteNetlink(NetlinkSession(ReplayTransport(recorder.exchanges)))
      let namesAgain = try replay.links().map(\.name)
      return (names, namesAgain)
    }
    #expect(names.contains("eth0") && names == namesAgain)
  }

  struct OverloadedKernel: NetlinkTransport, ~Copyable {
    let portID: UInt32 = 1
    private var hasLost = false

    mutating func send(_ datagram: RawSpan) {
      hasLost = true
    }

    mutating func receive(
      into buffer: inout MutableRawSpan, until limit: WaitLimit
    ) throws(TransportFailure) -> ReceivedDatagram {
      guard hasLost else { throw .timedOut }
      // The kernel says so once.
      hasLost = false
      throw .overrun
    }
  }

  @Test("A kernel that loses what it has to say")
  func overload() {
    var netlink = RouteNetlink(NetlinkSession(OverloadedKernel(), attempts: 3))
    do {
      _ = try netlink.addresses()
    } catch {
      print(error)  // netlink: cannot list the addresses: the kernel dropped answers (tries: 3). …
    }
    let error = #expect(throws: NetlinkError.self) { try netlink.addresses() }
    #expect(
      error?.description.hasPrefix(
        "netlink: cannot list the addresses: the kernel dropped answers (tries: 3). ") == true)
  }
}
