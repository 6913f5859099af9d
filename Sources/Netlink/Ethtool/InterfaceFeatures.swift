/// What an interface's driver can do by itself with packets, and which of it is on (`ETHTOOL_A_FEATURES_…`).
public struct InterfaceFeatures: Sendable, Hashable {
  /// Names of what the driver lets be changed, as the kernel writes them: `rx-lro`.
  public var changeable: Set<String> = []
  /// What is on.
  public var active: Set<String> = []
  /// What can never be changed, whatever the driver says.
  public var fixed: Set<String> = []

  /// Features as known from elsewhere.
  public init(changeable: Set<String>, active: Set<String>, fixed: Set<String> = []) {
    self.changeable = changeable
    self.active = active
    self.fixed = fixed
  }

  /// Whether a feature is on.
  public func isOn(_ name: String) -> Bool { active.contains(name) }

  /// Whether a feature can be turned on and off.
  public func canChange(_ name: String) -> Bool { changeable.contains(name) && !fixed.contains(name) }

  /// `ETHTOOL_A_FEATURES_…`
  enum Attribute: UInt16 {
    case header = 1
    case hardware = 2
    case wanted = 3
    case active = 4
    case unchangeable = 5
  }

  init(_ attributes: consuming AttributeCursor) throws(WireError) {
    while let attribute = try attributes.next() {
      switch Attribute(rawValue: attribute.type) {
      case .hardware: changeable = try FeatureSet(attribute.nested).names
      case .active: active = try FeatureSet(attribute.nested).names
      case .unchangeable: fixed = try FeatureSet(attribute.nested).names
      case .header, .wanted, nil: break
      }
    }
  }
}

/// A set of bits with names (`ETHTOOL_A_BITSET_…`): a message lists those that are set, or, where it says that there is a mask, those
/// of the mask, with a flag at each that is set.
struct FeatureSet {
  var names: Set<String> = []

  enum Attribute: UInt16 {
    // Of a set.
    case noMask = 1
    case size = 2
    case bits = 3

    // In the list, and of each bit there: numbers of their own.
    static let bit = Self.noMask
    static let bitName = Self.size
    static let bitValue = Self.bits
  }

  init(_ attributes: consuming AttributeCursor) throws(WireError) {
    var listed: [(name: String, isSet: Bool)] = []
    var hasMask = true
    while let attribute = try attributes.next() {
      switch Attribute(rawValue: attribute.type) {
      case .noMask: hasMask = false
      case .bits:
        var list = attribute.nested
        while let bit = try list.next() { listed.append(try Self.bit(bit.nested)) }
      case .size, nil: break
      }
    }
    names = Set(listed.filter { $0.isSet || !hasMask }.map(\.name))
  }

  private static func bit(
    _ fields: consuming AttributeCursor
  ) throws(WireError) -> (name: String, isSet: Bool) {
    var bit = (name: "", isSet: false)
    while let field = try fields.next() {
      switch field.type {
      case Attribute.bitName.rawValue: bit.name = field.payload.text()
      case Attribute.bitValue.rawValue: bit.isSet = true
      default: break
      }
    }
    return bit
  }
}
