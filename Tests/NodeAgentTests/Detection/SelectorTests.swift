import Netlink
import Testing

@testable import NodeAgent

/// The entries of `PHYSICAL_INTERFACE`.
@Suite struct SelectorTests {
  @Test(
    arguments: [
      ("eth0", ["eth0"]), (" eth0 ,\teth1,", ["eth0", "eth1"]),
      ("mac:52:54:00:AB:CD:EF", ["mac:52:54:00:ab:cd:ef"]),
      ("pci:0000:3B:00.0", ["pci:0000:3b:00.0"]), ("pci:3b:00.1", ["pci:0000:3b:00.1"]),
      ("driver:mlx5_core,eth1", ["driver:mlx5_core", "eth1"]), ("cidr:10.1.2.3/16", ["cidr:10.1.0.0/16"]),
      ("cidr:2001:db8::/32", ["cidr:2001:db8::/32"]),
      ("/^eth[0-9]{1,2}$/", ["/^eth[0-9]{1,2}$/"]), ("/a{1,2}/, eth1 ,/b/", ["/a{1,2}/", "eth1", "/b/"]),
      ("/a/b/,eth0", ["/a/b/", "eth0"]),
      (String(repeating: "a", count: 127), [String(repeating: "a", count: 127)]),
    ] as [(String, [String])])
  func read(_ text: String, _ selectors: [String]) throws {
    let read = try readSettings(["PHYSICAL_INTERFACE": text]).host.physicalInterfaces?.value
    #expect(read?.map(\.description) == selectors)
    // What is written can be read again.
    #expect(try InterfaceSelector.entries(text).map { try InterfaceSelector(parsing: $0) } == read)
  }

  @Test func aBadExpressionIsExplainedInTheLibrarysWords() throws {
    let line = try #require(problems(["PHYSICAL_INTERFACE": "/eth(/"]).first)
    #expect(line.contains("Unmatched ( or \\("))
    let twice = try #require(problems(["PHYSICAL_INTERFACE": "eth0, mac:52:54:00:00:00:01,eth0"]).first)
    #expect(twice == "PHYSICAL_INTERFACE (environment): found 'eth0' twice; expected each interface once")
  }

  /// Two cards, a bond of two more with a VLAN on it, and a vhost0 over the first.
  private static let host: ImaginaryHost = {
    var host = ImaginaryHost()
    host.link(
      "ens1f0", mac: "52:54:00:00:00:01", alternative: ["enp59s0f0", "a-name-of-more-than-fifteen-bytes"])
    host.link("ens1f1", mac: "52:54:00:00:00:02")
    host.link("bond0", kind: "bond", mac: "52:54:00:00:00:03")
    host.link("ens2f0", mac: "52:54:00:00:00:03", master: "bond0")
    host.link("ens2f1", mac: "52:54:00:00:00:03", master: "bond0")
    host.link("bond0.7", kind: "vlan", mac: "52:54:00:00:00:03")
    host.link("vhost0", kind: "vhost", mac: "52:54:00:00:00:01")
    let bond = host.index(of: "bond0")
    host.change("bond0.7") { $0.lowerIndex = bond }
    host.change("ens2f1") { $0.permanentMACAddress = MACAddress("52:54:00:00:00:04") }
    host.change("ens1f0") { ($0.parentBus, $0.parentDevice) = ("pci", "0000:3b:00.0") }
    let place = host.index(of: "ens1f1") ?? 0
    host.snapshot.hardware[place] = LinkHardware(driver: "virtio_net", pciAddress: "0000:3b:00.1")
    host.snapshot.hardware[host.index(of: "ens1f0") ?? 0] = LinkHardware(driver: "ice")
    for name in ["ens2f0", "ens2f1"] {
      host.snapshot.hardware[host.index(of: name) ?? 0] = LinkHardware(driver: "i40e")
    }
    host.address("vhost0", "10.0.0.5/24")
    host.address("ens1f1", "10.1.0.5/24")
    host.address("bond0", "10.2.0.5/24")
    host.address("bond0", "fe80::5/64", scope: .link)
    return host
  }()

  @Test(
    arguments: [
      ("ens1f0", ["ens1f0"]), ("enp59s0f0", ["ens1f0"]), ("a-name-of-more-than-fifteen-bytes", ["ens1f0"]),
      ("ens1", []),
      // vhost0 has its card's address.
      ("mac:52:54:00:00:00:01", ["ens1f0"]),
      // Ports have their bond's, and so has a VLAN on it.
      ("mac:52:54:00:00:00:03", ["bond0"]),
      // The address that the hardware came with names a port, whatever it uses now.
      ("mac:52:54:00:00:00:04", ["ens2f1"]),
      ("pci:0000:3b:00.0", ["ens1f0"]), ("pci:0000:3b:00.1", ["ens1f1"]), ("pci:0000:3c:00.0", []),
      ("driver:virtio_net", ["ens1f1"]), ("driver:i40e", ["ens2f0", "ens2f1"]),
      ("cidr:10.1.0.0/16", ["ens1f1"]), ("cidr:10.0.0.0/8", ["ens1f1", "bond0"]), ("cidr:fe80::/10", []),
      ("cidr:10.0.0.0/24", ["vhost0"]),
      ("/^ens1f1$/", ["ens1f1"]), ("/59/", ["ens1f0"]), ("/^ens[0-9]+f0$/", ["ens1f0"]), ("/^ENS/", []),
    ] as [(InterfaceSelector, [String])])
  func fits(_ selector: InterfaceSelector, _ names: [String]) {
    #expect(SelectorMatch(selector, network: HostNetwork(Self.host.snapshot)).links.map(\.name) == names)
  }

  @Test(
    arguments: [
      ("ens1f2", "it has ens1f0 (enp59s0f0, a-name-of-more-than-fifteen-bytes), ens1f1, ens2f0, ens2f1"),
      ("mac:52:54:00:00:00:99", "bond0 52:54:00:00:00:03, ens2f0 52:54:00:00:00:03"),
      ("mac:52:54:00:00:00:98", "ens2f1 52:54:00:00:00:03 (permanent 52:54:00:00:00:04)"),
      ("pci:0000:3c:00.0", "it has ens1f0 0000:3b:00.0, ens1f1 0000:3b:00.1"),
      ("driver:bnxt_en", "it has ens1f0 ice, ens1f1 virtio_net, ens2f0 i40e, ens2f1 i40e"),
      ("cidr:192.0.2.0/24", "it has ens1f1 10.1.0.5/24, bond0 10.2.0.5/24, vhost0 10.0.0.5/24"),
      ("/^wlan/", "it has lo, ens1f0"),
    ] as [(InterfaceSelector, String)])
  func nothingThatFitsListsTheNearMisses(_ selector: InterfaceSelector, _ words: String) {
    let row = DetectionCase(
      "", .init(interfaces: [selector]),
      .fails(.notFound, naming: ["\(selector)", words], awaits: "an interface that fits \(selector)")
    ) { $0 = Self.host }
    row.check()
  }

  static let cases: [DetectionCase] = [
    .init(
      "several that fit are listed", .init(interfaces: ["cidr:10.0.0.0/8"]),
      .fails(.ambiguous, naming: ["2 interfaces fit: ens1f1, bond0"])
    ) { $0 = host },
    .init(
      "vhost0 by its address is the interface below it", .init(interfaces: ["cidr:10.0.0.0/24"]),
      .chosen("ens1f0", rule: "physical-interface", address: "10.0.0.5/24", gateway: [], warnings: 1)
    ) { $0 = host },
    .init(
      "vhost0 by its name too", .init(interfaces: ["vhost0"]),
      .chosen("ens1f0", rule: "physical-interface", address: "10.0.0.5/24", gateway: [], warnings: 1)
    ) { $0 = host },
    .init(
      "two selectors of one interface", .init(interfaces: ["ens1f0", "pci:0000:3b:00.0"]),
      .fails(.conflict, naming: ["ens1f0 twice", "by ens1f0 and by pci:0000:3b:00.0"])
    ) { $0 = host },
  ]

  @Test(arguments: cases) func decides(row: DetectionCase) { row.check() }
}
