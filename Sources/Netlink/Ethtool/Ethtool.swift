import SystemPackage

/// What interfaces' drivers can be told: the generic netlink family `ethtool` (Documentation/networking/ethtool-netlink.rst,
/// linux/ethtool_netlink.h; Linux 5.6, features 5.8).
///
/// ```swift
/// if var ethtool = try Ethtool() {
///   let features = try ethtool.features(of: "eth0")
///   if features.isOn("rx-lro") { try ethtool.turn(["rx-lro"], on: false, of: "eth0") }
/// }
/// ```
public struct Ethtool: ~Copyable {
  private var netlink: GenericNetlink
  private let family: GenericFamily

  /// The family's name.
  public static let familyName = "ethtool"

  /// Opens a socket in the calling thread's network namespace; `nil` where the kernel doesn't have the family.
  public init?(timeout: Duration = .seconds(10)) throws(NetlinkError) {
    try self.init(try GenericNetlink(timeout: timeout))
  }

  /// Uses generic netlink that is there, such as over a fake kernel.
  public init?(_ netlink: consuming GenericNetlink) throws(NetlinkError) {
    guard let family = try netlink.family(named: Self.familyName) else { return nil }
    self.netlink = netlink
    self.family = family
  }

  /// What an interface's driver offers, and which of it is on.
  ///
  /// - Parameter interface: its name.
  public mutating func features(of interface: String) throws(NetlinkError) -> InterfaceFeatures {
    let request = request("read the features", .getFeatures, interface)
    let family = family
    return try netlink.session.request(request) { (message) throws(WireError) in
      guard let message = try family.message(message) else { return nil }
      return try InterfaceFeatures(message.attributes)
    }
  }

  /// Turns features on or off; those that can't be are left as they are without an error, so that it has to be read back.
  ///
  /// - Parameters:
  ///   - names: as the kernel writes them: `rx-lro`.
  ///   - on: whether they are to be on.
  ///   - interface: the interface's name.
  public mutating func turn(_ names: [String], on: Bool, of interface: String) throws(NetlinkError) {
    var request = request(
      "turn \(names.joined(separator: ", ")) \(on ? "on" : "off")", .setFeatures, interface, omitsReply: true)
    request.append(nested: InterfaceFeatures.Attribute.wanted.rawValue) { wanted in
      wanted.append(nested: FeatureSet.Attribute.bits.rawValue) { bits in
        for name in names {
          bits.append(nested: FeatureSet.Attribute.bit.rawValue) { bit in
            bit.append(attribute: FeatureSet.Attribute.bitName.rawValue, text: name)
            if on { bit.append(attribute: FeatureSet.Attribute.bitValue.rawValue, bytes: []) }
          }
        }
      }
    }
    try netlink.session.request(request)
  }

  /// How many frames an interface's rings hold; `nil` where its driver doesn't say, or the kernel knows no such question (before
  /// 5.7).
  ///
  /// - Parameter interface: its name.
  public mutating func rings(of interface: String) throws(NetlinkError) -> InterfaceRings? {
    try setting("read the rings", .getRings, interface) { (attributes) throws(WireError) in
      try InterfaceRings(attributes)
    }
  }

  /// How many channels an interface has; `nil` as for ``rings(of:)``.
  ///
  /// - Parameter interface: its name.
  public mutating func channels(of interface: String) throws(NetlinkError) -> InterfaceChannels? {
    try setting("read the channels", .getChannels, interface) { (attributes) throws(WireError) in
      try InterfaceChannels(attributes)
    }
  }

  /// How long an interface waits with its interrupts; `nil` as for ``rings(of:)``.
  ///
  /// - Parameter interface: its name.
  public mutating func coalescing(of interface: String) throws(NetlinkError) -> InterfaceCoalescing? {
    try setting("read the coalescing", .getCoalescing, interface) { (attributes) throws(WireError) in
      try InterfaceCoalescing(attributes)
    }
  }

  /// What a driver may not have is no error (EOPNOTSUPP).
  private mutating func setting<Value: Sendable>(
    _ operation: String, _ command: Command, _ interface: String,
    _ read: (consuming AttributeCursor) throws(WireError) -> Value
  ) throws(NetlinkError) -> Value? {
    let request = request(operation, command, interface)
    let family = family
    do throws(NetlinkError) {
      return try netlink.session.request(request) { (message) throws(WireError) in
        guard let message = try family.message(message) else { return nil }
        return try read(message.attributes)
      }
    } catch {
      guard error.cause == .refused(.notSupportedOnSocket) || error.cause == .refused(.notSupported) else {
        throw error
      }
      return nil
    }
  }

  /// `ETHTOOL_MSG_…`
  private enum Command: UInt8 {
    case getFeatures = 11
    case setFeatures = 12
    case getRings = 15
    case getChannels = 17
    case getCoalescing = 19
  }

  /// A request with the family's common header, `ETHTOOL_A_…_HEADER`, which is attribute 1 of each.
  private func request(
    _ operation: String, _ command: Command, _ interface: String, omitsReply: Bool = false
  ) -> NetlinkRequest {
    var request = family.request(operation, on: interface, command: command.rawValue)
    request.append(nested: 1) { header in
      header.append(attribute: Self.deviceName, text: interface)
      if omitsReply { header.append(attribute: Self.headerFlags, Self.omitReply) }
    }
    return request
  }

  /// `ETHTOOL_A_HEADER_DEV_NAME`
  private static let deviceName: UInt16 = 2
  /// `ETHTOOL_A_HEADER_FLAGS`
  private static let headerFlags: UInt16 = 3
  /// `ETHTOOL_FLAG_OMIT_REPLY`
  private static let omitReply: UInt32 = 1 << 1
}
