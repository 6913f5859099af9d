internal import SystemPackage

/// The rule sets of nf_tables in one network namespace (nft(8), linux/netfilter/nf_tables.h).
public struct NFTables: ~Copyable {
  /// The session that everything goes through.
  public var session: NetlinkSession

  /// So many sets are looked into at the most.
  static let mostSets = 256

  /// Opens a socket in the calling thread's network namespace.
  public init(timeout: Duration = .seconds(10)) throws(NetlinkError) {
    session = try NetlinkSession(.netfilter, timeout: timeout)
  }

  /// Uses a session that exists, such as one over a fake kernel.
  public init(_ session: consuming NetlinkSession) {
    self.session = session
  }

  /// Where rule sets name an interface: rules that compare with its name or index or look for it in a set (of a
  /// concatenation in the first part), chains that hook into it, flow tables.
  ///
  /// A kernel with nf_tables as a module loads it when it is asked, as for nft(8).
  ///
  /// - Throws: `invalidArgument` as the cause where the kernel has no nf_tables.
  public mutating func mentions(of interface: NFTInterface) throws(NetlinkError) -> [NFTMention] {
    var found = try session.dump(Self.request("list the chains", .chains)) { (message) throws(WireError) in
      try Self.hook(message, interface)
    }
    found += try ruleMentions(of: interface)
    // Since 4.16.
    if let tables = try? session.dump(
      Self.request("list the flow tables", .flowTables),
      parse: { (message) throws(WireError) in try Self.flowTable(message, interface) })
    {
      found += tables
    }
    return found
  }

  private mutating func ruleMentions(of interface: NFTInterface) throws(NetlinkError) -> [NFTMention] {
    let found = try session.dump(Self.request("list the rules", .rules), into: Found()) {
      (found: inout Found, message) throws(WireError) in
      try found.add(message, interface)
      return .more
    }
    var counts = found.counts
    for set in found.sets.keys.sorted().prefix(Self.mostSets) where try contains(set, interface) {
      for chain in found.sets[set] ?? [] { counts[chain, default: 0] += 1 }
    }
    return counts.keys.sorted().map { chain in
      NFTMention(
        family: Self.name(chain.family), table: chain.table,
        .rules(chain: chain.chain, count: counts[chain] ?? 0))
    }
  }

  /// Whether a set has the interface as an element.
  private mutating func contains(_ set: SetKey, _ interface: NFTInterface) throws(NetlinkError) -> Bool {
    var request = Self.request(
      "list the elements", on: "\(set.table) \(set.name)", .elements, family: set.family)
    // NFTA_SET_ELEM_LIST_TABLE, NFTA_SET_ELEM_LIST_SET
    request.append(attribute: 1, text: set.table)
    request.append(attribute: 2, text: set.name)
    do throws(NetlinkError) {
      return try session.dump(request, into: false) { (isFound: inout Bool, message) throws(WireError) in
        if try Self.hasElement(message, set.isName ? .arrivingName : .arrivingIndex, interface) {
          isFound = true
        }
        return isFound ? .enough : .more
      }
    } catch {
      // It went with its rule meanwhile.
      if error.cause == .refused(.noSuchFileOrDirectory) { return false }
      throw error
    }
  }
}

extension NFTables {
  /// `NFNL_SUBSYS_NFTABLES`
  static let subsystem: UInt16 = 10

  /// What can be listed: the request's number; the answer is one less.
  enum List: UInt16 {
    case chains = 4
    case rules = 7
    case elements = 13
    case flowTables = 23

    var answer: UInt16 { subsystem << 8 | rawValue - 1 }
  }

  static func request(
    _ operation: String, on subject: String? = nil, _ list: List, family: UInt8 = 0
  ) -> NetlinkRequest {
    var request = NetlinkRequest(operation, on: subject ?? "nf_tables", type: subsystem << 8 | list.rawValue)
    // struct nfgenmsg (linux/netfilter/nfnetlink.h): family, version 0, resource 0.
    request.append(family)
    request.append(zeros: 3)
    return request
  }

  /// `NFPROTO_…` (linux/netfilter.h), as nft(8) calls them.
  static func name(_ family: UInt8) -> String {
    switch family {
    case 1: "inet"
    case 2: "ip"
    case 3: "arp"
    case 5: "netdev"
    case 7: "bridge"
    case 10: "ip6"
    default: "family \(family)"
    }
  }

  /// A chain of a table.
  struct ChainKey: Hashable, Comparable {
    var family: UInt8
    var table: String
    var chain: String

    static func < (left: Self, right: Self) -> Bool {
      (left.family, left.table, left.chain) < (right.family, right.table, right.chain)
    }
  }

  /// A set of a table, in which names or indices are looked for.
  struct SetKey: Hashable, Comparable {
    var family: UInt8
    var table: String
    var name: String
    var isName: Bool

    static func < (left: Self, right: Self) -> Bool {
      (left.family, left.table, left.name) < (right.family, right.table, right.name)
    }
  }

  /// What rules say.
  struct Found {
    /// Rules that name the interface, by chain.
    var counts: [ChainKey: Int] = [:]
    /// The chains of rules that look for interfaces in a set.
    var sets: [SetKey: [ChainKey]] = [:]

    /// Reads a rule: `NFTA_RULE_TABLE` (1), `NFTA_RULE_CHAIN` (2), `NFTA_RULE_EXPRESSIONS` (4).
    mutating func add(_ message: borrowing NetlinkMessage, _ interface: NFTInterface) throws(WireError) {
      guard message.header.type == List.rules.answer else { return }
      var reader = NFTRuleReader(interface)
      var attributes = AttributeCursor(try message.payload.suffix(from: NFTables.headerSize))
      while let attribute = try attributes.next() {
        if attribute.type == 4 { try reader.read(attribute.nested) }
      }
      guard reader.isMention || !reader.lookups.isEmpty else { return }
      var chain = ChainKey(family: try message.payload.uint8(at: 0), table: "", chain: "")
      attributes = AttributeCursor(try message.payload.suffix(from: NFTables.headerSize))
      while let attribute = try attributes.next() {
        switch attribute.type {
        case 1: chain.table = attribute.payload.text()
        case 2: chain.chain = attribute.payload.text()
        default: break
        }
      }
      if reader.isMention {
        counts[chain, default: 0] += 1
        return
      }
      for (set, key) in reader.lookups {
        sets[
          SetKey(family: chain.family, table: chain.table, name: set, isName: key.isName), default: []
        ].append(chain)
      }
    }
  }

  /// `struct nfgenmsg`
  static let headerSize = 4

  /// Reads a chain: `NFTA_CHAIN_TABLE` (1), `NFTA_CHAIN_NAME` (3), and in `NFTA_CHAIN_HOOK` (4) the one device
  /// (`NFTA_HOOK_DEV`, 3) or several (`NFTA_HOOK_DEVS`, 4, since 5.5).
  static func hook(
    _ message: borrowing NetlinkMessage, _ interface: NFTInterface
  ) throws(WireError) -> NFTMention? {
    guard message.header.type == List.chains.answer else { return nil }
    var (table, chain, isHooked) = ("", "", false)
    var attributes = AttributeCursor(try message.payload.suffix(from: headerSize))
    while let attribute = try attributes.next() {
      switch attribute.type {
      case 1: table = attribute.payload.text()
      case 3: chain = attribute.payload.text()
      case 4: isHooked = try hooks(attribute.nested, one: 3, several: 4, interface)
      default: break
      }
    }
    return isHooked
      ? NFTMention(family: name(try message.payload.uint8(at: 0)), table: table, .hook(chain: chain)) : nil
  }

  /// Reads a flow table: `NFTA_FLOWTABLE_TABLE` (1), `NFTA_FLOWTABLE_NAME` (2), and in `NFTA_FLOWTABLE_HOOK` (3) the
  /// devices (`NFTA_FLOWTABLE_HOOK_DEVS`, 3).
  static func flowTable(
    _ message: borrowing NetlinkMessage, _ interface: NFTInterface
  ) throws(WireError) -> NFTMention? {
    guard message.header.type == List.flowTables.answer else { return nil }
    var (table, flowTable, isHooked) = ("", "", false)
    var attributes = AttributeCursor(try message.payload.suffix(from: headerSize))
    while let attribute = try attributes.next() {
      switch attribute.type {
      case 1: table = attribute.payload.text()
      case 2: flowTable = attribute.payload.text()
      case 3: isHooked = try hooks(attribute.nested, one: nil, several: 3, interface)
      default: break
      }
    }
    return isHooked
      ? NFTMention(family: name(try message.payload.uint8(at: 0)), table: table, .flowTable(flowTable)) : nil
  }

  private static func hooks(
    _ attributes: consuming AttributeCursor, one: UInt16?, several: UInt16, _ interface: NFTInterface
  ) throws(WireError) -> Bool {
    while let attribute = try attributes.next() {
      if attribute.type == one, attribute.payload.text() == interface.name { return true }
      guard attribute.type == several else { continue }
      var devices = attribute.nested
      while let device = try devices.next() {
        if device.payload.text() == interface.name { return true }
      }
    }
    return false
  }

  /// Reads elements: `NFTA_SET_ELEM_LIST_ELEMENTS` (3), a list of which each has `NFTA_SET_ELEM_KEY` (1).
  static func hasElement(
    _ message: borrowing NetlinkMessage, _ key: NFTInterfaceKey, _ interface: NFTInterface
  ) throws(WireError) -> Bool {
    guard message.header.type == List.elements.answer else { return false }
    var attributes = AttributeCursor(try message.payload.suffix(from: headerSize))
    while let attribute = try attributes.next() {
      guard attribute.type == 3 else { continue }
      var elements = attribute.nested
      while let element = try elements.next() {
        var parts = element.nested
        while let part = try parts.next() {
          if part.type == 1, try interface.isMet(key, by: part.nested) { return true }
        }
      }
    }
    return false
  }
}
