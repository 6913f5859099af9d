import HostFiles
import KernelModule
import Netlink
import Readiness
import Synchronization
import TestSupport
import Testing

@testable import NodeAgent

/// A card whose setting up makes it lose its link: what was decided on has to be there again before anything asks it.
struct LostLinkTests {
  /// A network that becomes another one when a feature is turned off, and one more some time later, on a clock of its own.
  private final class LosingNetwork: NetworkObserver, NetworkWatcher, Pacing {
    let before: NetworkSnapshot
    let lost: NetworkSnapshot
    let after: NetworkSnapshot
    /// How long it stays lost.
    let duration: Duration
    let features: FakeFeatures
    private let clock = Mutex(Duration.zero)

    init(_ before: NetworkSnapshot, lost: NetworkSnapshot, after: NetworkSnapshot, for duration: Duration) {
      (self.before, self.lost, self.after, self.duration) = (before, lost, after, duration)
      features = FakeFeatures(InterfaceFeatures(changeable: ["rx-lro"], active: ["rx-lro"]))
    }

    func now() -> Duration { clock.withLock { $0 } }

    func wait(_ duration: Duration) { clock.withLock { $0 += duration } }

    func observe(for settings: DetectionSettings) throws(NetlinkError) -> NetworkSnapshot {
      guard !features.state.withLock({ $0.active.contains("rx-lro") }) else { return before }
      return now() < duration ? lost : after
    }

    func watch() throws(NetlinkError) -> any NetworkChanges { Silence(network: self) }

    /// The kernel tells of nothing: it is looked again by the clock.
    private struct Silence: NetworkChanges {
      let network: LosingNetwork

      mutating func wait(atMost limit: Duration) throws(NetlinkError) -> Bool {
        network.wait(limit)
        return false
      }
    }
  }

  private static func snapshot(_ change: (inout ImaginaryHost) -> Void = { _ in }) -> NetworkSnapshot {
    var host = ImaginaryHost.plain()
    change(&host)
    return host.snapshot
  }

  private static let down = snapshot { $0.change("eth0") { $0.flags = [.up, .broadcast, .multicast] } }

  /// Runs a preparation that turns LRO off.
  ///
  /// - Returns: when each moment came; and what failed.
  private func run(
    _ network: LosingNetwork, on root: HostRoot, _ path: String
  ) throws -> (moments: [(name: String, at: Duration)], failure: CommandFailure?) {
    var host = try FakeHost(root: root, path: path)
    host.environment = ["VROUTER_WAIT_FOR_LINK": "20s"]
    host.features = network.features
    let settings = try Settings.read(environment: host.environment)
    var access = host.access
    (access.network, access.watcher, access.pacing) = (network, network, network)
    let plan = try PreparationPlan(
      settings: settings, observation: HostObservation(access, settings: settings), probe: nil)
    let moments = Mutex<[(name: String, at: Duration)]>([])
    var preparation = Preparation(
      plan, settings: settings, on: access,
      moments: PreparationMoments { name in moments.withLock { $0.append((name, network.now())) } })
    do throws(CommandFailure) {
      try LockedRun(root: root, command: "test").run { () throws(CommandFailure) in try preparation.run() }
      return (moments.withLock { $0 }, nil)
    } catch {
      return (moments.withLock { $0 }, error)
    }
  }

  @Test func aLinkThatComesBackIsWaitedFor() throws {
    try withTemporaryRoot { root, path in
      let network = LosingNetwork(Self.snapshot(), lost: Self.down, after: Self.snapshot(), for: .seconds(7))
      let (moments, failure) = try run(network, on: root, path)
      #expect(failure == nil)
      let end = try #require(moments.first { $0.name == "after:turn-off-features" })
      // Not before it is back, and not much later.
      #expect(end.at >= .seconds(7) && end.at <= .seconds(7) + DecisionWait.longestSilence)
      #expect(try #require(moments.first { $0.name == "before:turn-off-features" }).at < .seconds(7))
      #expect(root.exists(ReadyFile.path))
    }
  }

  @Test func aLinkThatStaysAwayEndsThePreparation() throws {
    try withTemporaryRoot { root, path in
      let network = LosingNetwork(
        Self.snapshot(), lost: Self.down, after: Self.snapshot(), for: .seconds(900))
      let (moments, failure) = try run(network, on: root, path)
      #expect(failure?.code == .undecided)
      #expect(failure?.description.hasPrefix("after the card was set up anew: ") == true)
      #expect(failure?.description.contains("eth0 is up but has no carrier") == true)
      #expect(!moments.contains { $0.name == "after:turn-off-features" })
      #expect(network.now() >= .seconds(20) && network.now() < .seconds(30))
      #expect(!root.exists(ReadyFile.path))
    }
  }

  /// What would be chosen now isn't what the plan was made for.
  @Test func anotherInterfaceIsNotTakenInstead() throws {
    try withTemporaryRoot { root, path in
      let other = Self.snapshot { host in
        host.link("eth1", mac: "52:54:00:00:00:02")
        host.address("eth1", "10.0.1.5/24")
        host.route("0.0.0.0/0", by: "eth1", via: "10.0.1.1", metric: 10)
      }
      let network = LosingNetwork(Self.snapshot(), lost: other, after: other, for: .zero)
      let (_, failure) = try run(network, on: root, path)
      #expect(failure?.code == .undecided)
      #expect(failure?.description.contains("eth1 would be chosen, and not eth0; run prepare again") == true)
      #expect(!root.exists(ReadyFile.path))
    }
  }
}
