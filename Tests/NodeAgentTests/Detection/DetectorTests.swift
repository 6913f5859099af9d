import Netlink
import Testing

@testable import NodeAgent

@Suite struct DetectorTests {
  static let cases = routesCases + stateCases + namedCases + nodesCases + vhostCases

  @Test(arguments: cases) func decides(row: DetectionCase) throws { row.check() }

  /// Interfaces that containers and tunnels bring, and what is said of each.
  @Test(arguments: [
    ("docker0", "bridge", "bridge"), ("cni0", "bridge", "bridge"), ("virbr0", "bridge", "bridge"),
    ("flannel.1", "vxlan", "tunnel"), ("tunl0", "ipip", "tunnel"), ("wg0", "wireguard", "tunnel"),
    ("tap0", "tun", "tunnel"), ("cali123", "veth", "veth"), ("gre1", "gretap", "tunnel"),
    ("vrf-blue", "vrf", "VRF"),
  ])
  func saysWhyNot(name: String, kind: String, word: String) throws {
    var host = ImaginaryHost.plain()
    host.link(name, kind: kind, mac: "52:54:00:00:00:77")
    host.address(name, "10.0.0.5/24")
    let decision = try Detector(snapshot: host.snapshot, settings: .init()).decide()
    #expect(decision.interface.name == "eth0")
    #expect(decision.candidates.first { $0.name == name }?.reason.contains(word) == true)
  }
}
