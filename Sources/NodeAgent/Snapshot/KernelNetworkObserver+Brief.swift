import HostFiles
import Netlink

/// What a choice rests on, asked for link by link: the cost doesn't grow with the number of links, addresses and routes.
extension KernelNetworkObserver {
  func observeBriefly(for settings: DetectionSettings) throws(NetlinkError) -> NetworkSnapshot? {
    // Every other selector has to be held against each link.
    let names = settings.interfaces.compactMap { if case .name(let name) = $0 { name } else { nil } }
    guard names.count == settings.interfaces.count else { return nil }
    var collection = BriefCollection(netlink: try open(), files: files)
    var snapshot = NetworkSnapshot(
      hostName: hostName, links: [], addresses: [], rules: try collection.netlink.rules(), routes: [])
    // The tables of VRFs stand in the links of kind vrf.
    guard !snapshot.rules.contains(where: \.usesVRFTable) else { return nil }
    complete(&snapshot, for: settings)
    guard try collection.see(remembered: snapshot, settings) else { return nil }
    snapshot.routes = try collection.netlink.fewDefaultRoutes(snapshot, hidesDeadRoutes: hidesDeadRoutes)
    try answerWays(&snapshot, for: settings, &collection.netlink)

    for name in names { collection.see(try collection.link(named: name)) }
    // An address of this host itself may be on several interfaces, which only the list of all addresses tells.
    guard settings.ownMappedAddress(hostName: hostName) == nil,
      !snapshot.routeAnswers.values.contains(where: \.isLocal)
    else { return nil }
    // Where there is no way, the subnets of all interfaces tell what is wrong.
    guard !snapshot.routeAnswers.values.contains(where: \.isRefusal) else { return nil }
    for case .way(let way) in snapshot.routeAnswers.values {
      try collection.see(paths: way.entry)
      try collection.see(index: way.reply.outputIndex)
    }
    for route in snapshot.routes { try collection.see(paths: route) }
    guard try collection.addRelatives() else { return nil }
    snapshot.links = collection.links.values.sorted { $0.index < $1.index }
    for link in snapshot.links {
      snapshot.addresses += try collection.netlink.addresses(linkIndex: link.index)
    }
    return snapshot
  }
}

extension KernelNetworkObserver {
  /// Whether IPv6 routes over interfaces without a carrier may be passed over when the kernel is asked the way: then the
  /// lack of a way says nothing about default routes (net.ipv6.conf.*.ignore_routes_with_linkdown).
  fileprivate var hidesDeadRoutes: Bool {
    ["all", "default"].contains { scope in
      let path = "/proc/sys/net/ipv6/conf/\(scope)/ignore_routes_with_linkdown"
      // Without IPv6, and before Linux 4.15, there is no such file.
      guard let text = try? files.readBytes(path, limit: 16) else { return false }
      return text.first != UInt8(ascii: "0")
    }
  }
}

/// The links that were asked for so far.
private struct BriefCollection: ~Copyable {
  var netlink: RouteNetlink
  let files: any HostFileSource
  private(set) var links: [Int: Link] = [:]

  /// With more links than these, one list of all is as quick.
  private static let mostLinks = 100

  init(netlink: consuming RouteNetlink, files: any HostFileSource) {
    self.netlink = netlink
    self.files = files
  }

  mutating func link(named name: String) throws(NetlinkError) -> Link? { try netlink.link(named: name) }

  mutating func see(_ link: Link?) {
    if let link { links[link.index] = link }
  }

  mutating func see(index: Int?) throws(NetlinkError) {
    guard let index, links[index] == nil, links.count <= Self.mostLinks else { return }
    see(try netlink.link(index: index))
  }

  /// Adds the interfaces that were remembered, and vhost0.
  ///
  /// - Returns: whether that tells them from all others. It does not where one may have another name now, nor where there
  ///   is a vhost0 and nothing remembered: what it stands on is told by its MAC address, among all links.
  mutating func see(
    remembered snapshot: NetworkSnapshot, _ settings: DetectionSettings
  ) throws(NetlinkError) -> Bool {
    let known = snapshot.identity?.interfaces ?? []
    for interface in known {
      guard let link = try netlink.link(named: interface.name), interface.isSurely(link) else { return false }
      see(link)
    }
    guard let vhost = try netlink.link(named: "vhost0") else { return true }
    see(vhost)
    let detector = Detector(snapshot: snapshot, settings: settings)
    guard vhost.kind == "vhost", detector.validIdentity != nil, known.count == 1 else { return false }
    return links.values.contains { $0.index != vhost.index && $0.macAddress == vhost.macAddress }
  }

  mutating func see(paths route: Route?) throws(NetlinkError) {
    for path in route?.paths ?? [] { try see(index: path.outputIndex) }
  }

  /// What stands for or against an interface is also seen in those above and below it: a master, a macvlan, a port.
  ///
  /// - Returns: whether all of them were found.
  mutating func addRelatives() throws(NetlinkError) -> Bool {
    for link in links.values {
      guard try addNeighbours(of: link, ["upper_", "lower_"]) else { return false }
    }
    // A bond's negotiation counts through any number of VLANs on it.
    var below = Set(links.keys)
    while !below.isEmpty {
      let known = Set(links.keys)
      for index in below {
        guard let link = links[index], try addNeighbours(of: link, ["lower_"]) else { return false }
      }
      below = Set(links.keys).subtracting(known)
    }
    return true
  }

  /// - Returns: whether they are few and all were found.
  private mutating func addNeighbours(of link: Link, _ sides: [String]) throws(NetlinkError) -> Bool {
    guard let names = neighbours(of: link, sides) else { return false }
    for name in names {
      see(try netlink.link(named: name))
      guard links.count <= Self.mostLinks else { return false }
    }
    try see(index: link.masterIndex)
    if link.lowerNamespaceID == nil { try see(index: link.lowerIndex) }
    return links.count <= Self.mostLinks
  }

  /// The names of the links right above and below, as sysfs has them; nil where it doesn't show this link, as the /sys of
  /// another network namespace.
  private func neighbours(of link: Link, _ sides: [String]) -> [String]? {
    let folder = "/sys/class/net/\(link.name)"
    guard let index = try? files.readBytes("\(folder)/ifindex", limit: 64),
      String(decoding: index, as: UTF8.self).prefix(while: \.isNumber) == "\(link.index)",
      let names = try? files.names(in: folder)
    else { return nil }
    return names.compactMap { name in
      sides.contains { name.hasPrefix($0) } ? String(name.dropFirst(6)) : nil
    }
  }
}

extension RouteNetlink {
  /// The default routes of the relevant tables. IPv6 routes come in an order that makes the default ones the last, after
  /// those of every link: they are only listed when there is one.
  ///
  /// - Parameter hidesDeadRoutes: whether the kernel may know no way though there is a default route.
  fileprivate mutating func fewDefaultRoutes(
    _ snapshot: NetworkSnapshot, hidesDeadRoutes: Bool
  ) throws(NetlinkError) -> [Route] {
    var tables = snapshot.tablesOfRules
    let rules = snapshot.rules.filter { $0.family == .ipv6 }
    if !hidesDeadRoutes, Set(rules.compactMap(\.table)).isSubset(of: [.local, .main]),
      rules.allSatisfy(\.matchesEverything),
      try hasNoIPv6DefaultRoute()
    {
      tables.removeAll { $0.family == .ipv6 }
    }
    return try defaultRoutes(of: tables)
  }

  /// Whether the kernel knows no way to an address to which hardly any but a default route can lead: one that is set aside
  /// for documentation (RFC 9637).
  private mutating func hasNoIPv6DefaultRoute() throws(NetlinkError) -> Bool {
    guard let address = IPAddress("3fff:fff:ffff:ffff:ffff:ffff:ffff:fffe") else { return false }
    return try answer(for: address) == .refused(.noRoute)
  }
}

extension NetworkSnapshot.RouteAnswer {
  /// It leads to this host itself.
  fileprivate var isLocal: Bool {
    if case .way(let way) = self { way.reply.isLocal } else { false }
  }

  fileprivate var isRefusal: Bool {
    if case .refused = self { true } else { false }
  }
}

extension DetectionSettings {
  /// This node's address in `KUBERNETES_NODES_MAP`.
  fileprivate func ownMappedAddress(hostName: String) -> IPAddress? {
    let nothing = NetworkSnapshot(hostName: hostName, links: [], addresses: [], routes: [])
    return try? Detector(snapshot: nothing, settings: self).entry(of: nodeName ?? hostName)?.address
  }
}

extension RememberedIdentity.Interface {
  /// Whether no other link can be the one that was remembered (``IdentityMatch`` looks at all): it has the same name and
  /// what tells its hardware, and no two links have one name.
  fileprivate func isSurely(_ link: Link) -> Bool {
    guard link.isNamed(name), link.kind == kind else { return false }
    return permanentMAC == nil
      ? mac != nil && link.macAddress == mac : link.permanentMACAddress == permanentMAC
  }
}
