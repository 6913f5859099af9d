import Netlink

extension ConfigurationFacts {
  /// What a decision on interface and gateway, and the host's names, tell the configuration.
  ///
  /// - Parameters:
  ///   - names: the host's names as they were found.
  ///   - multihoming: the range of the loopback address, where several interfaces may be chosen.
  ///   - seen: what else was seen of the host.
  /// - Throws: when the chosen interface can't be named in the configuration, or has no MAC address.
  init(
    _ decision: Decision, names: ObservedNames, multihoming: IPPrefix? = nil,
    seen: ConfigurationObservation = ConfigurationObservation()
  ) throws(CommandFailure) {
    var interfaces: [PhysicalInterface] = []
    for choice in decision.choices { interfaces.append(try PhysicalInterface(choice, seen)) }
    var gateways: [IPAddress] = []
    for gateway in decision.choices.flatMap(\.gateway.addresses) where !gateways.contains(gateway) {
      gateways.append(gateway)
    }
    let loopback = multihoming.flatMap { range in
      decision.candidates.filter { $0.name == "lo" }.flatMap(\.addresses).map(\.address).first(
        where: range.contains)
    }
    self.init(
      physicalInterfaces: interfaces,
      vhostAddress: decision.address, vhostExists: decision.addressHolder != decision.interface.name,
      loopbackAddress: loopback, gateways: gateways, defaultRouteIsOverVhost: decision.carriesDefaultRoute,
      controlNetworkAddress: decision.controlNetworkAddress, defaultAddress: decision.defaultAddress,
      nameOfVhostAddress: names.ofAddress, hostName: names.ofHost,
      hugePageMounts: seen.hugePageMounts, token: seen.token, interfaceReason: decision.interface.reason,
      gatewayReason: decision.gateway.reason)
  }
}

extension ConfigurationFacts.PhysicalInterface {
  fileprivate init(
    _ choice: Decision.Choice, _ seen: ConfigurationObservation
  ) throws(CommandFailure) {
    guard let name = InterfaceName(choice.interface.name) else {
      throw CommandFailure(
        .undecided,
        "interface \(choice.interface.name) can't be written to the agent's configuration: it is not \(InterfaceName.expected); rename it"
      )
    }
    guard let mac = choice.interface.mac else {
      throw CommandFailure(
        .undecided,
        "interface \(choice.interface.name) has no MAC address, and vhost0 needs one; name another in PHYSICAL_INTERFACE"
      )
    }
    self.init(
      name: name, mac: mac, address: choice.address, isVLAN: choice.interface.kind == "vlan",
      pciPlace: seen.pciPlaces[choice.interface.index])
  }
}
