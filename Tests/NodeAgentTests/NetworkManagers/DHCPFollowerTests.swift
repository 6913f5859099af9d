import Foundation
import HostFiles
import TestSupport
import Testing

@testable import NodeAgent

/// Doing and undoing what systemd is told, against a bus that isn't the host's, and an imaginary host's processes.
@Suite(.timeLimit(.minutes(1))) struct DHCPFollowerTests {
  private static let follow = DHCPFollow(
    interface: "eth0", vhost: "vhost0", leaseFile: "/var/lib/dhcp/leases", unit: "unit\n")

  private func onHost(
    _ body: (HostRoot, DHCPFollower, FakeBus) throws -> Void
  ) throws {
    try withTemporaryRoot { root, path in
      try root.makeDirectories("/proc/1/ns", mode: 0o755)
      try root.makeDirectories("/var/lib/dhcp", mode: 0o755)
      try root.makeDirectories("/run", mode: 0o755)
      try FileManager.default.createSymbolicLink(
        atPath: "\(path)/proc/1/ns/pid", withDestinationPath: "pid:[4026531836]")
      let lease = "lease { interface \"eth0\"; fixed-address 10.0.2.55; }"
      try root.replace(Self.follow.leaseFile, with: Array(lease.utf8), mode: 0o644)
      // systemd, as far as it matters here: the process is there once it was told to start it.
      let bus = try FakeBus(below: path) { member in
        let process = "\(path)/proc/500"
        if member == "StartUnit" {
          try? FileManager.default.createDirectory(atPath: process, withIntermediateDirectories: true)
          try? "dhclient\n".write(toFile: "\(process)/comm", atomically: false, encoding: .utf8)
          try? "500 (dhclient) S 1 1\n".write(toFile: "\(process)/stat", atomically: false, encoding: .utf8)
          try? "dhclient\0-lf\0\(DHCPFollow.leasePath)\0vhost0\0".write(
            toFile: "\(process)/cmdline", atomically: false, encoding: .utf8)
        }
        if member == "StopUnit" { try? FileManager.default.removeItem(atPath: process) }
        return .value(member == "Reload" ? nil : .objectPath("/org/freedesktop/systemd1/job/7"))
      }
      defer { bus.end() }
      try body(root, DHCPFollower(root: root, processLimit: .milliseconds(200)), bus)
    }
  }

  @Test func isDoneAndUndoneTwice() throws {
    try onHost { root, follower, bus in
      for _ in 0..<2 { try follower.apply(Self.follow) }
      // What runs is left alone.
      #expect(bus.members == ["Hello", "Reload", "StartUnit"])
      #expect(try root.readText(DHCPFollow.unitPath) == "unit\n")
      #expect(try root.readText(DHCPFollow.leasePath).contains("interface \"vhost0\""))
      #expect(DHCPFollowState.observe(on: root) == .init(isRunning: true, address: "10.0.2.55", expires: nil))
      for _ in 0..<2 { try follower.undo(Self.follow) }
      #expect(bus.members.suffix(4) == ["Hello", "StopUnit", "Hello", "Reload"])
      #expect(!root.exists(DHCPFollow.unitPath) && !root.exists(DHCPFollow.leasePath))
      #expect(DHCPFollowState.observe(on: root) == nil)
    }
  }

  /// Of a run that was killed right before: the lease that it got since is the newer one.
  @Test(arguments: [("10.0.2.55", 7), ("10.0.2.56", nil)] as [(String, Int64?)])
  func aLeaseOfItsOwnStays(_ address: String, _ expires: Int64?) throws {
    try onHost { root, follower, _ in
      let own = "lease { interface \"vhost0\"; fixed-address \(address); expire epoch 7; }"
      try root.replace(DHCPFollow.leasePath, with: Array(own.utf8), mode: 0o600)
      try follower.apply(Self.follow)
      let state = DHCPFollowState.observe(on: root)
      #expect(state?.expires == expires && state?.address == "10.0.2.55")
    }
  }

  @Test func whatIsLeftIsFoundWithoutAJournal() throws {
    try onHost { root, follower, _ in
      try follower.apply(Self.follow)
      let found = ManagerSteps.found(of: ["eth0"], on: root)
      #expect(found.follow != nil)
      #expect(HostManagers(found, root: root).undo(isCommitted: true) == [])
      #expect(ManagerSteps.found(of: ["eth0"], on: root) == ManagerSteps())
    }
  }

  @Test func withoutALeaseNothingIsStarted() throws {
    try onHost { root, follower, bus in
      try root.replace(Self.follow.leaseFile, with: [], mode: 0o644)
      #expect(throws: DHCPFollowError.self) { try follower.apply(Self.follow) }
      #expect(bus.members.isEmpty && !root.exists(DHCPFollow.unitPath))
    }
  }

  /// Before processes are seen that run, or end, nothing is said to be so.
  @Test func whatDoesntComeIsAnError() throws {
    try withTemporaryRoot { root, path in
      let follower = DHCPFollower(root: root, processLimit: .milliseconds(100))
      #expect(throws: DHCPFollowError.self) { try follower.start() }
      try root.makeDirectories("/proc/1/ns", mode: 0o755)
      try FileManager.default.createSymbolicLink(
        atPath: "\(path)/proc/1/ns/pid", withDestinationPath: "pid:[4026531836]")
      let bus = try FakeBus(below: path) { _ in .value(nil) }
      defer { bus.end() }
      #expect { try follower.start() } throws: { "\($0)".contains("it doesn't run after") }
      let refusing = try FakeBus(below: path + "/other") { _ in .error("\(SystemdCalls.name).NoSuchUnit") }
      defer { refusing.end() }
      let other = DHCPFollower(root: try HostRoot(path + "/other"), processLimit: .milliseconds(100))
      #expect { try other.start() } throws: { "\($0)".contains("NoSuchUnit") }
    }
  }

  @Test func aFollowIsKeptInAJournal() throws {
    var steps = ManagerSteps()
    steps.follow = Self.follow
    let kept = try JSONEncoder().encode(steps)
    #expect(try JSONDecoder().decode(ManagerSteps.self, from: kept) == steps)
    // One of an earlier version has none.
    let old = #"{"atCommit":[],"beforeVhost":[],"halts":[]}"#
    #expect(try JSONDecoder().decode(ManagerSteps.self, from: Data(old.utf8)).follow == nil)
  }
}
