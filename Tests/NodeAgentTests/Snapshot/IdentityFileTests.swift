import HostFiles
import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// The file in which the chosen hardware is remembered.
@Suite struct IdentityFileTests {
  static let identity = RememberedIdentity(
    interfaces: [
      .init(
        name: "enp6s0f0", kind: nil, permanentMAC: MACAddress("52:54:00:00:00:01"),
        mac: MACAddress("52:54:00:00:00:02"),
        parentBus: "pci", parentDevice: "0000:06:00.0", address: IPPrefix("10.0.0.5/24")),
      .init(name: "bond0", kind: "bond"),
    ], settings: ["CONTROL_NODES": "a,b", "KUBERNETES_NODES_MAP": ""])

  @Test func whatWasWrittenIsRead() throws {
    try withTemporaryRoot { root, _ in
      #expect(IdentityFile.read(from: root) == .absent)
      try IdentityFile.write(Self.identity, to: root)
      #expect(IdentityFile.read(from: root) == .remembered(Self.identity))
      #expect(try root.status(IdentityFile.path).permissions == 0o600)
      #expect(try root.status("/var/lib/vrouter-node-agent").permissions == 0o755)
    }
  }

  /// A file that can't be used is told, and is no identity.
  @Test(arguments: [
    ("", "damaged"), ("{}", "damaged"), ("{\"schema\": 1}", "damaged"), ("not JSON", "damaged"),
    ("{\"schema\": 2, \"identity\": {}}", "schema 2"),
    ("{\"schema\": 1, \"identity\": {\"interfaces\": [], \"settings\": {}}}", "damaged"),
  ]) func isUnusable(_ text: String, _ words: String) throws {
    let content = IdentityFile.parse(Array(text.utf8))
    #expect(content.identity == nil)
    #expect(content.problem?.contains(words) == true, "\(content)")
  }

  @Test func aFolderInItsPlaceIsTold() throws {
    try withTemporaryRoot { root, _ in
      try root.makeDirectories(IdentityFile.path, mode: 0o755)
      #expect(IdentityFile.read(from: root).problem?.contains(IdentityFile.path) == true)
    }
  }
}
