import Foundation
import HostFiles
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import NodeAgent

/// A kernel that has so many pages left, and gives at most so many at a time.
struct StingyKernel: ControlWriter {
  var left = 1000
  var atOnce = 1000
  var refuses = false

  func write(_ value: String, to path: String, on root: HostRoot, within limit: Duration) -> ControlRefusal? {
    if refuses { return ControlRefusal(errno: .invalidArgument, description: "it says no") }
    guard let wanted = Int(value), let text = try? root.readValue(path), let present = Int(text) else {
      return ControlRefusal(errno: nil, description: "it can't be understood")
    }
    try? FakeHost.write("\(min(wanted, present + atOnce, left))", path, root)
    return nil
  }
}

struct HugePageReservationTests {
  private static let folder = "/sys/kernel/mm/hugepages/hugepages-2048kB"

  private func host(_ root: HostRoot, _ path: String, _ kernel: StingyKernel) throws -> FakeHost {
    var host = try FakeHost(root: root, path: path)
    for (name, value) in [("nr_hugepages", "4"), ("free_hugepages", "4"), ("resv_hugepages", "0")] {
      try FakeHost.write(value, "\(Self.folder)/\(name)", root)
    }
    try FakeHost.write("hugetlbfs /dev/hugepages hugetlbfs rw,pagesize=2M 0 0", "/proc/1/mounts", root)
    host.controls = kernel
    host.environment["HUGE_PAGES_2MB"] = "64"
    return host
  }

  /// The kernel's giving, and what is there in the end.
  static let kernels: [(StingyKernel, String)] = [
    (StingyKernel(), "64"), (StingyKernel(atOnce: 30), "64"), (StingyKernel(left: 20), "20"),
    (StingyKernel(atOnce: 10), "34"), (StingyKernel(refuses: true), "4"),
  ]

  /// Less than was asked for is told, and the node gets ready all the same; `cleanup` gives back what was added.
  @Test(arguments: kernels) func theKernelIsAskedAndReadBack(_ kernel: StingyKernel, _ there: String) throws {
    try withTemporaryRoot { root, path in
      let host = try host(root, path, kernel)
      let outcome = try host.prepare()
      let steps = outcome.plan.steps.map(\.name)
      #expect(
        steps == [
          "withdraw-readiness", "reserve-huge-pages", "load-module", "write-configuration",
          "remember-identity",
          "declare-ready",
        ])
      #expect(try root.readValue("\(Self.folder)/nr_hugepages") == there)
      #expect(outcome.ready != nil)
      // Asked again each time, without taking the readiness away.
      #expect(
        try host.prepare().plan.steps.map(\.name) == (there == "64" ? [] : ["reserve-huge-pages"]) + [
          "declare-ready"
        ])
      let changes = try HostChanges.read(from: root)
      let all = try #require(UInt64(try root.readValue("\(Self.folder)/nr_hugepages")))
      #expect(changes.pages == [.init(pageBytes: 2 << 20, count: 4, made: all - 4)])
      var undone = Cleanup.Outcome()
      HugePageReservation.undo(changes, on: host.access, &undone)
      #expect(try root.readValue("\(Self.folder)/nr_hugepages") == "4")
      #expect(undone.left.isEmpty && undone.done.count == (there == "4" ? 0 : 1))
    }
  }

  /// What somebody reserved since is theirs.
  @Test func cleanupGivesBackWhatWasMadeOnly() throws {
    try withTemporaryRoot { root, path in
      let host = try host(root, path, StingyKernel())
      _ = try host.prepare()
      try FakeHost.write("500", "\(Self.folder)/nr_hugepages", root)
      var undone = Cleanup.Outcome()
      HugePageReservation.undo(try HostChanges.read(from: root), on: host.access, &undone)
      #expect(try root.readValue("\(Self.folder)/nr_hugepages") == "440")
    }
  }

  @Test func withoutAMountNothingIsChanged() throws {
    try withTemporaryRoot { root, path in
      let host = try host(root, path, StingyKernel())
      try FakeHost.write("proc /proc proc rw 0 0", "/proc/1/mounts", root)
      let failure = #expect(throws: CommandFailure.self) { try host.prepare() }
      #expect(failure?.code == .settings)
      #expect(failure?.description.contains("no hugetlbfs with pages of that size is mounted") == true)
      #expect(!root.exists("/sys/module/vrouter") && !root.exists(HostChanges.path))
    }
  }
}
