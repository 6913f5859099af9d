import Netlink
import Testing

@testable import NodeAgent

/// What is done with a bond of the mode balance-alb.
@Suite struct BalancedBondTests {
  private func network(_ mode: BondMode, vlan: Bool) -> ImaginaryHost {
    var host = ImaginaryHost()
    host.link("bond0", kind: "bond")
    var details = BondDetails()
    details.mode = mode
    host.snapshot.links[1].details = .bond(details)
    if vlan {
      host.link("bond0.7", kind: "vlan")
      host.snapshot.links[2].lowerIndex = 2
      host.snapshot.links[2].details = .vlan(VLANDetails(id: 7))
    }
    let name = vlan ? "bond0.7" : "bond0"
    host.address(name, "10.0.0.5/24")
    host.route("0.0.0.0/0", by: name, via: "10.0.0.1", metric: 100)
    return host
  }

  private func forecast(
    _ host: ImaginaryHost, _ name: String, _ environment: [String: String]
  ) throws -> TakeoverForecast {
    let settings = try Settings.read(environment: environment.merging(["PHYSICAL_INTERFACE": name]) { $1 })
    let decision = try Detector(snapshot: host.snapshot, settings: DetectionSettings(settings.host)).decide()
    let link = try #require(host.snapshot.links.first { $0.name == name })
    var state = TakeoverState(cards: [TakeoverDevice(link)], highestIndex: 9)
    state.addresses = host.snapshot.addresses.filter { $0.linkIndex == link.index }
    return try TakeoverForecast(
      decision, settings: settings.host, state: state, managers: [], links: host.snapshot.links)
  }

  @Test(arguments: [false, true]) func isRefused(vlan: Bool) throws {
    let name = vlan ? "bond0.7" : "bond0"
    let failure = #expect(throws: CommandFailure.self) {
      try forecast(network(.balanceLoad, vlan: vlan), name, [:])
    }
    #expect(failure?.code == .undecided)
    let text = failure?.description ?? ""
    for word in ["bond0", "balance-alb", "VROUTER_BALANCE_ALB=accept", "nothing was changed"] {
      #expect(text.contains(word), "\(text)")
    }
  }

  @Test(arguments: [false, true]) func isAcceptedWithAWarning(vlan: Bool) throws {
    let name = vlan ? "bond0.7" : "bond0"
    let host = network(.balanceLoad, vlan: vlan)
    let forecast = try forecast(host, name, ["VROUTER_BALANCE_ALB": "accept"])
    #expect(forecast.warnings.count == 1 && forecast.warnings[0].contains("balance-alb"))
    // The bond's own address, which is that of its active port.
    #expect(forecast.wish.mac == host.snapshot.links[1].macAddress)
  }

  @Test(arguments: [
    BondMode.activeBackup, .balanceTransmit, .balanceRoundRobin, .balanceXor, .broadcast,
  ])
  func othersAreNot(_ mode: BondMode) throws {
    for vlan in [false, true] {
      let name = vlan ? "bond0.7" : "bond0"
      #expect(try forecast(network(mode, vlan: vlan), name, [:]).warnings.isEmpty)
    }
  }
}
