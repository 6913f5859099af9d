/// The addresses of a link, in the order in which they came to it; a link may have thousands.
struct AddressList: Sendable, Hashable {
  /// What the kernel tells the addresses of a link apart by: IPv4's by their subnets and peers, too.
  private struct Key: Hashable {
    let address: IPAddress
    let length: Int?
    let peer: IPAddress?

    init(_ address: Address) {
      self.address = address.address
      length = address.family == .ipv4 ? address.prefix.length : nil
      peer = address.family == .ipv4 ? address.peer : nil
    }
  }

  private var addresses: [Key: Address] = [:]
  /// A number for each, larger for those that came later.
  private var arrivals: [Key: Int] = [:]
  private var arrivalCount = 0

  /// There are none.
  var isEmpty: Bool { addresses.isEmpty }

  /// All of them.
  var inOrder: [Address] {
    addresses.sorted { (arrivals[$0.key] ?? 0) < (arrivals[$1.key] ?? 0) }.map(\.value)
  }

  /// What the kernel takes for the same address.
  func known(as address: Address) -> Address? { addresses[Key(address)] }

  /// Adds an address, or changes it; returns what it said before.
  mutating func set(_ address: Address) -> Address? {
    let key = Key(address)
    guard let known = addresses.updateValue(address, forKey: key) else {
      arrivalCount += 1
      arrivals[key] = arrivalCount
      return nil
    }
    return known
  }

  /// Removes an address; returns what it said.
  mutating func remove(_ address: Address) -> Address? {
    let key = Key(address)
    arrivals[key] = nil
    return addresses.removeValue(forKey: key)
  }

  /// Equal lists say the same of the same addresses, in whatever order they came.
  static func == (left: Self, right: Self) -> Bool { left.addresses == right.addresses }

  func hash(into hasher: inout Hasher) { hasher.combine(addresses) }
}
