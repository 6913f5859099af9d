import Netlink

/// Which probes apply to a node.
extension VerificationProbe {
  /// No more control nodes than this are asked: a cluster has three, and one that answers is enough.
  static let controlNodeLimit = 3
  /// No more gateways than this are asked for each interface.
  static let gatewayLimit = 4

  /// The host names that ``all(for:decision:names:)`` needs the addresses of.
  static func names(for settings: Settings) -> [String] {
    var seen: Set<String> = []
    return (controlNodes(settings) + kubernetesAPI(settings)).compactMap { endpoint in
      guard case .name(let name) = endpoint.host, seen.insert(name).inserted else { return nil }
      return name
    }
  }

  /// The probes of a takeover of every chosen interface, each once, gateways first.
  ///
  /// - Parameters:
  ///   - decision: says which gateways there are, which addresses are this host's own (a server on this host shows
  ///     nothing of the network), and which default routes leave by the interface.
  ///   - names: what the resolver answered for ``names(for:)``; a server whose name isn't known isn't asked. Of several
  ///     addresses the first of the control network's family counts, else the first.
  static func all(
    for settings: Settings, decision: Decision, names: [String: NetworkSnapshot.NameAnswer]
  ) -> [VerificationProbe] {
    decision.choices.reduce(into: []) { probes, choice in
      for probe in all(for: settings, choice: choice, of: decision, names: names)
      where !probes.contains(probe) {
        probes.append(probe)
      }
    }
  }

  /// The probes of one chosen interface. Servers are asked for each: only what the kernel sends by the interface counts
  /// for it (``ProbeResult/isByInterface``).
  static func all(
    for settings: Settings, choice: Decision.Choice, of decision: Decision,
    names: [String: NetworkSnapshot.NameAnswer]
  ) -> [VerificationProbe] {
    let gateways = choice.gateway.addresses.prefix(gatewayLimit)
    let own = Set(decision.candidates.flatMap(\.addresses).map(\.address))
    let family = decision.controlNetworkAddress.family
    func servers(_ role: Server.Role, _ endpoints: [Endpoint]) -> [VerificationProbe] {
      endpoints.compactMap { endpoint in
        guard let address = endpoint.address(names, preferring: family), !own.contains(address),
          !address.isLoopback
        else { return nil }
        return VerificationProbe(
          .tcp(
            Server(role: role, name: endpoint.host.description, address: address, port: endpoint.port)))
      }
    }
    return gateways.map { VerificationProbe(.gatewayNeighbour($0)) }
      + gateways.map { VerificationProbe(.gatewayEcho($0)) }
      + defaultFamilies(of: choice, in: decision).map { VerificationProbe(.defaultRoute($0)) }
      + servers(.controlNode, controlNodes(settings)) + servers(.kubernetesAPI, kubernetesAPI(settings))
  }

  /// The families whose default route, the one that the host's own traffic takes, leaves by the interface or by the
  /// vhost0 before it.
  private static func defaultFamilies(
    of choice: Decision.Choice, in decision: Decision
  ) -> [AddressFamily] {
    let holders = decision.candidates.filter { [choice.interface.name, choice.holder].contains($0.name) }
    let routes = holders.flatMap(\.defaultRoutes) + choice.interface.defaultRoutes
    return AddressFamily.allCases.filter { family in
      routes.contains { $0.family == family && $0.carriesTraffic }
    }
  }

  /// A server of the settings.
  private struct Endpoint {
    let host: NodeReference
    let port: UInt16

    func address(
      _ names: [String: NetworkSnapshot.NameAnswer], preferring family: AddressFamily
    ) -> IPAddress? {
      switch host {
      case .address(let address): return address
      case .name(let name):
        guard case .addresses(let addresses)? = names[name] else { return nil }
        return addresses.first { $0.family == family } ?? addresses.first
      }
    }
  }

  /// The first few, as the vRouter agent itself connects to two.
  private static func controlNodes(_ settings: Settings) -> [Endpoint] {
    let endpoints: [Endpoint] =
      switch settings.servers.xmpp.value {
      case .servers(let servers): servers.map { Endpoint(host: $0.host, port: $0.port) }
      case .nodes(.nodes(let nodes), let port): nodes.map { Endpoint(host: $0, port: port) }
      // This host itself is meant.
      case .nodes(.defaultAddress, _): []
      }
    return Array(endpoints.prefix(controlNodeLimit))
  }

  private static func kubernetesAPI(_ settings: Settings) -> [Endpoint] {
    guard settings.host.orchestrator.value == .kubernetes, let server = settings.host.kubernetesAPIServer
    else { return [] }
    return [Endpoint(host: server.value, port: settings.host.kubernetesAPIPort.value)]
  }
}
