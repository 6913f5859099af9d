import HostFiles
import Netlink

extension BoundFacts {
  /// Asks the running kernel, in the network namespace of the calling thread. Nothing is changed; what can't be looked at
  /// is noted in ``unknown``.
  ///
  /// - Parameters:
  ///   - nic: the interface.
  ///   - links: all of the host's.
  static func observe(_ nic: Link, among links: [Link]) -> BoundFacts {
    var facts = BoundFacts(interface: nic.name)
    facts.hasXDPProgram = nic.hasXDPProgram
    facts.links = upperLinks(of: nic.index, among: links)
    facts.look("queueing disciplines and filters") { facts throws(NetlinkError) in
      var netlink = try RouteNetlink()
      let all = try netlink.queueingDisciplines(linkIndex: nic.index)
      facts.disciplines = all.filter { !$0.isDefault }
      for parent in facts.disciplines.flatMap(\.filterParents) {
        facts.filters += try netlink.trafficFilters(linkIndex: nic.index, parent: parent)
      }
    }
    let name = NFTInterface(name: nic.name, index: nic.index)
    facts.look("rules of nf_tables") { facts throws(NetlinkError) in
      var tables = try NFTables()
      facts.rules = try tables.mentions(of: name)
    }
    for family in AddressFamily.allCases { facts.lookIntoLegacyTables(family, name) }
    for kind in BoundSocket.Kind.allCases {
      facts.look("\(kind.rawValue) sockets") { facts throws(NetlinkError) in
        var diagnostics = try SocketDiagnostics()
        for family in kind == .packet ? [.ipv4] : AddressFamily.allCases {
          facts.sockets += try diagnostics.sockets(kind, family: family, linkIndex: nic.index)
        }
      }
    }
    return facts
  }

  private mutating func look(
    _ what: String, _ body: (inout BoundFacts) throws(NetlinkError) -> Void
  ) {
    do throws(NetlinkError) {
      try body(&self)
    } catch {
      unknown.append("\(what) (\(error))")
    }
  }

  private mutating func lookIntoLegacyTables(_ family: AddressFamily, _ interface: NFTInterface) {
    // Of the calling thread's namespace; the tables that are there: any other the kernel would load when it is asked.
    let path = "/proc/thread-self/net/\(family == .ipv4 ? "ip" : "ip6")_tables_names"
    let tables = ((try? HostRoot.running.readText(path)) ?? "").split(whereSeparator: \.isWhitespace)
    for table in tables.map(String.init) {
      look("rules of iptables (\(family))") { facts throws(NetlinkError) in
        let count = try LegacyRules(family).count(naming: interface, in: table)
        if count > 0 { facts.legacyRules.append(LegacyTable(family: family, table: table, count: count)) }
      }
    }
  }
}
