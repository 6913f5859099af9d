import Foundation
import HostFiles
import TestSupport
import Testing

@testable import NodeAgent

/// What was said to managers, told without a journal; and what is said of DHCP clients that can't be made to stand still.
@Suite struct FoundStepsTests {
  private func write(_ text: String, _ path: String, _ root: HostRoot) throws {
    try root.makeDirectories((path as NSString).deletingLastPathComponent, mode: 0o755)
    try root.replace(path, with: Array(text.utf8), mode: 0o644)
  }

  /// A host's /proc, as a container has it: without this process in it.
  private func process(
    _ id: Int, _ arguments: [String], state: Character, parent: Int = 1, _ root: HostRoot
  ) throws {
    try write("\(arguments[0])\n", "/proc/\(id)/comm", root)
    try write(arguments.joined(separator: "\0") + "\0", "/proc/\(id)/cmdline", root)
    try write("\(id) (a) b) \(state) \(parent) 1 1 0 -1\n", "/proc/\(id)/stat", root)
  }

  private func withHost(_ body: (HostRoot) throws -> Void) throws {
    try withTemporaryRoot { root, path in
      try root.makeDirectories("/proc/1/ns", mode: 0o755)
      try FileManager.default.createSymbolicLink(
        atPath: "\(path)/proc/1/ns/pid", withDestinationPath: "pid:[4026531836]")
      try body(root)
    }
  }

  @Test func nothingIsFoundWhereNothingWasSaid() throws {
    try withHost { root in
      try process(412, ["dhclient", "eth0"], state: "S", root)
      try write("", DropIn.networkdPath("eth1"), root)
      #expect(ManagerSteps.found(of: ["eth0"], on: root) == ManagerSteps())
    }
  }

  @Test func allThatWasSaidIsFound() throws {
    try withHost { root in
      try process(412, ["dhclient", "-v", "eth0"], state: "T", root)
      try process(413, ["dhclient", "eth1"], state: "T", root)
      for name in ["eth0", "vhost0"] {
        try write("text\n", DropIn.networkdPath(name), root)
        try write("text\n", DropIn.networkManagerPath(name), root)
      }
      let found = ManagerSteps.found(of: ["eth0"], on: root)
      #expect(
        found.halts == [DHCPClientHalt(client: "dhclient", interface: "eth0", command: "dhclient -v eth0")])
      #expect(found.beforeVhost.map(\.interface) == ["vhost0", "vhost0"])
      #expect(found.beforeVhost.map(\.telling) == [.reload, .reload])
      #expect(found.atCommit.map(\.manager) == [.networkManager, .networkd])
      #expect(found.atCommit.map(\.telling) == [.letGo, .reload])
      // Of no bus, and of a process that can't be sent a signal, something is said; the files are gone all the same.
      let said = HostManagers(found, root: root).undo(isCommitted: true)
      #expect(said.count == 5, "\(said)")
      #expect(said.last?.contains("dhclient") == true && said.last?.contains("can't be seen") == true)
      #expect(ManagerSteps.found(of: ["eth0"], on: root).atCommit.isEmpty)
    }
  }

  @Test func aProcessIsToldFromItsChildren() throws {
    try withHost { root in
      try process(412, ["dhclient", "eth0"], state: "T", root)
      try process(500, ["dhclient-script"], state: "S", parent: 412, root)
      try process(501, ["sleep"], state: "Z", parent: 412, root)
      try process(502, ["sleep"], state: "S", parent: 500, root)
      let table = ProcessTable(root: root)
      #expect(table.state(of: 412)?.state == "T")
      #expect(table.state(of: 413) == nil)
      #expect(table.children(of: 412).map(\.id).sorted() == [500, 501])
    }
  }
}
