import Foundation
import HostFiles
import KernelModule
import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// What is looked at for the configuration files alone.
@Suite struct ConfigurationObservationTests {
  /// A card in /sys at a place on the PCI bus, as links there lead.
  private func card(_ name: String, index: Int, pci: String?, below path: String) throws {
    let device = pci.map { "/sys/devices/pci0000:3a/\($0)" } ?? "/sys/devices/virtual"
    let files = FileManager.default
    try files.createDirectory(atPath: "\(path)\(device)/net/\(name)", withIntermediateDirectories: true)
    try Data("\(index)\n".utf8).write(to: URL(fileURLWithPath: "\(path)\(device)/net/\(name)/ifindex"))
    try files.createDirectory(atPath: "\(path)/sys/class/net", withIntermediateDirectories: true)
    try files.createSymbolicLink(
      atPath: "\(path)/sys/class/net/\(name)", withDestinationPath: "../../..\(device)/net/\(name)")
  }

  private func link(_ index: Int, _ name: String, kind: String? = nil, over lower: Int? = nil) -> Link {
    var link = Link(index: index, name: name)
    (link.kind, link.lowerIndex) = (kind, lower)
    return link
  }

  @Test func addressesOfCardsAndOfThoseBelowAVLAN() throws {
    try withTemporaryRoot { root, path in
      try card("eth0", index: 2, pci: "0000:3b:00.0", below: path)
      try card("eth1", index: 3, pci: "0000:3b:00.1", below: path)
      try card("bond0", index: 4, pci: nil, below: path)
      try card("eth2", index: 10, pci: "0000:5e:00.0", below: path)
      try card("veth0", index: 11, pci: nil, below: path)
      var ports = [link(10, "eth2"), link(11, "veth0", kind: "veth"), link(12, "gone")]
      for port in ports.indices { ports[port].masterIndex = [13, 4, 13][port] }
      let links = [
        link(2, "eth0"), link(3, "eth1"), link(4, "bond0", kind: "bond"),
        link(5, "eth0.7", kind: "vlan", over: 2),
        link(6, "eth0.7.8", kind: "vlan", over: 5), link(7, "bond0.9", kind: "vlan", over: 4),
        // A VLAN that claims to lie on itself, which the kernel doesn't make.
        link(8, "odd", kind: "vlan", over: 8), link(13, "bond1", kind: "bond"),
        link(14, "bond1.7", kind: "vlan", over: 13), link(15, "bond2", kind: "bond"),
      ]
      let found = ConfigurationObservation.pciPlaces(
        of: [2, 3, 4, 5, 6, 7, 8, 13, 14, 15, 99], among: links + ports, in: root)
      let (first, second) = (PCIPlace.card("0000:3b:00.0"), PCIPlace.card("0000:3b:00.1"))
      #expect(
        found == [
          2: first, 3: second, 4: .bondWithoutCards("bond0"), 5: first, 6: first,
          7: .bondWithoutCards("bond0"), 13: .bond, 14: .bond, 15: .bondWithoutCards("bond2"),
        ])
    }
  }

  @Test(
    arguments: [
      (nil, .absent), ("abc", .found(Secret("abc"))), ("abc\n", .found(Secret("abc"))),
      ("abc\r\n\n", .found(Secret("abc"))), ("a\nb\n", .found(Secret("a\nb"))),
      ("\n", .unreadable("it is empty")), ("", .unreadable("it is empty")),
    ] as [(String?, KubernetesToken)])
  func theTokensFile(_ content: String?, _ expected: KubernetesToken) throws {
    try withTemporaryRoot { root, path in
      var host = try FakeHost(root: root, path: path)
      host.environment = ["K8S_TOKEN_FILE": "/tokens/own"]
      if let content {
        try root.makeDirectories("/tokens", mode: 0o755)
        try root.replace("/tokens/own", with: Array(content.utf8), mode: 0o600)
      }
      let settings = try Settings.read(environment: host.environment)
      let seen = try HostObservation(host.access, settings: settings).seen
      #expect(seen.token == expected)
      // What the environment has makes the file needless.
      let given = try Settings.read(environment: host.environment.merging(["K8S_TOKEN": "x"]) { $1 })
      #expect(try HostObservation(host.access, settings: given).seen.token == .absent)
    }
  }

  @Test func mountsOfHugePagesWhereTheyAreAskedFor() throws {
    try withTemporaryRoot { root, path in
      let host = try FakeHost(root: root, path: path)
      try FakeHost.write("hugetlbfs /mnt/h hugetlbfs rw,pagesize=2M 0 0", "/proc/1/mounts", root)
      #expect(try HostObservation(host.access, settings: readSettings()).seen.hugePageMounts.isEmpty)
      let settings = try readSettings(["HUGE_PAGES_2MB": "64"])
      let observation = try HostObservation(host.access, settings: settings)
      #expect(observation.seen.hugePageMounts == [.init(path: "/mnt/h", pageBytes: 2 << 20)])
      let plan = try PreparationPlan(settings: settings, observation: observation, probe: nil)
      #expect(plan.files.agent.text.contains("\n[RESTART]\nhuge_page_2M=/mnt/h/bridge /mnt/h/flow\n"))
    }
  }
}
