import KernelModule
import Netlink

/// What was seen of the host beside the module and the network, where the settings ask for something there.
struct NodeObservation: Sendable {
  /// Nil where no huge pages are asked for.
  var hugePages: HugePageWish?
  var functions: [FunctionWish] = []
  /// The module for virtual functions; nil where it is loaded, or none are asked for.
  var functionDriver: FunctionDriver?
  /// Of the interfaces below vhost0.
  var features: [FeaturePlan] = []
  /// How the same receive, where their drivers say it.
  var receive: [(interface: String, settings: ReceiveSettings)] = []
  var prefix = SubnetPrefix.own
  /// The list of name servers, where an interface below vhost0 has its address by DHCP; nil where none has.
  var nameServers: NameServerFile.Content?
  /// Name servers that went with the lease.
  var lostNameServers: HostChanges.NameServers?
}

extension NodeObservation {
  /// Looks at a host. Nothing is changed; a cloud's metadata server may be asked.
  ///
  /// - Parameter present: the agent's present configuration.
  init(
    _ host: HostAccess, settings: Settings, decision: Decision?, links: [Link], present: INIDocument?,
    usesDHCP: Bool
  ) {
    let (root, node) = (host.root, settings.node)
    let pages = settings.module.memory.hugePages
    if !pages.isEmpty {
      hugePages = HugePageWish(pages, mayMount: node.mountsHugePages.value, on: .observe(on: root))
    }
    functions = node.functions.map { request in
      FunctionWish(
        request: request,
        device: Result { () throws(FunctionDevice.Problem) in
          try FunctionDevice.observe(interface: request.interface, on: root)
        }, policy: node.functionsInUse.value)
    }
    let driver = FunctionDriver(node.functionDriver)
    if functions.contains(where: { $0.request.count > 0 }), !driver.isLoaded(on: root) {
      functionDriver = driver
    }
    if usesDHCP { nameServers = NameServerFile.read(from: root) }
    if let noted = (try? HostChanges.read(from: root))?.nameServers {
      lostNameServers = NameServerFile.lost(NameServerFile.read(from: root), noted: noted)
    }
    guard let decision else { return }
    if let access = host.features, node.features.value == .adapt {
      features = FeatureSubject.below(decision, among: links, root: root, by: access).map(FeaturePlan.init)
    }
    if let access = host.features {
      receive = FeatureSubject.links(below: decision, among: links).compactMap { link in
        (try? access.receiveSettings(of: link.name).get()).map { (link.name, $0) }
      }
    }
    guard decision.choices.count == 1 else { return }
    let known = present?.values(section: "VIRTUAL-HOST-INTERFACE", key: "ip").first.flatMap { IPPrefix($0) }
    prefix = SubnetPrefix(
      of: decision.address, settings: node, cloud: host.cloud == nil ? nil : Cloud.observe(on: root),
      present: known
    ) { cloud in
      host.cloud?.prefixLength(of: decision.interface.mac, decision.address.address, in: cloud)
        ?? .failure(CloudProblem(description: "nobody is asked"))
    }
  }
}

extension ConfigurationFacts {
  /// With the prefix of the node's network, where its address doesn't have it.
  func knowing(_ prefix: SubnetPrefix) -> ConfigurationFacts {
    var facts = self
    facts.vhostNetwork = prefix.applied(to: vhostAddress)
    facts.addressDoubt = prefix.doubt
    return facts
  }
}
