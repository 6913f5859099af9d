import HostFiles
import Netlink

/// Observes the network of the host: the seam by which tests put an imaginary one in its place.
protocol NetworkObserver: Sendable {
  /// Everything that the choice of interface and gateway may rest on.
  ///
  /// - Parameter settings: decide which names are resolved and to which addresses the way is asked.
  func observe(for settings: DetectionSettings) throws(NetlinkError) -> NetworkSnapshot

  /// What the choice itself rests on, found without listing all links or addresses; nil where that isn't possible.
  ///
  /// A decision made of it is the one that ``observe(for:)`` leads to, but for the candidates, of which it has few. A
  /// failure to decide says nothing: what is needed may be among what wasn't looked at.
  func observeBriefly(for settings: DetectionSettings) throws(NetlinkError) -> NetworkSnapshot?
}

extension NetworkObserver {
  func observeBriefly(for settings: DetectionSettings) throws(NetlinkError) -> NetworkSnapshot? { nil }
}

/// The network namespace in which this process runs, through rtnetlink; or another one that these ways lead to.
struct KernelNetworkObserver: NetworkObserver {
  typealias Opening = @Sendable () throws(NetlinkError) -> RouteNetlink

  /// Opens a conversation with the kernel.
  var open: Opening = { () throws(NetlinkError) in
    try RouteNetlink()
  }
  /// /sys, and what an earlier run remembered.
  var files: any HostFileSource = HostRoot.running
  var resolver: any NameResolver = SystemResolver()
  var hostName: String = SystemHostNames.nodeName()
  /// Whether hardware is looked at though the settings don't need it: other settings may be tried on a capture.
  var alwaysObservesHardware = false

  func observe(for settings: DetectionSettings) throws(NetlinkError) -> NetworkSnapshot {
    // A list of many links takes the kernel as long as all the others: they are made at the same time. Where one family
    // is asked for, newer kernels list addresses without the lock under which they list links.
    let (listed, others) = SideBySide.run(
      { [open] in Result { () throws(NetlinkError) in try Self.links(open) } },
      { [open, hostName] in
        Result { () throws(NetlinkError) in try Self.snapshotWithoutLinks(hostName, open) }
      })
    var snapshot = try others.get()
    snapshot.links = try listed.get()
    var netlink = try open()
    snapshot.routes += try netlink.defaultRoutes(of: snapshot.tablesOfVRFs)
    complete(&snapshot, for: settings)
    try answerWays(&snapshot, for: settings, &netlink)
    if settings.needsHardware || alwaysObservesHardware {
      snapshot.hardware = LinkHardware.observe(snapshot.links, in: files)
    }
    return snapshot
  }

  private static func links(_ open: Opening) throws(NetlinkError) -> [Link] {
    var netlink = try open()
    return try netlink.links(keepingUnread: false)
  }

  private static func snapshotWithoutLinks(
    _ hostName: String, _ open: Opening
  ) throws(NetlinkError) -> NetworkSnapshot {
    var netlink = try open()
    // Where there are many, nearly all are the links' own of IPv6: the others are put in front of them.
    var addresses = try netlink.addresses(family: .ipv6)
    addresses.insert(contentsOf: try netlink.addresses(family: .ipv4), at: 0)
    var snapshot = NetworkSnapshot(
      hostName: hostName, links: [], addresses: addresses, rules: try netlink.rules(), routes: [])
    snapshot.routes = try netlink.defaultRoutes(of: snapshot.tablesOfRules)
    return snapshot
  }

  /// What doesn't come from netlink.
  func complete(_ snapshot: inout NetworkSnapshot, for settings: DetectionSettings) {
    snapshot.nameAnswers = resolver.resolve(settings.names, within: settings.resolveTimeout)
    let remembered = IdentityFile.read(from: files)
    snapshot.identity = remembered.identity
    if let problem = remembered.problem { snapshot.problems.append(problem) }
  }

  /// Asks for the ways that the rules of a choice follow.
  func answerWays(
    _ snapshot: inout NetworkSnapshot, for settings: DetectionSettings, _ netlink: inout RouteNetlink
  ) throws(NetlinkError) {
    for target in settings.targets(snapshot.nameAnswers) {
      snapshot.routeAnswers[target] = try netlink.answer(for: target)
    }
  }
}

extension RouteNetlink {
  /// The way to an address, with the table's entry that it follows; or that there is none.
  mutating func answer(for target: IPAddress) throws(NetlinkError) -> NetworkSnapshot.RouteAnswer {
    do {
      return .way(.init(reply: try route(to: target), entry: try matchedEntry(for: target)))
    } catch  where error.noRoute != nil {
      return .refused(error.noRoute ?? .noRoute)
    }
  }

  private mutating func matchedEntry(for target: IPAddress) throws(NetlinkError) -> Route? {
    do {
      return try entry(to: target)
    } catch  where error.cause == .unanswered {
      // Before 4.13 the kernel doesn't tell.
      return nil
    }
  }

  /// The default routes of tables, without reading what else they hold.
  mutating func defaultRoutes(
    of tables: [NetworkSnapshot.Table]
  ) throws(NetlinkError) -> [Route] {
    var routes: [Route] = []
    for (family, table) in tables { routes += try defaultRoutes(family: family, table: table) }
    return routes
  }
}

/// The tables whose default routes matter, by family.
extension NetworkSnapshot {
  typealias Table = (family: AddressFamily, table: RouteTable)

  /// Main, and those that rules name.
  var tablesOfRules: [Table] {
    AddressFamily.allCases.flatMap { family in
      let named = rules.filter { $0.family == family }.compactMap(\.table)
      // What is in the local table are this host's own addresses.
      return Set([.main] + named).subtracting([.local]).sorted { $0.rawValue < $1.rawValue }.map {
        (family, $0)
      }
    }
  }

  /// Those of VRFs that no rule names.
  var tablesOfVRFs: [Table] {
    let own = Set(
      links.compactMap { link in
        guard link.kind == "vrf", case .vrf(let details) = link.details else { return nil as RouteTable? }
        return details.table
      })
    guard !own.isEmpty else { return [] }
    let known = tablesOfRules
    return AddressFamily.allCases.flatMap { family in
      own.filter { table in !known.contains { $0 == (family, table) } }.sorted { $0.rawValue < $1.rawValue }
        .map { (family, $0) }
    }
  }
}
