@testable import Netlink

extension Target {
  /// A monitor of a network that follows a script. Whoever only hears the events knows what the monitor knows, and
  /// after a loss the monitor knows what a new one knows.
  static let monitors = Target(
    name: "monitors", shape: .script,
    seeds: { Golden.all.flatMap { monitorSeeds($0) } }
  ) { input in
    let script = Script(input)
    let network = ScriptedNetwork(script.records)
    do throws(NetlinkError) {
      try watch(network, interests(script.choice[0]), script.records.count)
    } catch {
      holdOneLine("\(error)")
    }
    hold(network.calls <= 200 * (script.records.count + 2), "\(network.calls) calls")
  }

  /// What is listed is what events say: added, removed, lost.
  private static func monitorSeeds(_ exchange: Golden.Exchange) -> [[UInt8]] {
    let messages = exchange.answers.flatMap { pieces(of: $0).prefix(2) }
    let next = Script.Record(kind: .next, bytes: [])
    var events: [Script.Record] = [next]
    var losses: [Script.Record] = [next]
    var removals: [Script.Record] = [next]
    for message in messages {
      events.append(Script.Record(kind: .answer, bytes: message))
      losses.append(Script.Record(kind: .stale, bytes: message))
      var removal = message
      removal.put((message.number(at: 4) as UInt16) | 1, at: 4)
      removals.append(Script.Record(kind: .answer, bytes: removal))
    }
    return [
      Script(choice: [3, 0], records: events + removals).bytes,
      Script(choice: [7, 0], records: losses + events).bytes,
      Script(choice: [9, 0], records: events + losses + removals).bytes,
    ]
  }

  private static func interests(_ choice: UInt8) -> RouteInterests {
    RouteInterests(
      addresses: choice & 1 != 0, rules: choice & 2 != 0,
      routes: choice & 4 != 0 ? .all : choice & 8 != 0 ? .defaults([.main, .local]) : .none)
  }

  private static func watch(
    _ network: ScriptedNetwork, _ interests: RouteInterests, _ count: Int
  ) throws(NetlinkError) {
    var monitor = try monitor(network, interests)
    var listener = Listener(monitor.state)
    // Each turn reads a record at least.
    for _ in 0...count + 1 where !network.isOver {
      try listen(&monitor, &listener)
    }
    hold(network.isOver, "every turn goes on")
    network.loseSomething()
    // What is untold comes first.
    for _ in 0..<2 where !network.isOver { try listen(&monitor, &listener) }
    hold(network.isOver, "every turn goes on")
    Listener(try Self.monitor(network, interests).state).holdAgreement(with: monitor.state, "listed anew")
  }

  private static func monitor(
    _ network: ScriptedNetwork, _ interests: RouteInterests
  ) throws(NetlinkError) -> RouteMonitor {
    var session = NetlinkSession(
      ScriptedNetwork.Kernel(network: network), timeout: .seconds(3600), timeLimit: .seconds(3600),
      attempts: 10)
    session.backOff = .none
    return try RouteMonitor(
      interests, events: ScriptedNetwork.Events(network: network), netlink: RouteNetlink(session))
  }

  private static func listen(
    _ monitor: inout RouteMonitor, _ listener: inout Listener
  ) throws(NetlinkError) {
    do throws(NetlinkError) {
      listener.hear(try monitor.next(until: .now))
    } catch {
      holdOneLine("\(error)")
      // What happened is told by the next call.
      guard case .system = error.cause else { throw error }
      return
    }
    listener.holdAgreement(with: monitor.state, "heard")
  }
}

/// What somebody knows who was told nothing but events.
private struct Listener {
  private var links: [Int: Link]
  private var addresses: [Address]
  private var rules: [RoutingRule]
  private var routes: [Route]

  init(_ state: RouteState) {
    links = Dictionary(uniqueKeysWithValues: state.links.map { ($0.index, $0) })
    addresses = state.addresses
    rules = state.rules
    routes = state.routes
  }

  mutating func hear(_ events: [RouteEvent]) {
    for event in events {
      switch event {
      case .link(let change): hear(change)
      case .address(let change): Self.hear(change, in: &addresses) { $0.isSame(as: $1) }
      case .rule(let change): Self.hear(change, in: &rules, ==)
      case .route(let change): Self.hear(change, in: &routes, ==)
      }
    }
  }

  private mutating func hear(_ change: ObjectChange<Link>) {
    switch change {
    case .added(let link):
      hold(links.updateValue(link, forKey: link.index) == nil, "what is added wasn't there")
    case .changed(let from, let to):
      let known = links.updateValue(to, forKey: to.index)
      hold(known?.saysTheSame(as: from) == true, "what is changed was there: \(from)")
      hold(!from.saysTheSame(as: to), "what is changed is another: \(to)")
    case .removed(let link):
      hold(links.removeValue(forKey: link.index) != nil, "what is removed was there")
    }
  }

  private static func hear<Object>(
    _ change: ObjectChange<Object>, in known: inout [Object], _ isSame: (Object, Object) -> Bool
  ) {
    func position(_ object: Object) -> Int? { known.firstIndex { isSame($0, object) } }
    switch change {
    case .added(let object): known.append(object)
    case .changed(let from, let to):
      guard let position = position(from) else {
        broken("what is changed was there: \(from)")
      }
      known[position] = to
    case .removed(let object):
      guard let position = position(object) else {
        broken("what is removed was there: \(object)")
      }
      known.remove(at: position)
    }
  }

  func holdAgreement(with state: RouteState, _ moment: String) {
    let areSame =
      links.count == state.linksByIndex.count
      && links.allSatisfy { index, link in state.link(index: index)?.saysTheSame(as: link) == true }
    hold(areSame, "\(moment): events tell all of links: \(links.values) and \(state.links)")
    let isSame =
      addresses.count == state.addresses.count
      && addresses.allSatisfy { address in
        state.addresses(linkIndex: address.linkIndex).contains { $0.saysTheSame(as: address) }
      }
    hold(isSame, "\(moment): events tell all of addresses: \(addresses) and \(state.addresses)")
    hold(Self.counts(rules) == Self.counts(state.rules), "\(moment): events tell all of rules")
    hold(Self.counts(routes) == Self.counts(state.routes), "\(moment): events tell all of routes")
  }

  private static func counts<Object: Hashable>(_ objects: [Object]) -> [Object: Int] {
    objects.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
}

extension Address {
  /// The kernel takes both for one address: IPv4 tells addresses apart by their subnets and peers, too.
  fileprivate func isSame(as other: Address) -> Bool {
    guard linkIndex == other.linkIndex, address == other.address else { return false }
    return family == .ipv6 || (prefix == other.prefix && peer == other.peer)
  }
}
