extension ConfigurationFacts {
  /// What a decision on interface and gateway, and the host's names, tell the configuration.
  ///
  /// - Parameter names: the host's names as they were found.
  /// - Throws: when the chosen interface can't be named in the configuration, or has no MAC address.
  init(_ decision: Decision, names: ObservedNames) throws(CommandFailure) {
    guard let name = InterfaceName(decision.interface.name) else {
      throw CommandFailure(
        .undecided,
        "interface \(decision.interface.name) can't be written to the agent's configuration: it is not \(InterfaceName.expected); rename it"
      )
    }
    guard let mac = decision.interface.mac else {
      throw CommandFailure(
        .undecided,
        "interface \(decision.interface.name) has no MAC address, and vhost0 needs one; name another in PHYSICAL_INTERFACE"
      )
    }
    self.init(
      physicalInterfaces: [PhysicalInterface(name: name, mac: mac)],
      vhostAddress: decision.address, vhostExists: decision.addressHolder != decision.interface.name,
      gateways: decision.gateway.addresses, defaultRouteIsOverVhost: decision.carriesDefaultRoute,
      controlNetworkAddress: decision.controlNetworkAddress, defaultAddress: decision.defaultAddress,
      nameOfVhostAddress: names.ofAddress, hostName: names.ofHost)
  }
}
