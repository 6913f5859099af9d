internal import SystemPackage

extension RouteMonitor {
  /// What reading a datagram came to.
  enum Reading {
    case something
    case nothing
    /// Something was lost.
    case loss
  }

  /// Reads one datagram of events into the state; `isSilent`: without telling.
  mutating func read(until limit: WaitLimit, isSilent: Bool) throws(NetlinkError) -> Reading {
    let datagram: ReceivedDatagram
    do throws(TransportFailure) {
      datagram = try buffer.receive(from: &events, until: limit)
    } catch .timedOut {
      return .nothing
    } catch .overrun {
      isBehind = true
      return .loss
    } catch {
      throw Self.failure(error)
    }
    guard datagram.senderPortID == 0 else { return .something }
    var found: [RouteEvent] = []
    defer { if !isSilent { untold += found } }
    do throws(WireError) {
      try Self.read(buffer, datagram.size, into: &tracker, &found)
      return .something
    } catch {
      // What can't be read is as lost as what was dropped.
      isBehind = true
      return .loss
    }
  }

  private static func read(
    _ buffer: borrowing DatagramBuffer, _ size: Int, into tracker: inout RouteTracker,
    _ found: inout [RouteEvent]
  ) throws(WireError) {
    let available = buffer.bytes.count
    guard size <= available else {
      throw WireError(offset: available, reason: .truncated(needed: size, available: available))
    }
    var cursor = MessageCursor(WireReader(buffer.bytes.rawSpan.extracting(first: size)))
    while let message = try cursor.next() {
      if let event = try tracker.apply(message) { found.append(event) }
    }
  }

  /// Lists everything and tells the difference.
  mutating func synchronize() throws(NetlinkError) {
    let end = ContinuousClock.now + netlink.session.timeLimit
    for attempt in 0..<netlink.session.attempts {
      if attempt > 0 { try pause(after: attempt) }
      resynchronizations += 1
      // Once it has dropped something, the kernel drops everything, without saying so, until the socket is empty.
      try discardEvents(until: end)
      let old = tracker.state
      let listed = try list()
      let interests = tracker.interests
      tracker = RouteTracker(interests, listed)
      isBehind = false
      // What came meanwhile may be older than the lists or newer: for each object the last word is right.
      var reading = Reading.something
      do throws(NetlinkError) {
        while reading == .something, ContinuousClock.now < end {
          reading = try read(until: .now, isSilent: true)
        }
      } catch {
        tracker = RouteTracker(interests, old)
        isBehind = true
        throw error
      }
      if reading == .nothing {
        untold += old.events(to: tracker.state)
        return
      }
      tracker = RouteTracker(interests, old)
      isBehind = true
    }
    throw NetlinkError(Self.request, .overrun(attempts: netlink.session.attempts))
  }

  private func pause(after attempts: Int) throws(NetlinkError) {
    try netlink.session.pause(netlink.session.backOff.pause(after: attempts), before: Self.request)
  }

  /// Empties the socket: what lies there is older than what will be listed.
  private mutating func discardEvents(until end: ContinuousClock.Instant) throws(NetlinkError) {
    while ContinuousClock.now < end {
      do throws(TransportFailure) {
        _ = try buffer.receive(from: &events, until: WaitLimit(.now, netlink.session.cancellation))
      } catch .timedOut {
        return
      } catch .overrun {
        continue
      } catch {
        throw Self.failure(error)
      }
    }
    throw NetlinkError(Self.request, .unfinished(after: netlink.session.timeLimit))
  }

  private mutating func list() throws(NetlinkError) -> RouteState {
    let interests = tracker.interests
    var state = RouteState(
      links: try netlink.links(), addresses: interests.addresses ? try netlink.addresses() : [],
      rules: interests.rules ? try netlink.rules() : [])
    for family in AddressFamily.allCases { state.routes += try routes(family) }
    return state
  }

  private mutating func routes(_ family: AddressFamily) throws(NetlinkError) -> [Route] {
    switch tracker.interests.routes {
    case .none: return []
    case .all: return try netlink.routes(family: family, table: nil)
    case .defaults(let tables):
      var routes: [Route] = []
      for table in tables.sorted(by: { $0.rawValue < $1.rawValue }) {
        routes += try netlink.defaultRoutes(family: family, table: table)
      }
      return routes
    }
  }

  /// Lists again what messages said that it changed.
  mutating func listSuspects() throws(NetlinkError) {
    if tracker.needsBarrier {
      // The kernel tells of a link or an address that goes before it removes the routes, all under one lock, which
      // this waits for.
      _ = try netlink.link(index: 1)
      tracker.barrierPassed()
    }
    if !tracker.suspectRules.isEmpty {
      var all: [RoutingRule] = []
      for family in AddressFamily.allCases {
        guard tracker.suspectRules.contains(family) else {
          all += tracker.state.rules.filter { $0.family == family }
          continue
        }
        all += try netlink.rules(family: family)
      }
      tracker.suspectRules = []
      untold += tracker.replace(rules: all)
    }
    if !tracker.suspectRoutes.isEmpty {
      var all: [Route] = []
      for family in AddressFamily.allCases {
        guard tracker.suspectRoutes.contains(family) else {
          all += tracker.state.routes.filter { $0.family == family }
          continue
        }
        all += try routes(family)
      }
      tracker.suspectRoutes = []
      untold += tracker.replace(routes: all)
    }
  }

  private static let request = NetlinkRequest("watch the network", type: 0)

  static func failure(_ failure: TransportFailure) -> NetlinkError {
    switch failure {
    case .cancelled: NetlinkError(request, .cancelled)
    case .notRecorded: NetlinkError(request, .notRecorded)
    case .system(let errno): NetlinkError(request, .system(errno))
    case .overrun: NetlinkError(request, .overrun(attempts: 1))
    case .timedOut: NetlinkError(request, .system(.timedOut))
    }
  }
}
