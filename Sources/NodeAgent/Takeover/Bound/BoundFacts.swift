import Netlink

/// What names a physical interface besides its addresses and routes, as the kernel tells it.
struct BoundFacts: Sendable, Equatable {
  /// The interface's name.
  let interface: String
  /// A program of XDP is attached to it.
  var hasXDPProgram = false
  /// Links that lie on it.
  var links: [UpperLink] = []
  /// Queueing disciplines that somebody gave it.
  var disciplines: [QueueingDiscipline] = []
  var filters: [TrafficFilter] = []
  /// Of nf_tables.
  var rules: [NFTMention] = []
  /// Of iptables-legacy.
  var legacyRules: [LegacyTable] = []
  var sockets: [BoundSocket] = []
  /// What could not be looked at, each with the reason.
  var unknown: [String] = []

  /// A link that lies on it, or sends by it.
  struct UpperLink: Sendable, Hashable {
    var name: String
    /// The kernel's name for its kind.
    var kind: String
    /// A VLAN's number.
    var number: UInt16?
  }

  /// Rules of a table that name it.
  struct LegacyTable: Sendable, Hashable {
    var family: AddressFamily
    var table: String
    var count: Int
  }

  init(interface: String) { self.interface = interface }
}

extension BoundFacts {
  /// The links that lie on one.
  static func upperLinks(of index: Int, among links: [Link]) -> [UpperLink] {
    links.compactMap { link in
      // A veth's other end isn't above it; nor is vhost0, or the module's own.
      guard let kind = link.kind, !["veth", "vhost"].contains(kind) else { return nil }
      switch link.details {
      case .vxlan(let details):
        return details.lowerIndex == index ? UpperLink(name: link.name, kind: kind) : nil
      case .vlan(let details) where link.lowerIndex == index && link.lowerNamespaceID == nil:
        return UpperLink(name: link.name, kind: kind, number: details.id)
      default:
        return link.lowerIndex == index && link.lowerNamespaceID == nil
          ? UpperLink(name: link.name, kind: kind) : nil
      }
    }
  }
}
