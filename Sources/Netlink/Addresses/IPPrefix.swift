/// An address with a prefix length, as in `10.1.2.3/24`.
///
/// The address is kept as given, host bits included, since an interface's own address has them;
/// ``network`` is without them.
public struct IPPrefix: Sendable, Hashable {
  /// The address, host bits included.
  public let address: IPAddress
  /// Bits of the network part: 0 to 32, or 0 to 128.
  public let length: Int

  /// Makes a prefix; `nil` if the length doesn't fit the address's family.
  public init?(_ address: IPAddress, length: Int) {
    guard (0...address.family.addressBits).contains(length) else { return nil }
    self.address = address
    self.length = length
  }

  private init(unchecked address: IPAddress, length: Int) {
    self.address = address
    self.length = length
  }

  /// The prefix that holds every address of a family: 0.0.0.0/0 or ::/0.
  public static func all(_ family: AddressFamily) -> IPPrefix {
    IPPrefix(unchecked: family == .ipv4 ? .v4(.any) : .v6(.any), length: 0)
  }

  /// The prefix that holds one address: /32 or /128.
  public static func host(_ address: IPAddress) -> IPPrefix {
    IPPrefix(unchecked: address, length: address.family.addressBits)
  }

  /// The address's family.
  public var family: AddressFamily { address.family }

  /// The length is 0: this is what a default route's destination is.
  public var isDefault: Bool { length == 0 }

  /// The length is 32 or 128.
  public var isHost: Bool { length == family.addressBits }

  /// The same prefix without host bits: `10.1.2.0/24` for `10.1.2.3/24`.
  public var network: IPPrefix {
    switch address {
    case .v4(let address):
      let masked = IPv4Address(rawValue: address.rawValue & ~(UInt32.max >> UInt32(length)))
      return IPPrefix(unchecked: .v4(masked), length: length)
    case .v6(let address):
      let masked = IPv6Address(rawValue: address.rawValue & ~(UInt128.max >> UInt128(length)))
      return IPPrefix(unchecked: .v6(masked), length: length)
    }
  }

  /// Whether an address lies in the network; never for another family.
  public func contains(_ other: IPAddress) -> Bool {
    other.family == family && IPPrefix(unchecked: other, length: length).network == network
  }

  /// Whether a whole prefix lies in the network.
  public func contains(_ other: IPPrefix) -> Bool {
    other.length >= length && contains(other.address)
  }
}

extension IPPrefix: Comparable {
  /// By address, then by length.
  public static func < (left: Self, right: Self) -> Bool {
    (left.address, left.length) < (right.address, right.length)
  }
}

extension IPPrefix: LosslessStringConvertible {
  /// Reads `address/length`; the length is required and has no leading zeros or signs.
  public init?(_ description: String) {
    guard let slash = description.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    guard let address = IPAddress(String(description[..<slash])) else { return nil }
    var reader = AddressTextReader(String(description[description.utf8.index(after: slash)...]))
    guard let length = reader.decimal(upTo: address.family.addressBits), reader.isAtEnd else { return nil }
    self.init(address, length: length)
  }

  /// The prefix as `address/length`.
  public var description: String { "\(address)/\(length)" }
}
