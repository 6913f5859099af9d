/// Where a rule set of nf_tables (nft(8)) names an interface.
public struct NFTMention: Sendable, Hashable {
  /// What names it.
  public enum Place: Sendable, Hashable {
    /// Rules of a chain that compare the interface by which packets arrive or leave: how many.
    case rules(chain: String, count: Int)
    /// A chain of the family netdev that sees an interface's frames.
    case hook(chain: String)
    /// A flow table that takes connections over at the interface.
    case flowTable(String)
  }

  /// `ip`, `inet`, `netdev` and so on.
  public var family: String
  /// The table.
  public var table: String
  /// What names it there.
  public var place: Place

  /// Makes a mention.
  public init(family: String, table: String, _ place: Place) {
    (self.family, self.table, self.place) = (family, table, place)
  }
}

/// What a rule set names an interface by.
public struct NFTInterface: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// Its index.
  public var index: Int
  /// `struct ifreq`'s length of names (`IFNAMSIZ`).
  static let nameLength = 16

  /// Makes a name.
  public init(name: String, index: Int) { (self.name, self.index) = (name, index) }

  /// Whether a comparison with a name is met: `eth0` as a whole, with its NUL; a `eth*` is compared without one.
  func isNamed(by value: WireReader) throws(WireError) -> Bool {
    let wanted = Array(name.utf8)
    guard value.count > 0 else { return false }
    for position in 0..<min(value.count, Self.nameLength) {
      let byte = try value.uint8(at: position)
      guard position < wanted.count else { return byte == 0 }
      guard byte == wanted[position] else { return false }
    }
    // All that is compared is the beginning of the name, or the whole of it.
    return true
  }

  /// Whether a comparison with an index is met.
  func isNumbered(by value: WireReader) throws(WireError) -> Bool {
    guard value.count >= 4 else { return false }
    return Int(try value.int32(at: 0)) == index
  }
}

/// By what an expression of a rule tells interfaces apart (`NFT_META_…` in linux/netfilter/nf_tables.h).
enum NFTInterfaceKey: UInt32 {
  case arrivingIndex = 4
  case leavingIndex = 5
  case arrivingName = 6
  case leavingName = 7

  var isName: Bool { self == .arrivingName || self == .leavingName }
}

/// What a rule's expressions say of interfaces, read one after the other.
struct NFTRuleReader {
  let interface: NFTInterface
  /// What lies in a register, where that tells interfaces apart.
  private var registers: [UInt32: NFTInterfaceKey] = [:]
  /// The rule names the interface by itself.
  private(set) var isMention = false
  /// Sets in which the interface is looked for.
  private(set) var lookups: [(set: String, key: NFTInterfaceKey)] = []

  init(_ interface: NFTInterface) { self.interface = interface }

  /// Reads `NFTA_RULE_EXPRESSIONS`: a list of `NFTA_EXPR_NAME` (1) and `NFTA_EXPR_DATA` (2).
  mutating func read(_ expressions: consuming AttributeCursor) throws(WireError) {
    while let element = try expressions.next() {
      var parts = element.nested
      guard let name = try parts.next(), name.type == 1, let data = try parts.next(), data.type == 2 else {
        continue
      }
      // By its length first: rules have a dozen expressions each, and there may be tens of thousands of rules.
      switch name.payload.count {
      case 5 where name.payload.text() == "meta": try readMeta(data.nested)
      case 4 where !registers.isEmpty && name.payload.text() == "cmp": try readComparison(data.nested)
      case 7 where !registers.isEmpty && name.payload.text() == "lookup": try readLookup(data.nested)
      default: break
      }
    }
  }

  /// `NFTA_META_DREG` (1), `NFTA_META_KEY` (2).
  private mutating func readMeta(_ attributes: consuming AttributeCursor) throws(WireError) {
    var register: UInt32?
    var key: UInt32?
    while let attribute = try attributes.next() {
      switch attribute.type {
      case 1: register = UInt32(bigEndian: try attribute.payload.uint32())
      case 2: key = UInt32(bigEndian: try attribute.payload.uint32())
      default: break
      }
    }
    if let register, let key { registers[register] = NFTInterfaceKey(rawValue: key) }
  }

  /// `NFTA_CMP_SREG` (1), `NFTA_CMP_DATA` (3) with `NFTA_DATA_VALUE` (1) in it.
  private mutating func readComparison(_ attributes: consuming AttributeCursor) throws(WireError) {
    var key: NFTInterfaceKey?
    while let attribute = try attributes.next() {
      switch attribute.type {
      case 1: key = registers[UInt32(bigEndian: try attribute.payload.uint32())]
      case 3:
        guard let key else { return }
        if try interface.isMet(key, by: attribute.nested) { isMention = true }
      default: break
      }
    }
  }

  /// `NFTA_LOOKUP_SET` (1), `NFTA_LOOKUP_SREG` (2).
  private mutating func readLookup(_ attributes: consuming AttributeCursor) throws(WireError) {
    var set: String?
    var key: NFTInterfaceKey?
    while let attribute = try attributes.next() {
      switch attribute.type {
      case 1: set = attribute.payload.text()
      case 2: key = registers[UInt32(bigEndian: try attribute.payload.uint32())]
      default: break
      }
    }
    if let set, let key { lookups.append((set, key)) }
  }
}

extension NFTInterface {
  /// Whether a value (`NFTA_DATA_VALUE`, 1) meets it; of a concatenation the first part.
  func isMet(_ key: NFTInterfaceKey, by data: consuming AttributeCursor) throws(WireError) -> Bool {
    while let value = try data.next() {
      guard value.type == 1 else { continue }
      return key.isName ? try isNamed(by: value.payload) : try isNumbered(by: value.payload)
    }
    return false
  }
}
