import Netlink

extension Counterfactual.Change {
  /// The same host and settings with this one thing otherwise; nil where it can't be.
  func applied(to detector: Detector) -> Detector? {
    let network = detector.network
    switch self {
    case .setting(let name, let value):
      guard let settings = detector.settings.with(name, value, hostName: network.snapshot.hostName) else {
        return nil
      }
      return Detector(network: network, settings: settings)
    case .metric(let name, let family, let table, let metric):
      guard let link = network.link(named: name) else { return nil }
      return detector.with(
        routes: network.snapshot.routes.map { route in
          guard route.isDefault, route.family == family, route.table == table,
            !route.paths.isEmpty, route.paths.allSatisfy({ $0.outputIndex == link.index })
          else { return route }
          var changed = route
          changed.metric = metric
          return changed
        })
    case .defaultRoute(let name, let gateway, let table, let metric, let instead):
      guard let link = network.link(named: name) else { return nil }
      var route = Route(to: .all(gateway.family), table: table)
      route.gateway = gateway
      route.outputIndex = link.index
      route.metric = metric
      let others = network.snapshot.routes.filter { !(instead && $0.isDefault && $0.table == table) }
      return detector.with(routes: others + [route])
    case .way(let address, let name):
      guard let link = network.link(named: name) else { return nil }
      var route = Route(to: .host(address))
      route.outputIndex = link.index
      var answers = network.snapshot.routeAnswers
      answers[address] = .way(.init(reply: RouteReply(route, for: address), entry: route))
      return Detector(network: network.with(answers: answers), settings: detector.settings)
    case .address(let name, let prefix):
      guard let link = network.link(named: name) else { return nil }
      let address = Address(linkIndex: link.index, prefix: prefix)
      return Detector(network: network.with(address), settings: detector.settings)
    case .noVhost(let name):
      guard let vhost = network.vhosts.first(where: { $0.name == name }) else { return nil }
      var below: Link?
      if case .one(let link) = detector.behind(vhost: vhost) { below = link }
      return Detector(network: network.without(vhost, below: below), settings: detector.settings)
    case .noIdentity:
      return Detector(network: network.with(identity: nil), settings: detector.settings)
    }
  }
}

extension Detector {
  fileprivate func with(routes: [Route]) -> Detector {
    Detector(network: network.with(routes: routes), settings: settings)
  }
}

extension DetectionSettings {
  /// The settings with one of them otherwise, read as the environment's would be; nil for a value that is malformed.
  fileprivate func with(_ name: String, _ value: String?, hostName: String) -> DetectionSettings? {
    var changed = self
    switch name {
    case "PHYSICAL_INTERFACE":
      changed.interfaces = (value.map(InterfaceSelector.entries) ?? []).compactMap {
        try? InterfaceSelector(parsing: $0)
      }
      guard value == nil || !changed.interfaces.isEmpty else { return nil }
    case "L3MH_CIDR":
      changed.multihoming = value.flatMap(SettingsReader.range)
      guard value == nil || changed.multihoming != nil else { return nil }
    case "KUBERNETES_NODES_MAP":
      guard let address = value.flatMap({ IPAddress($0) }) else { return nil }
      let name = nodeName ?? hostName
      changed.nodesMap = [name: address]
    default: return nil
    }
    return changed
  }
}
