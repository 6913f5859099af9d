import HostFiles
import KernelModule
import Logging
import Netlink
import Synchronization
import TestSupport
import Testing

@testable import NodeAgent

/// Waiting for a vhost0 that something else brings up.
@Suite struct VhostWaitTests {
  private static let mac = MACAddress(rawValue: 0x5254_0000_0001)

  private static func vhost(
    kind: String? = "vhost", mac: MACAddress? = mac, isUp: Bool = true,
    _ addresses: [String] = ["10.0.0.5/24"]
  ) -> ForeignVhost {
    ForeignVhost(index: 7, kind: kind, mac: mac, isUp: isUp, addresses: addresses.compactMap { IPPrefix($0) })
  }

  private static func wanted(_ address: String? = "10.0.0.5") throws -> ForeignVhost.Wanted {
    ForeignVhost.Wanted(mac: try #require(mac), address: address.flatMap { IPAddress($0) })
  }

  @Test(
    arguments: [
      (nil, "there is no vhost0"), (vhost(kind: "dummy"), "of kind dummy"), (vhost(kind: nil), "hardware"),
      (vhost(mac: MACAddress(rawValue: 1)), "MAC address 00:00:00:00:00:01"), (vhost(isUp: false), "is down"),
      (vhost([]), "no address"), (vhost(["10.0.0.6/24"]), "10.0.0.6/24, and not 10.0.0.5"),
    ] as [(ForeignVhost?, String)])
  func whatItLacks(_ vhost: ForeignVhost?, _ words: String) throws {
    #expect(try #require(Self.wanted().lack(vhost)).contains(words))
  }

  @Test func whatIsEnough() throws {
    #expect(try Self.wanted().lack(Self.vhost(["10.9.0.1/24", "10.0.0.5/24"])) == nil)
    #expect(try Self.wanted(nil).lack(Self.vhost(["10.9.0.1/24"])) == nil)
  }

  /// vhost0 as it is from some moments on; the kernel tells of each.
  private final class ChangingVhost: VhostObserver, NetworkWatcher, Pacing {
    let states: [(from: Duration, vhost: ForeignVhost?)]
    let clock = Mutex(Duration.zero)
    let looks = Mutex(0)

    init(_ states: [(Duration, ForeignVhost?)]) { self.states = states.map { (from: $0.0, vhost: $0.1) } }

    func now() -> Duration { clock.withLock { $0 } }
    func wait(_ duration: Duration) { clock.withLock { $0 += duration } }

    func vhost() throws(NetlinkError) -> ForeignVhost? {
      let now = now()
      looks.withLock { $0 += 1 }
      return states.last { $0.from <= now }?.vhost
    }

    func watch() throws(NetlinkError) -> any NetworkChanges { Events(host: self) }

    private struct Events: NetworkChanges {
      let host: ChangingVhost

      mutating func wait(atMost limit: Duration) throws(NetlinkError) -> Bool {
        let now = host.now()
        let next = host.states.map(\.from).first { $0 > now && $0 <= now + limit }
        host.wait((next ?? now + limit) - now)
        return next != nil
      }
    }
  }

  private func access(_ changing: ChangingVhost, _ root: HostRoot, _ path: String) throws -> HostAccess {
    var access = try FakeHost(root: root, path: path).access
    (access.vhost, access.watcher, access.pacing) = (changing, changing, changing)
    return access
  }

  @Test func itComesPartByPart() throws {
    try withTemporaryRoot { root, path in
      let changing = ChangingVhost([
        (.zero, nil), (.seconds(40), Self.vhost(isUp: false, [])), (.seconds(41), Self.vhost([])),
        (.milliseconds(41_500), Self.vhost()),
      ])
      let vhost = try VhostWait(
        host: access(changing, root, path), wanted: Self.wanted(), limit: .seconds(300)
      )
      .run()
      #expect(vhost == Self.vhost() && changing.now() == .milliseconds(41_500))
      // Once at first, then at each change: nothing is looked at again and again.
      #expect(changing.looks.withLock { $0 } == 4)
    }
  }

  @Test func itDoesntCome() throws {
    try withTemporaryRoot { root, path in
      let changing = ChangingVhost([(.zero, nil)])
      let failure = #expect(throws: CommandFailure.self) {
        try VhostWait(host: access(changing, root, path), wanted: Self.wanted(), limit: .seconds(30)).run()
      }
      #expect(failure?.code == .vhost && changing.now() == .seconds(30))
      for word in ["there is no vhost0", "30 s", "KERNEL_INIT_VHOST0=false", "VROUTER_WAIT_FOR_VHOST0"] {
        #expect(failure?.description.contains(word) == true, "\(failure?.description ?? "")")
      }
    }
  }

  @Test func anEndThatIsAskedFor() throws {
    try withTemporaryRoot { root, path in
      let changing = ChangingVhost([(.zero, nil)])
      var access = try access(changing, root, path)
      access.isEnding = { changing.now() >= .seconds(4) }
      #expect(throws: CommandFailure.self) {
        try VhostWait(host: access, wanted: Self.wanted(), limit: .seconds(300)).run()
      }
      #expect(changing.now() < .seconds(7))
    }
  }

  @Test(
    arguments: [
      ([:], false, true), (["KERNEL_INIT_VHOST0": "false"], true, false),
      (["KERNEL_INIT_VHOST0": "false", "VROUTER_TAKEOVER": "false"], false, false),
      (["VROUTER_TAKEOVER": "false"], false, false),
      (["KERNEL_INIT_VHOST0": "false", "VROUTER_TAKEOVER": "true"], false, true),
    ] as [([String: String], Bool, Bool)])
  func whoBringsItUp(_ environment: [String: String], awaits: Bool, takesOver: Bool) throws {
    let settings = try Settings.read(environment: environment).host
    #expect(settings.awaitsVhost == awaits && settings.takesOver.value == takesOver)
    #expect(settings.vhostWait.value == .seconds(300))
  }

  /// The plan waits only where vhost0 isn't there yet, so that a run with nothing to do doesn't interrupt readiness.
  @Test func thePlan() throws {
    var node = ImaginaryNode()
    node.environment = ["KERNEL_INIT_VHOST0": "false", "VROUTER_WAIT_FOR_VHOST0": "7s"]
    #expect(try node.plan().steps == [.withdrawReadiness, .awaitVhost(limit: .seconds(7)), .declareReady])
    node.network.link("vhost0", kind: "vhost")
    node.network.address("vhost0", "10.0.0.5/24")
    node.network.snapshot.addresses.removeAll { $0.linkIndex == 2 }
    node.network.snapshot.routes = []
    node.network.route("0.0.0.0/0", by: "vhost0", via: "10.0.0.1", metric: 100)
    #expect(try node.plan().steps == [.declareReady])
  }

  @Test func anotherKindOfLinkIsSeenAsSuch() throws {
    let vhost = try inNetworkNamespace {
      try shell(
        "ip link add vhost0 address 52:54:00:00:00:01 type bridge; ip addr add 10.0.0.5/24 dev vhost0; ip link set vhost0 up"
      )
      return try KernelVhostObserver().vhost()
    }
    #expect(vhost?.kind == "bridge" && vhost?.mac == Self.mac && vhost?.isUp == true)
    #expect(vhost?.addresses.map(\.description) == ["10.0.0.5/24"])
  }
}
