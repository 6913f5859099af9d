import Foundation
import HostFiles
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import NodeAgent

struct FunctionTests {
  @Test func anInterfaceLeadsToItsDevice() throws {
    try withTemporaryRoot { root, path in
      let fixture = FunctionFixture(path: path)
      try fixture.card(root, count: 3)
      #expect(try FunctionDevice.folder(of: "eth1", on: root) == FunctionFixture.folder)
      let device = try FunctionDevice.observe(interface: "eth1", on: root)
      #expect(device.total == 8 && device.count == 3)
      #expect(device.functions.map(\.address) == ["0000:03:10.0", "0000:03:10.1", "0000:03:10.2"])
      #expect(device.functions.allSatisfy { $0.use == nil })
    }
  }

  /// An interface, and why it can't have functions.
  static let others: [(String, String)] = [
    ("eth9", "there is no interface eth9"), ("bond0", "no hardware of its own"),
    ("eth2", "no PCI device, but virtio0"), ("eth3", "doesn't offer SR-IOV"),
  ]

  @Test(arguments: others) func othersAreToldApart(_ interface: String, _ words: String) throws {
    try withTemporaryRoot { root, path in
      let fixture = FunctionFixture(path: path)
      try FakeHost.write("1", "/sys/class/net/bond0/ifindex", root)
      try FakeHost.write("2", "/sys/class/net/eth2/ifindex", root)
      try FakeHost.write("3", "/sys/class/net/eth3/ifindex", root)
      try fixture.link("/sys/class/net/eth2/device", to: "../../../virtio0")
      try fixture.link("/sys/class/net/eth3/device", to: "../../../0000:04:00.0")
      let problem = #expect(throws: FunctionDevice.Problem.self) {
        try FunctionDevice.observe(interface: interface, on: root)
      }
      #expect(problem?.description.contains(words) == true, "\(String(describing: problem))")
    }
  }

  /// How a function is used, in its folder, and what is said of it.
  static let uses: [(String, @Sendable (FunctionFixture, HostRoot) throws -> Void, String?)] = [
    ("nobody has it", { _, _ in }, nil),
    (
      "a virtual machine may", { fixture, _ in try driver("vfio-pci", fixture) }, "the driver vfio-pci has it"
    ),
    (
      "a down interface here",
      { fixture, root in
        try driver("iavf", fixture)
        try FakeHost.write("0x1002", "\(FunctionFixture.function(1))/net/eth1v1/flags", root)
      }, nil
    ),
    (
      "an interface that is up",
      { fixture, root in
        try driver("iavf", fixture)
        try FakeHost.write("0x1003", "\(FunctionFixture.function(1))/net/eth1v1/flags", root)
      }, "its interface eth1v1 is up"
    ),
    (
      "a port",
      { fixture, root in
        try driver("iavf", fixture)
        try FakeHost.write("0x1002", "\(FunctionFixture.function(1))/net/eth1v1/flags", root)
        try fixture.link("\(FunctionFixture.function(1))/net/eth1v1/upper_br0", to: "../br0")
      }, "is a port of another"
    ),
    ("in another namespace", { fixture, _ in try driver("iavf", fixture) }, "another network namespace"),
  ]

  private static func driver(_ name: String, _ fixture: FunctionFixture) throws {
    try fixture.link("\(FunctionFixture.function(1))/driver", to: "../../../bus/pci/drivers/\(name)")
  }

  @Test(arguments: uses) func theirUseIsSeen(
    _ row: (String, @Sendable (FunctionFixture, HostRoot) throws -> Void, String?)
  ) throws {
    try withTemporaryRoot { root, path in
      let fixture = FunctionFixture(path: path)
      try fixture.card(root, count: 2)
      try row.1(fixture, root)
      let device = try FunctionDevice.observe(interface: "eth1", on: root)
      let use = device.functions[1].use
      #expect((use == nil) == (row.2 == nil), "\(use ?? "")")
      #expect(use?.contains(row.2 ?? "") != false, "\(use ?? "")")
      // Another number is refused then, unless that is allowed; the same number never is.
      func wish(_ count: Int, _ policy: FunctionsInUse) -> FunctionWish {
        FunctionWish(
          request: .init(interface: "eth1", count: count), device: .success(device), policy: policy)
      }
      #expect((wish(4, .refuse).refusal == nil) == (row.2 == nil))
      #expect(wish(4, .replace).refusal == nil && wish(2, .refuse).refusal == nil)
      #expect(wish(4, .refuse).isPending && !wish(2, .refuse).isPending)
      #expect(wish(9, .replace).refusal?.contains("it can have 8") == true)
    }
  }

  private func host(_ root: HostRoot, _ path: String, present: Int, _ errno: Errno? = nil) throws -> FakeHost
  {
    var host = try FakeHost(root: root, path: path)
    try FunctionFixture(path: path).card(root, count: present)
    host.controls = FunctionFixture(path: path, errno: errno)
    try FakeHost.write("live", "/sys/module/vfio/initstate", root)
    host.environment = ["SRIOV_PHYSICAL_INTERFACE": "eth1", "SRIOV_VF": "4"]
    return host
  }

  /// Through none, where there are others: the kernel would refuse it otherwise.
  @Test(arguments: [0, 2, 8]) func areMadeAndTakenBack(present: Int) throws {
    try withTemporaryRoot { root, path in
      let host = try host(root, path, present: present)
      let outcome = try host.prepare()
      #expect(outcome.plan.steps.contains(.makeFunctions(interface: "eth1", count: 4, present: present)))
      #expect(try FunctionDevice.observe(interface: "eth1", on: root).functions.count == 4)
      #expect(try host.prepare().plan.steps == [.declareReady])
      let changes = try HostChanges.read(from: root)
      #expect(
        changes.functions == [
          .init(interface: "eth1", folder: FunctionFixture.folder, count: present, made: 4)
        ])
      var undone = Cleanup.Outcome()
      FunctionMaker(host: host.access).undo(changes, &undone)
      #expect(undone == .init(done: ["eth1 has \(present) virtual functions again"]))
      #expect(try FunctionDevice.observe(interface: "eth1", on: root).count == present)
    }
  }

  /// Another number than was made is somebody else's.
  @Test func othersFunctionsStay() throws {
    try withTemporaryRoot { root, path in
      let host = try host(root, path, present: 0)
      _ = try host.prepare()
      let maker = FunctionMaker(host: host.access)
      let device = try FunctionDevice.observe(interface: "eth1", on: root)
      try maker.make(
        .init(request: .init(interface: "eth1", count: 2), device: .success(device), policy: .replace))
      var changes = HostChanges(boot: "b")
      changes.note(.init(interface: "eth1", folder: FunctionFixture.folder, count: 0, made: 4))
      var undone = Cleanup.Outcome()
      maker.undo(changes, &undone)
      #expect(undone.done.isEmpty && undone.left.first?.contains("somebody else") == true)
      #expect(try FunctionDevice.observe(interface: "eth1", on: root).count == 2)
    }
  }

  /// One without the card has none already.
  @Test func noFunctionsNeedNoCard() throws {
    let wish = FunctionWish(
      request: .init(interface: "eth9", count: 0), device: .failure(.init(description: "it isn't there")),
      policy: .refuse)
    #expect(wish.refusal == nil && !wish.isPending)
  }

  @Test func whatTheKernelAnswersIsTold() throws {
    try withTemporaryRoot { root, path in
      let host = try host(root, path, present: 0, .resourceBusy)
      let failure = #expect(throws: CommandFailure.self) { try host.prepare() }
      #expect(failure?.code == .failed)
      for words in ["4 virtual functions were not made", "has 0", "busy"] {
        #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
      }
    }
  }

  /// Nothing is changed where one of the wishes can't be met.
  @Test func tooManyAreRefusedBeforeAnything() throws {
    try withTemporaryRoot { root, path in
      var host = try host(root, path, present: 0)
      host.environment["SRIOV_VF"] = "9"
      let failure = #expect(throws: CommandFailure.self) { try host.prepare() }
      #expect(failure?.code == .settings)
      #expect(!root.exists("/sys/module/vrouter") && !root.exists(HostChanges.path))
    }
  }

  /// A driver that nobody named may be missing; one that is named has to be there.
  @Test(arguments: [(nil, true), ("vfio-pci", false)] as [(String?, Bool)])
  func theirDriver(named: String?, succeeds: Bool) throws {
    try withTemporaryRoot { root, path in
      var host = try host(root, path, present: 0)
      try FileManager.default.removeItem(atPath: path + "/sys/module/vfio")
      host.environment["SRIOV_VFIO_DRIVER"] = named
      let steps = try host.plan().steps
      #expect(steps.contains(.loadFunctionDriver(name: named == nil ? "vfio" : "vfio_pci")))
      if succeeds {
        #expect(try host.prepare().ready != nil)
      } else {
        let failure = #expect(throws: CommandFailure.self) { try host.prepare() }
        #expect(failure?.code == .module)
      }
    }
  }
}
