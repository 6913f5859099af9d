import SystemPackage
import Testing

@testable import Netlink

/// What somebody knows who was told nothing but events, and whether they follow from one another.
struct Listener {
  private(set) var links: [Int: Link]
  private(set) var addresses: [Address]
  private(set) var rules: [RoutingRule]
  private(set) var routes: [Route]
  private(set) var contradictions: [String] = []

  init(_ state: RouteState) {
    links = Dictionary(uniqueKeysWithValues: state.links.map { ($0.index, $0) })
    addresses = state.addresses
    rules = state.rules
    routes = state.routes
  }

  mutating func hear(_ events: [RouteEvent]) {
    for event in events {
      switch event {
      case .link(let change): hear(change, in: Array(links.values)) { $0.index == $1.index }
      case .address(let change): hear(change, in: addresses) { $0.isSame(as: $1) }
      case .rule(let change): hear(change, in: rules) { $0 == $1 }
      case .route(let change): hear(change, in: routes) { $0 == $1 }
      }
      switch event {
      case .link(.removed(let link)): links[link.index] = nil
      case .link(let change): links[change.object.index] = change.object
      case .address(let change): Self.follow(change, in: &addresses) { $0.isSame(as: $1) }
      case .rule(let change): Self.follow(change, in: &rules) { $0 == $1 }
      case .route(let change): Self.follow(change, in: &routes) { $0 == $1 }
      }
    }
  }

  private mutating func hear<Object: Equatable>(
    _ change: ObjectChange<Object>, in known: [Object], _ isSame: (Object, Object) -> Bool
  ) {
    switch change {
    case .added(let object):
      if Object.self != Route.self, known.contains(where: { isSame($0, object) }) {
        contradictions.append("added what is there: \(object)")
      }
    case .removed(let object):
      if !known.contains(where: { isSame($0, object) }) {
        contradictions.append("removed what isn't there: \(object)")
      }
    case .changed(let from, let to):
      if !known.contains(where: { isSame($0, from) }) {
        contradictions.append("changed what isn't there: \(from)")
      }
      if from == to { contradictions.append("changed nothing: \(to)") }
    }
  }

  private static func follow<Object>(
    _ change: ObjectChange<Object>, in known: inout [Object], _ isSame: (Object, Object) -> Bool
  ) {
    let old: Object? =
      switch change {
      case .added: nil
      case .removed(let object), .changed(let object, _): object
      }
    let position = old.flatMap { old in known.firstIndex { isSame($0, old) } }
    switch (position, change.isPresent) {
    case (let position?, true): known[position] = change.object
    case (let position?, false): known.remove(at: position)
    case (nil, true): known.append(change.object)
    case (nil, false): break
    }
  }

  /// Whether it knows what a state says, apart from lifetimes.
  func agrees(with state: RouteState) -> Bool {
    func key(_ addresses: [Address]) -> Set<[Int]> {
      Set(addresses.map { [$0.linkIndex, $0.address.hashValue, Int($0.flags.rawValue), $0.prefix.length] })
    }
    return links.count == state.links.count
      && state.links.allSatisfy { links[$0.index]?.saysTheSame(as: $0) ?? false }
      && key(addresses) == key(state.addresses) && addresses.count == state.addresses.count
      && Set(rules) == Set(state.rules) && Set(routes) == Set(state.routes)
  }
}

extension Address {
  /// The kernel takes both for one address.
  func isSame(as other: Address) -> Bool {
    guard linkIndex == other.linkIndex, address == other.address else { return false }
    return family == .ipv6 || (prefix == other.prefix && peer == other.peer)
  }
}

extension FakeNetwork.Happening {
  /// What an event says.
  init?(_ event: RouteEvent) {
    switch event {
    case .link(.removed(let link)): self = .noLink(Int32(link.index))
    case .link(let change):
      let link = change.object
      self = .link(
        Int32(link.index),
        FakeNetwork.Link(name: link.name, mtu: UInt32(link.mtu), flags: link.flags.rawValue))
    case .address(let change):
      let address = FakeNetwork.Address(
        linkIndex: Int32(change.object.linkIndex), number: UInt32(change.object.address.bytes[3]))
      self = change.isPresent ? .address(address) : .noAddress(address)
    case .rule, .route: return nil
    }
  }
}

/// Receives what a function returns.
private struct Script: NetlinkTransport, ~Copyable {
  let portID: UInt32 = 5
  let next: () -> (bytes: [UInt8], sender: UInt32)?

  init(_ next: @escaping () -> (bytes: [UInt8], sender: UInt32)?) { self.next = next }

  mutating func send(_ datagram: RawSpan) throws(TransportFailure) {}

  mutating func receive(
    into buffer: inout MutableRawSpan, until limit: WaitLimit
  ) throws(TransportFailure) -> ReceivedDatagram {
    guard let (bytes, sender) = next() else { throw .timedOut }
    buffer.copy(bytes)
    return ReceivedDatagram(size: bytes.count, senderPortID: sender)
  }
}

@Suite("Monitor over a fake kernel")
struct MonitorTests {
  private static func monitor(_ network: FakeNetwork) throws(NetlinkError) -> RouteMonitor {
    var session = NetlinkSession(network.kernel(), attempts: 1000)
    session.backOff = .none
    return try RouteMonitor(
      RouteInterests(), events: FakeNetwork.Events(network: network), netlink: RouteNetlink(session))
  }

  private static func isTrue(_ state: RouteState, of network: FakeNetwork) -> Bool {
    let links = state.links.map { FakeNetwork.Happening(.link(.added($0))) }
    let addresses = state.addresses.map { FakeNetwork.Happening(.address(.added($0))) }
    return Set(links) == Set(network.links.map { .link($0.key, $0.value) })
      && Set(addresses) == Set(network.addresses.map { .address($0) })
      && addresses.count == network.addresses.count
  }

  @Test(
    "Whatever is dropped, and whenever: what is told is true, follows from what was told, and ends in what is"
  )
  func overruns() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed of the overrun monitors: \(seed)")
    var overruns = 0
    var told = 0
    for round in 0..<60 {
      let network = FakeNetwork(seed: seed &+ UInt64(round), capacity: 1 + round % 12)
      // Less than one change for each datagram that is read: the queue empties now and then.
      network.unrest = 1
      for _ in 0..<20 { network.change() }
      var monitor = try Self.monitor(network)
      var listener = Listener(monitor.state)
      var known = network.history.count
      for _ in 0..<30 {
        // Time in which nobody reads.
        for _ in 0..<(round % 5) * 4 { network.change() }
        let events = try monitor.next(until: .now)
        told += events.count
        let invented = network.invented(events.compactMap(FakeNetwork.Happening.init), since: known)
        #expect(invented.isEmpty, "seed \(seed), round \(round)")
        // The queue is empty now: what happened so far is known.
        known = network.history.count
        listener.hear(events)
        #expect(listener.agrees(with: monitor.state), "seed \(seed), round \(round)")
      }
      network.unrest = 0
      while true {
        let events = try monitor.next(until: .now)
        if events.isEmpty { break }
        listener.hear(events)
      }
      #expect(listener.contradictions.isEmpty, "seed \(seed), round \(round)")
      #expect(listener.agrees(with: monitor.state), "seed \(seed), round \(round)")
      #expect(Self.isTrue(monitor.state, of: network), "seed \(seed), round \(round)")
      overruns += network.overruns
    }
    #expect(overruns > 100 && told > 1000, "seed \(seed): \(overruns) overruns, \(told) events")
  }

  @Test("Without overruns every event is told, in the kernel's order, and nothing else")
  func everything() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed of the complete monitors: \(seed)")
    var total = 0
    for round in 0..<20 {
      let network = FakeNetwork(seed: seed &+ UInt64(round), capacity: .max)
      for _ in 0..<20 { network.change() }
      var monitor = try Self.monitor(network)
      let known = network.history.count
      network.unrest = 1
      var told: [FakeNetwork.Happening] = []
      for _ in 0..<20 {
        for _ in 0..<round { network.change() }
        told += try monitor.next(until: .now).compactMap(FakeNetwork.Happening.init)
      }
      network.unrest = 0
      while true {
        let events = try monitor.next(until: .now)
        if events.isEmpty { break }
        told += events.compactMap(FakeNetwork.Happening.init)
      }
      #expect(told == Array(network.history.dropFirst(known)), "seed \(seed), round \(round)")
      #expect(monitor.resynchronizations == 0 && network.overruns == 0)
      total += told.count
    }
    #expect(total > 1000, "seed \(seed)")
  }

  @Test("What happens while the first list is made is in the state, and is told once at most")
  func start() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed of the starting monitors: \(seed)")
    for round in 0..<100 {
      let network = FakeNetwork(seed: seed &+ UInt64(round), capacity: 5)
      network.unrest = 1
      for _ in 0..<10 { network.change() }
      var monitor = try Self.monitor(network)
      network.unrest = 0
      var listener = Listener(monitor.state)
      listener.hear(try monitor.next(until: .now))
      #expect(Self.isTrue(monitor.state, of: network), "seed \(seed), round \(round)")
      #expect(listener.contradictions.isEmpty && listener.agrees(with: monitor.state))
    }
  }

  @Test("Datagrams of other programs tell nothing, malformed ones are as good as lost")
  func strangers() throws {
    let network = FakeNetwork(seed: 1, capacity: 10)
    var forged: [(bytes: [UInt8], sender: UInt32)] = [
      (linkMessage(.none, 66, "evil"), 77), ([1, 2, 3], 0), (linkMessage(.none, 67, "late"), 0),
    ]
    var monitor = try RouteMonitor(
      RouteInterests(),
      events: Script { forged.isEmpty ? nil : forged.removeFirst() },
      netlink: RouteNetlink(NetlinkSession(network.kernel())))
    forged = [(linkMessage(.none, 66, "evil"), 77), ([1, 2, 3], 0)]
    #expect(try monitor.next(until: .now).isEmpty)
    #expect(monitor.resynchronizations == 1)
    #expect(monitor.state.links.map(\.name) == ["lo"])
  }

  @Test("A link may have thousands of addresses", .timeLimit(.minutes(1)))
  func manyAddresses() {
    let addresses = (0..<20_000).compactMap { number in
      IPPrefix("10.0.\(number / 250).\(number % 250)/32").map { Address(linkIndex: 1, prefix: $0) }
    }
    let some = RouteState(links: [], addresses: addresses)
    // Half of them stay, and what is listed twice counts once.
    let later = RouteState(links: [], addresses: Array(addresses[10_000...]) + addresses[15_000...])
    #expect(some.addresses == addresses && later.addresses.count == 10_000)
    let events = some.events(to: later)
    #expect(events == addresses[..<10_000].map { RouteEvent.address(.removed($0)) })
    #expect(later.events(to: some).count == 10_000 && some.events(to: some).isEmpty)
  }

  @Test("IPv4 addresses are told apart by subnets and peers, IPv6 ones are not")
  func sameAddresses() throws {
    func address(_ text: String, peer: String? = nil) throws -> Address {
      var address = Address(linkIndex: 1, prefix: try #require(IPPrefix(text)))
      address.peer = peer.flatMap { IPAddress($0) }
      return address
    }
    let four = try [
      address("10.0.0.1/24"), address("10.0.0.1/16"), address("10.0.0.1/32", peer: "10.0.0.2"),
      address("10.0.0.1/32", peer: "10.0.0.3"),
    ]
    #expect(RouteState(links: [], addresses: four).addresses == four)
    let six = try [address("2001:db8::1/64"), address("2001:db8::1/128", peer: "2001:db8::2")]
    #expect(RouteState(links: [], addresses: six).addresses == [six[1]])
  }

  @Test(
    "Datagrams without end that tell nothing put off neither deadline nor cancellation",
    .timeLimit(.minutes(1)))
  func endless() throws {
    var isQuiet = true
    let cancellation = try NetlinkCancellation()
    var session = NetlinkSession(
      FakeKernel { request in [.datagram(linkMessage(request, 1, "lo")), .datagram(request.done())] })
    session.cancellation = cancellation
    var monitor = try RouteMonitor(
      RouteInterests(), events: Script { isQuiet ? nil : ([], 4711) }, netlink: RouteNetlink(session))
    isQuiet = false
    #expect(try monitor.next(until: .now + .milliseconds(10)).isEmpty)
    cancellation.cancel()
    let error = #expect(throws: NetlinkError.self) { _ = try monitor.next(until: .now + .seconds(3600)) }
    #expect(error?.cause == .cancelled)
  }

  @Test("Datagrams without end while everything is listed end in an error", .timeLimit(.minutes(1)))
  func endlessBeginning() {
    let error = #expect(throws: NetlinkError.self) {
      var session = NetlinkSession(
        FakeKernel { request in [.datagram(linkMessage(request, 1, "lo")), .datagram(request.done())] })
      session.timeLimit = .milliseconds(50)
      _ = try RouteMonitor(RouteInterests(), events: Script { ([], 4711) }, netlink: RouteNetlink(session))
    }
    #expect(error?.cause == .unfinished(after: .milliseconds(50)))
  }

  @Test("After a failure what happened is still told")
  func failure() throws {
    let network = FakeNetwork(seed: 3, capacity: 2)
    var isBroken = false
    var monitor = try RouteMonitor(
      RouteInterests(), events: FakeNetwork.Events(network: network),
      netlink: RouteNetlink(
        NetlinkSession(
          FakeKernel { request throws(Errno) in
            if isBroken { throw Errno.noMemory }
            return [.datagram(linkMessage(request, 1, "lo")), .datagram(request.done())]
          })))
    let before = monitor.state
    for _ in 0..<20 { network.change() }
    isBroken = true
    for _ in 0..<3 {
      let error = #expect(throws: NetlinkError.self) { _ = try monitor.next(until: .now) }
      #expect(error?.cause == .system(.noMemory))
    }
    isBroken = false
    var listener = Listener(before)
    listener.hear(try monitor.next(until: .now))
    #expect(listener.contradictions.isEmpty && listener.agrees(with: monitor.state))
    #expect(monitor.state.links.map(\.name) == ["lo"] && monitor.state.addresses.isEmpty)
  }
}
