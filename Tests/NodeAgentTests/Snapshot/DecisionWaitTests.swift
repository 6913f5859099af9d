import KernelModule
import Logging
import Netlink
import Synchronization
import SystemPackage
import Testing

@testable import NodeAgent

/// Waiting for what time may bring, on imaginary hosts and an imaginary clock.
@Suite struct DecisionWaitTests {
  /// A host that is another one from some moment on.
  private final class ChangingHost: NetworkObserver, NetworkWatcher, Pacing {
    /// What there is from when on, in order.
    let states: [(from: Duration, snapshot: NetworkSnapshot)]
    /// When the kernel tells of a change.
    let events: [Duration]
    let clock = Mutex(Duration.zero)
    let looks = Mutex<[Duration]>([])
    let watches = Mutex(0)

    init(_ states: [(Duration, NetworkSnapshot)], events: [Duration]) {
      (self.states, self.events) = (states.map { (from: $0.0, snapshot: $0.1) }, events)
    }

    func now() -> Duration { clock.withLock { $0 } }

    func wait(_ duration: Duration) { clock.withLock { $0 += duration } }

    func observe(for settings: DetectionSettings) throws(NetlinkError) -> NetworkSnapshot {
      let now = now()
      looks.withLock { $0.append(now) }
      return (states.last { $0.from <= now } ?? states[0]).snapshot
    }

    func watch() throws(NetlinkError) -> any NetworkChanges {
      watches.withLock { $0 += 1 }
      return Events(host: self, told: now())
    }

    private struct Events: NetworkChanges {
      let host: ChangingHost
      let told: Duration
      /// The place of the first that wasn't told.
      var place = 0

      mutating func wait(atMost limit: Duration) throws(NetlinkError) -> Bool {
        let now = host.now()
        let end = now + limit
        while place < host.events.count, host.events[place] <= told { place += 1 }
        guard place < host.events.count, host.events[place] <= end else {
          host.clock.withLock { $0 = end }
          return false
        }
        let next = host.events[place]
        place += 1
        host.clock.withLock { $0 = max(now, next) }
        return true
      }
    }
  }

  /// What is logged.
  private final class Records: Sendable {
    let lines = Mutex<[String]>([])

    var logger: Logger {
      Logger(label: "test") { _ in
        StandardErrorLog(format: .text, level: .info) { line in self.lines.withLock { $0.append(line) } }
      }
    }

    var waiting: [String] { lines.withLock { $0.filter { $0.contains(" waiting for ") } } }
  }

  private static func host(_ change: (inout ImaginaryHost) -> Void = { _ in }) -> NetworkSnapshot {
    var host = ImaginaryHost.plain()
    change(&host)
    return host.snapshot
  }

  private static let noCarrier = host { $0.snapshot.links[1].flags = [.up, .broadcast, .multicast] }

  private func wait(
    _ host: ChangingHost, _ records: Records = Records(), interfaces: [InterfaceSelector] = [],
    limit: Duration = .seconds(60), isEnding: @escaping @Sendable () -> Bool = { false }
  ) throws -> DecisionWait.Outcome {
    try DecisionWait(
      observer: host, watcher: host, settings: DetectionSettings(interfaces: interfaces), limit: limit,
      pacing: host, log: records.logger, isEnding: isEnding
    ).run()
  }

  @Test func whatIsThereIsNotWaitedFor() throws {
    let host = ChangingHost([(.zero, Self.host())], events: [])
    let outcome = try wait(host)
    #expect(outcome.waited == .zero && outcome.error == nil)
    #expect(host.looks.withLock { $0 } == [.zero])
    #expect(host.watches.withLock { $0 } == 0)
  }

  /// A network that can't be listed for a while, as it changes too fast at boot, is looked at again.
  @Test(arguments: [
    NetlinkError.Cause.inconsistent(attempts: 10), .overrun(attempts: 10), .timedOut(after: .seconds(1)),
  ])
  func aNetworkInUproarIsLookedAtAgain(cause: NetlinkError.Cause) throws {
    final class Uproar: NetworkObserver {
      let cause: NetlinkError.Cause
      let count = Mutex(0)
      init(_ cause: NetlinkError.Cause) { self.cause = cause }

      func observe(for settings: DetectionSettings) throws(NetlinkError) -> NetworkSnapshot {
        let number = count.withLock { count in
          count += 1
          return count
        }
        switch number {
        case 1: return DecisionWaitTests.noCarrier
        case 2, 3: throw NetlinkError("list the links", cause)
        default: return DecisionWaitTests.host()
        }
      }
    }
    let host = ChangingHost([(.zero, Self.noCarrier)], events: [])
    let outcome = try DecisionWait(
      observer: Uproar(cause), watcher: host, settings: DetectionSettings(), limit: .seconds(60),
      pacing: host,
      log: Records().logger
    ).run()
    #expect(outcome.error == nil && host.now() == DecisionWait.longestSilence * 2)
  }

  /// Where looking alone takes the time that there is, it is said all the same what was waited for.
  @Test func whatIsWaitedForIsAlwaysSaid() throws {
    final class Slow: NetworkObserver {
      let host: ChangingHost
      init(_ host: ChangingHost) { self.host = host }

      func observe(for settings: DetectionSettings) throws(NetlinkError) -> NetworkSnapshot {
        host.wait(.seconds(1))
        return DecisionWaitTests.noCarrier
      }
    }
    let host = ChangingHost([(.zero, Self.noCarrier)], events: [])
    let records = Records()
    let outcome = try DecisionWait(
      observer: Slow(host), watcher: host, settings: DetectionSettings(), limit: .milliseconds(300),
      pacing: host,
      log: records.logger
    ).run()
    #expect(outcome.error != nil && host.now() == .seconds(2))
    #expect(records.waiting.count == 1, "\(records.waiting)")
  }

  /// What no wait mends ends it.
  @Test func aKernelThatRefusesIsNotWaitedFor() {
    final class Refusing: NetworkObserver {
      let count = Mutex(0)
      func observe(for settings: DetectionSettings) throws(NetlinkError) -> NetworkSnapshot {
        let isFirst = count.withLock { count in
          count += 1
          return count == 1
        }
        guard isFirst else { throw NetlinkError("list the links", .refused(.notPermitted)) }
        return DecisionWaitTests.noCarrier
      }
    }
    let host = ChangingHost([(.zero, Self.noCarrier)], events: [])
    let wait = DecisionWait(
      observer: Refusing(), watcher: host, settings: DetectionSettings(), limit: .seconds(60), pacing: host,
      log: Records().logger)
    #expect(throws: CommandFailure.self) { try wait.run() }
  }

  /// A carrier that comes is seen when the kernel tells of it, not when a timer ends.
  @Test func aCarrierThatComes() throws {
    let came = Duration.milliseconds(10_300)
    let host = ChangingHost([(.zero, Self.noCarrier), (came, Self.host())], events: [came])
    let records = Records()
    let outcome = try wait(host, records)
    #expect(outcome.error == nil)
    #expect(outcome.waited == came + DecisionWait.calm)
    #expect(records.waiting.count == 2, "\(records.waiting)")
    #expect(
      records.waiting.first?.contains(
        "waiting for the carrier of eth0, at most 60 s more: interface eth0 is up but has no carrier")
        == true, "\(records.waiting)")
    #expect(records.waiting.last?.contains("at most 50 s more") == true)
  }

  /// What came between the first look and the watching is seen without an event.
  @Test func nothingIsMissedBeforeTheWatching() throws {
    let host = ChangingHost([(.zero, Self.noCarrier)], events: [])
    final class Late: NetworkObserver {
      let count = Mutex(0)
      func observe(for settings: DetectionSettings) throws(NetlinkError) -> NetworkSnapshot {
        let number = count.withLock { count in
          count += 1
          return count
        }
        return number == 1 ? DecisionWaitTests.noCarrier : DecisionWaitTests.host()
      }
    }
    let outcome = try DecisionWait(
      observer: Late(), watcher: host, settings: DetectionSettings(), limit: .seconds(60), pacing: host,
      log: Records().logger
    ).run()
    #expect(outcome.error == nil && host.now() == .zero)
  }

  /// The kernel tells nobody of some changes (LACP): a slow timer sees them.
  @Test func whatNobodyTellsIsSeenInTime() throws {
    let host = ChangingHost([(.zero, Self.noCarrier), (.seconds(5), Self.host())], events: [])
    let outcome = try wait(host)
    #expect(outcome.error == nil)
    #expect(outcome.waited >= .seconds(5) && outcome.waited <= .seconds(5) + DecisionWait.longestSilence)
  }

  @Test func theTimeIsBounded() throws {
    let host = ChangingHost([(.zero, Self.noCarrier)], events: [])
    let outcome = try wait(host, limit: .seconds(7))
    #expect(outcome.error?.problem == .down)
    #expect(outcome.waited == .seconds(7) && host.now() == .seconds(7))
  }

  /// A network that never comes to rest neither ends the waiting nor is looked at without end.
  @Test func changesWithoutEnd() throws {
    let events = (1...100_000).map { Duration.milliseconds($0) }
    let host = ChangingHost([(.zero, Self.noCarrier)], events: events)
    let outcome = try wait(host, limit: .seconds(10))
    #expect(outcome.error != nil && host.now() >= .seconds(10) && host.now() < .seconds(11))
    #expect(host.looks.withLock { $0.count } <= 103)
  }

  private static let noRoute = host { $0.snapshot.routes = [] }

  /// An interface that is named has its address a moment before the host has its default route.
  @Test func aDefaultRouteThatFollows() throws {
    let came = Duration.milliseconds(400)
    for isThere in [true, false] {
      let first: [(Duration, NetworkSnapshot)] = isThere ? [] : [(.zero, Self.noCarrier)]
      let start: Duration = isThere ? .zero : .seconds(30)
      let host = ChangingHost(
        first + [(start, Self.noRoute), (start + came, Self.host())], events: [start, start + came])
      let outcome = try wait(host, interfaces: [.name("eth0")])
      guard case .success(let decision) = outcome.detection else {
        Issue.record("\(outcome)")
        continue
      }
      #expect(decision.gateway.addresses.map(\.description) == ["10.0.0.1"] && decision.warnings.isEmpty)
      #expect(host.now() <= start + came + DecisionWait.calm * 2)
    }
  }

  /// A host without a default route is decided on all the same, soon.
  @Test(arguments: [Duration.seconds(60), .seconds(1)]) func noDefaultRouteEver(limit: Duration) throws {
    let events = (1...100_000).map { Duration.milliseconds($0) }
    for events in [[], events] {
      let host = ChangingHost([(.zero, Self.noRoute)], events: events)
      let outcome = try wait(host, interfaces: [.name("eth0")], limit: limit)
      #expect(outcome.error == nil && outcome.mayGainGateway)
      #expect(host.now() >= min(limit, DecisionWait.routeDelay))
      #expect(host.now() <= min(limit, DecisionWait.routeDelay) + DecisionWait.calm)
    }
    let ending = ChangingHost([(.zero, Self.noRoute)], events: [])
    #expect(try wait(ending, interfaces: [.name("eth0")], isEnding: { true }).error == nil)
    #expect(ending.now() == .zero)
  }

  /// What takes an operator is not waited for, and zero waits for nothing.
  @Test func whatTimeCannotBring() throws {
    let twice = Self.host {
      $0.link("eth1", mac: "52:54:00:00:00:02")
      $0.address("eth1", "10.1.0.5/24")
      $0.route("0.0.0.0/0", by: "eth1", via: "10.1.0.1", metric: 100)
    }
    for (snapshot, limit) in [(twice, Duration.seconds(60)), (Self.noCarrier, .zero)] {
      let host = ChangingHost([(.zero, snapshot)], events: [])
      let outcome = try wait(host, limit: limit)
      #expect(outcome.error != nil && outcome.waited == .zero && host.now() == .zero)
    }
  }

  /// Each change of what is missing is told, the same thing every ten seconds.
  @Test func progressIsTold() throws {
    let noAddress = Self.host { $0.snapshot.addresses.removeAll { $0.prefix.description == "10.0.0.5/24" } }
    let host = ChangingHost(
      [(.zero, Self.noCarrier), (.seconds(1), noAddress), (.seconds(26), Self.host())],
      events: [.seconds(1), .seconds(26)])
    let records = Records()
    #expect(try wait(host, records).error == nil)
    let told = records.waiting
    #expect(told.count == 4, "\(told)")
    #expect(told.filter { $0.contains("the carrier of eth0") }.count == 1)
    #expect(told.filter { $0.contains("usable address on eth0") }.count == 3)
  }

  @Test func anEndThatIsAskedFor() throws {
    let host = ChangingHost([(.zero, Self.noCarrier)], events: [])
    let outcome = try wait(host, isEnding: { host.now() >= .seconds(4) })
    #expect(outcome.error != nil && host.now() < .seconds(7))
  }

  @Test(
    arguments: [
      (.zero, "0 s"), (.milliseconds(449), "0.4 s"), (.milliseconds(1500), "1.5 s"), (.seconds(7), "7 s"),
      (.milliseconds(9_960), "10 s"), (.milliseconds(59_700), "59 s"), (.seconds(3600), "3600 s"),
    ] as [(Duration, String)]) func isInWords(_ duration: Duration, _ text: String)
  {
    #expect(duration.seconds == text)
  }
}
