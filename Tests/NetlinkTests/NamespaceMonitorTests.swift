import CMnl
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Netlink

/// The monitor with the real kernel.
@Suite("Monitor in network namespaces")
struct NamespaceMonitorTests {
  /// Reads events until they add up to what is listed. The kernel itself tells late: of an IPv6 address only when the
  /// search for duplicates is over, though it lists it before.
  private static func settle(_ monitor: inout RouteMonitor) throws -> [RouteEvent] {
    var all: [RouteEvent] = []
    var netlink = try RouteNetlink()
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
      all += try monitor.next(until: .now + .milliseconds(20))
      var state = RouteState(
        links: try netlink.links(), addresses: try netlink.addresses(), rules: monitor.state.rules)
      state.routes = monitor.state.routes
      if Listener(state).agrees(with: monitor.state) { break }
    }
    return all
  }

  /// Reads events until one of them is as wanted; all that were read.
  private static func events(
    _ monitor: inout RouteMonitor, until isWanted: (RouteEvent) -> Bool
  ) throws -> [RouteEvent] {
    var all: [RouteEvent] = []
    let deadline = ContinuousClock.now + .seconds(20)
    while !all.contains(where: isWanted) {
      let events = try monitor.next(until: deadline)
      if events.isEmpty { break }
      all += events
    }
    return all
  }

  @Test("A link that appears, comes up, gets an address, a route and a rule, and goes, with all in order")
  func life() throws {
    let (heard, agrees) = try inNetworkNamespace {
      try shell("ip link set lo up")
      var monitor = try RouteMonitor(RouteInterests(rules: true, routes: .defaults([.main])))
      var listener = Listener(monitor.state)
      var heard: [String] = []
      let steps: [(String, (RouteEvent) -> Bool)] = [
        ("ip link add v0 type veth peer name v1", { $0.link(named: "v0").map { !$0.isUp } ?? false }),
        (
          "ip link set v0 up; ip link set v1 up",
          { ($0.link(named: "v0")?.operationalState).map { $0 == .up } ?? false }
        ),
        ("ip address add 10.1.0.1/24 dev v0", { $0.address?.address == .v4(IPv4Address(10, 1, 0, 1)) }),
        ("ip route add default via 10.1.0.2", { if case .route(.added) = $0 { true } else { false } }),
        (
          "ip route add 10.7.0.0/16 via 10.1.0.2; ip rule add from 10.9.0.0/16 lookup 100", { $0.rule != nil }
        ),
        // The kernel removes the route without a word.
        ("ip link set v0 down", { if case .route(.removed) = $0 { true } else { false } }),
        (
          "ip link delete v0", { if case .link(.removed(let link)) = $0 { link.name == "v0" } else { false } }
        ),
      ]
      for (step, isWanted) in steps {
        try shell(step)
        let events = try Self.events(&monitor, until: isWanted)
        heard.append(events.contains(where: isWanted) ? "heard" : "missed: \(step): \(events)")
        listener.hear(events)
      }
      listener.hear(try Self.settle(&monitor))
      return (heard, listener.agrees(with: monitor.state) && listener.contradictions.isEmpty)
    }
    #expect(heard == Array(repeating: "heard", count: heard.count))
    #expect(agrees)
  }

  @Test("What events told is what lists say, of every kind of link: listing again is no event")
  func nothingInvented() throws {
    let (events, links, invented, agrees) = try inNetworkNamespace {
      var monitor = try RouteMonitor(RouteInterests(rules: true, routes: .all))
      var listener = Listener(monitor.state)
      try shell(NamespaceRouteTests.topology)
      // The kernel forgets to tell of the carrier of a tap that is down.
      try shell(
        "ip link delete tap0; ip link set v0 alias uplink; ip link add ifb7 type ifb; ip address add 10.99.0.1/24 dev br0"
      )
      try shell("ip address change 10.99.0.1/24 dev br0 valid_lft 1000 preferred_lft 500")
      let events = try Self.settle(&monitor)
      listener.hear(events)
      monitor.isBehind = true
      let invented = try monitor.next(until: .now)
      return (events.count, monitor.state.links.map(\.name), invented, listener.agrees(with: monitor.state))
    }
    #expect(events > 20 && links.count == 7)
    #expect(invented.isEmpty)
    #expect(agrees)
  }

  @Test("Lifetimes that are renewed are no event, those that end are")
  func lifetimes() throws {
    let (renewed, ended) = try inNetworkNamespace {
      try shell("ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up")
      try shell("ip address add 10.1.0.1/24 dev v0 valid_lft 1000 preferred_lft 500")
      var monitor = try RouteMonitor()
      _ = try Self.settle(&monitor)
      try shell("ip address change 10.1.0.1/24 dev v0 valid_lft 2000 preferred_lft 1500")
      let renewed = try monitor.next(until: .now)
      try shell("ip address change 10.1.0.1/24 dev v0 valid_lft 2000 preferred_lft 0")
      return (renewed, try Self.events(&monitor) { $0.address != nil })
    }
    #expect(renewed.isEmpty)
    #expect(ended.compactMap(\.address).first?.flags.contains(.deprecated) == true)
  }

  @Test("A tiny buffer overruns under churn; what is told still adds up to what is there")
  func overrun() throws {
    let (resynchronizations, contradictions, agrees, isTrue, names) = try inNetworkNamespace {
      try shell(
        "ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up")
      // The kernel makes it as small as it allows: room for one or two events.
      var monitor = try RouteMonitor(
        RouteInterests(rules: true, routes: .defaults([.main])), receiveBuffer: 1)
      var listener = Listener(monitor.state)
      for round in 0..<20 {
        try shell(
          """
          for i in 1 2 3 4 5 6 7 8; do
            echo link add c\(round)x$i type ifb
            echo link set c\(round)x$i up mtu $((1300 + i))
            echo address add 10.\(round).$i.1/24 dev c\(round)x$i
            [ $i -gt 3 ] || echo link delete c\(round)x$i
          done | ip -batch -
          ip route replace default via 10.\(round).8.2 metric \(round + 1)
          """)
        listener.hear(try monitor.next(until: .now + .seconds(5)))
      }
      listener.hear(try Self.settle(&monitor))
      var netlink = try RouteNetlink()
      var fresh = RouteState(
        links: try netlink.links(), addresses: try netlink.addresses(), rules: try netlink.rules())
      fresh.routes = try netlink.defaultRoutes()
      let state = monitor.state
      let isTrue = Listener(fresh).agrees(with: state)
      return (
        monitor.resynchronizations, listener.contradictions, listener.agrees(with: state), isTrue,
        state.links.count
      )
    }
    #expect(resynchronizations >= 10)
    #expect(contradictions.isEmpty)
    #expect(agrees && isTrue)
    #expect(names == 103)
  }

  @Test("A cancellation from another thread ends the wait")
  func cancellation() throws {
    let (error, waited) = try inNetworkNamespace {
      let cancellation = try NetlinkCancellation()
      var monitor = try RouteMonitor(cancellation: cancellation)
      _ = try Self.settle(&monitor)
      let start = ContinuousClock.now
      try detachedThread { cancellation.cancel() }
      var found: NetlinkError?
      do throws(NetlinkError) {
        _ = try monitor.next(until: start + .seconds(60))
      } catch {
        found = error
      }
      return (found, start.duration(to: .now))
    }
    #expect(error?.cause == .cancelled && error?.errno == .canceled)
    #expect(waited < .seconds(30))
  }

  @Test("Until the deadline nothing happens: nothing is told")
  func deadline() throws {
    let (events, waited) = try inNetworkNamespace {
      var monitor = try RouteMonitor()
      let start = ContinuousClock.now
      let events = try monitor.next(until: start + .milliseconds(50))
      return (events, start.duration(to: .now))
    }
    #expect(events.isEmpty && waited >= .milliseconds(50))
  }
}

extension RouteEvent {
  /// The link as it is now, if that is what the event is about.
  func link(named name: String) -> Link? {
    if case .link(let change) = self, change.isPresent, change.object.name == name {
      change.object
    } else {
      nil
    }
  }

  var address: Address? {
    if case .address(let change) = self, change.isPresent { change.object } else { nil }
  }

  var rule: RoutingRule? {
    if case .rule(.added(let rule)) = self { rule } else { nil }
  }
}
