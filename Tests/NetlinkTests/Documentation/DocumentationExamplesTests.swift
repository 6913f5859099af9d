import Glibc
import Netlink
import SystemPackage
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

      do throws(NetlinkError) {
        try netlink.add(Address(linkIndex: bridge.index, prefix: prefix))
      } catch {
        if error.cause == .refused(.fileExists) {
          print("it is there already")
        } else {
          print(error)  // what was tried, on what, what came back and what to do, in one line
        }
      }

      let prefixes = (1...100).compactMap { IPPrefix("10.9.0.\($0)/32") }
      let requests = prefixes.map { Address(linkIndex: bridge.index, prefix: $0).request(.add) }
      for result in netlink.session.batch(requests) {
        if case .failure(let error) = result { print(error) }
      }
    }
    let (link, route) = try inNetworkNamespace {
      try change()
      return (try shell("ip -o link show v0"), try shell("ip route show default"))
    }
    #expect(link.contains("mtu 1400") && link.contains("master br0"))
    #expect(route.hasPrefix("default via 192.0.2.1 dev br0 metric 100"))
  }

  @Test("A family of generic netlink")
  func generic() throws {
    try onHost {
      var netlink = try GenericNetlink()
      guard let family = try netlink.family(named: "nlctrl") else { return }
      var request = family.request("find the family", on: "nlctrl", command: 3)  // CTRL_CMD_GETFAMILY
      request.append(attribute: 2, text: "nlctrl")  // CTRL_ATTR_FAMILY_NAME
      let id = try netlink.session.request(request) { (message) throws(WireError) -> UInt16? in
        guard let message = try family.message(message) else { return nil }
        var attributes = message.attributes
        while let attribute = try attributes.next() {
          if attribute.type == 1 { return try attribute.payload.uint16() }  // CTRL_ATTR_FAMILY_ID
        }
        return nil
      }
      print(id)
    }
  }

  @Test("Another network namespace")
  func namespaces() throws {
    try onHost {
      var outside = try RouteNetlink(in: .path("/proc/self/ns/net"))  // or /run/netns/blue
      print(try outside.links().count)
    }
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
