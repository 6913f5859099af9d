import HostFiles
import Netlink
import Readiness
import Synchronization
import TestSupport
import Testing

@testable import NodeAgent

/// An interface's driver, as far as its features go.
final class FakeFeatures: FeatureAccess {
  let state: Mutex<InterfaceFeatures>
  /// What the driver leaves on though it says that it can be changed.
  let stubborn: Set<String>

  init(_ features: InterfaceFeatures, stubborn: Set<String> = []) {
    state = Mutex(features)
    self.stubborn = stubborn
  }

  func features(of interface: String) -> Result<InterfaceFeatures, FeatureProblem> {
    .success(state.withLock { $0 })
  }

  func receiveSettings(of interface: String) -> Result<ReceiveSettings, FeatureProblem> {
    .success(ReceiveSettings(rings: InterfaceRings(receive: 256, receiveLimit: 1024)))
  }

  func turn(_ names: [String], on: Bool, of interface: String) throws(FeatureProblem) {
    state.withLock { state in
      for name in names where state.canChange(name) && !stubborn.contains(name) {
        if on { state.active.insert(name) } else { state.active.remove(name) }
      }
    }
  }
}

struct FeatureTests {
  private static let all: Set<String> = ["rx-lro", "rx-checksum", "tx-checksum-ip-generic", "rx-gro"]

  /// A driver, what is on and what can't be changed, and what is turned off or can't be.
  static let rows: [(String?, on: Set<String>, fixed: Set<String>, off: [String], stays: [String])] = [
    ("ixgbe", all, [], ["rx-lro"], []),
    ("ixgbe", ["rx-gro", "rx-checksum"], [], [], []),
    (nil, all, [], ["rx-lro"], []),
    ("ixgbe", all, ["rx-lro"], [], ["rx-lro"]),
    ("vmxnet3", all, [], ["rx-checksum", "rx-lro", "tx-checksum-ip-generic"], []),
    ("vmxnet3", all, ["rx-checksum"], ["rx-lro", "tx-checksum-ip-generic"], ["rx-checksum"]),
    ("vmxnet3", ["rx-gro"], ["rx-checksum"], [], []),
  ]

  @Test(arguments: rows) func whatTheVRouterCannotLiveWithGoes(
    _ row: (String?, on: Set<String>, fixed: Set<String>, off: [String], stays: [String])
  ) {
    let features = InterfaceFeatures(changeable: Self.all, active: row.on, fixed: row.fixed)
    let plan = FeaturePlan(
      FeatureSubject(interface: "eth0", index: 2, driver: row.0, features: .success(features)))
    #expect(plan.off == row.off)
    #expect(plan.fixed == row.stays)
    #expect((plan.warning != nil) == !row.stays.isEmpty)
    #expect(plan.warning?.contains("eth0 can't be turned off") != false)
  }

  @Test func whatIsNotKnownIsTold() {
    let plan = FeaturePlan(
      FeatureSubject(
        interface: "eth0", index: 2, driver: nil, features: .failure(.init(description: "no answer"))))
    #expect(plan.off.isEmpty && plan.warning?.contains("no answer") == true)
  }

  /// How a card receives is seen of each interface below vhost0, and shown in the words of ethtool.
  @Test func howACardReceivesIsRead() throws {
    try withTemporaryRoot { root, path in
      var host = try FakeHost(root: root, path: path)
      host.features = FakeFeatures(InterfaceFeatures(changeable: [], active: []))
      // Also where nothing is to be turned off.
      for policy in ["adapt", "keep"] {
        let settings = try Settings.read(environment: ["VROUTER_NIC_FEATURES": policy])
        let seen = try HostObservation(host.access, settings: settings).node.receive
        #expect(seen.map(\.interface) == ["eth0"])
        #expect(seen.first?.settings.text == "rings rx 256 of 1024")
        let text = DiagnosisText.text([], readiness: .notReady(.file, "because"), receive: seen)
        #expect(text.contains("eth0: rings rx 256 of 1024\n"))
      }
    }
    #expect(ReceiveSettings().text == nil)
    var settings = ReceiveSettings(rings: InterfaceRings(receive: 0, receiveLimit: 0))
    #expect(settings.text == nil)
    var channels = InterfaceChannels()
    (channels.receive, channels.receiveLimit, channels.combined, channels.combinedLimit) = (0, 0, 2, 4)
    var coalescing = InterfaceCoalescing()
    (coalescing.receiveMicroseconds, coalescing.adaptsReceive) = (0, true)
    (settings.channels, settings.coalescing) = (channels, coalescing)
    #expect(settings.text == "channels combined 2 of 4; coalescing rx-usecs 0, adaptive-rx on")
  }

  private func prepared(
    _ features: FakeFeatures, _ settings: [String: String] = [:],
    _ body: (FakeHost, PreparationOutcome) throws -> Void
  ) throws {
    try withTemporaryRoot { root, path in
      var host = try FakeHost(root: root, path: path)
      host.features = features
      host.environment = settings
      try body(host, try host.prepare())
    }
  }

  @Test func areTurnedOffAndOnAgain() throws {
    let features = FakeFeatures(InterfaceFeatures(changeable: Self.all, active: Self.all))
    try prepared(features) { host, outcome in
      #expect(outcome.plan.steps.contains(.turnOffFeatures(interface: "eth0", names: ["rx-lro"])))
      #expect(features.state.withLock { !$0.isOn("rx-lro") && $0.isOn("rx-checksum") })
      let again = try host.prepare().plan.steps
      #expect(again == [.declareReady])
      var undone = Cleanup.Outcome()
      FeatureSwitch(host: host.access).undo(try HostChanges.read(from: host.root), &undone)
      #expect(undone == .init(done: ["turned rx-lro of eth0 on again"]))
      #expect(features.state.withLock { $0.active == Self.all })
    }
  }

  /// Another interface may have the name by then.
  @Test func anotherInterfaceIsLeftAlone() throws {
    let features = FakeFeatures(InterfaceFeatures(changeable: Self.all, active: Self.all))
    try prepared(features) { host, _ in
      try FakeHost.write("9", "/sys/class/net/eth0/ifindex", host.root)
      var undone = Cleanup.Outcome()
      FeatureSwitch(host: host.access).undo(try HostChanges.read(from: host.root), &undone)
      #expect(undone == .init())
      #expect(features.state.withLock { !$0.isOn("rx-lro") })
    }
  }

  @Test func whatADriverLeavesOnStopsNothing() throws {
    let features = FakeFeatures(
      InterfaceFeatures(changeable: Self.all, active: Self.all), stubborn: ["rx-lro"])
    try prepared(features) { _, outcome in #expect(outcome.ready != nil) }
  }

  @Test func areKeptWhereThatIsAsked() throws {
    let features = FakeFeatures(InterfaceFeatures(changeable: Self.all, active: Self.all))
    try prepared(features, ["VROUTER_NIC_FEATURES": "keep"]) { host, _ in
      #expect(features.state.withLock { $0.active == Self.all })
      let changes = try HostChanges.read(from: host.root)
      #expect(changes.isEmpty)
    }
  }
}

extension FeatureTests {
  /// For real: a veth's checksums, by netlink and by ioctl, each read back by the other way.
  @Test func bothWaysToTheKernelAgree() throws {
    let seen = try inNetworkNamespace { () -> [Bool] in
      try shell("ip link add v0 type veth peer name v1")
      let name = "rx-checksum"
      func isOn() throws -> [Bool] {
        [try KernelFeatures().features(of: "v0").get().isOn(name), try LegacyFeatures.read("v0").isOn(name)]
      }
      var seen = try isOn()
      try KernelFeatures().turn([name], on: false, of: "v0")
      seen += try isOn()
      try LegacyFeatures.turn([name], on: true, "v0")
      seen += try isOn()
      try LegacyFeatures.turn([name], on: false, "v0")
      seen += try isOn()
      return seen
    }
    #expect(seen == [true, true, false, false, true, true, false, false])
  }

  @Test func anInterfaceThatIsNotThere() throws {
    let problems = try inNetworkNamespace { () -> [String] in
      let netlink = KernelFeatures().features(of: "nothing")
      let ioctl = Result { () throws(FeatureProblem) in try LegacyFeatures.read("nothing") }
      return [netlink, ioctl].map { result in
        if case .failure(let problem) = result { problem.description } else { "" }
      }
    }
    for problem in problems {
      #expect(problem.contains("nothing") && problem.contains("No such device"), "\(problem)")
    }
  }
}
