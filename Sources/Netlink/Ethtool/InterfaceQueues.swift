/// How many frames an interface's rings hold, and could (`ETHTOOL_A_RINGS_…`, linux/ethtool_netlink.h): in descriptors. What a driver
/// doesn't have is `nil`.
public struct InterfaceRings: Sendable, Hashable {
  /// Of frames that were received.
  public var receive: UInt32?
  /// What it could be set to.
  public var receiveLimit: UInt32?
  /// Of frames that are to be sent.
  public var transmit: UInt32?
  /// What it could be set to.
  public var transmitLimit: UInt32?

  /// Rings as known from elsewhere.
  public init(
    receive: UInt32? = nil, receiveLimit: UInt32? = nil, transmit: UInt32? = nil, transmitLimit: UInt32? = nil
  ) {
    (self.receive, self.receiveLimit) = (receive, receiveLimit)
    (self.transmit, self.transmitLimit) = (transmit, transmitLimit)
  }

  init(_ attributes: consuming AttributeCursor) throws(WireError) {
    while let attribute = try attributes.next() {
      switch attribute.type {
      case 2: receiveLimit = try attribute.payload.uint32()
      case 5: transmitLimit = try attribute.payload.uint32()
      case 6: receive = try attribute.payload.uint32()
      case 9: transmit = try attribute.payload.uint32()
      default: break
      }
    }
  }
}

/// How many channels an interface has, and could (`ETHTOOL_A_CHANNELS_…`): each is an interrupt with its queues, for one direction or
/// for both.
public struct InterfaceChannels: Sendable, Hashable {
  /// For receiving alone.
  public var receive: UInt32?
  /// What it could be set to.
  public var receiveLimit: UInt32?
  /// For sending alone.
  public var transmit: UInt32?
  /// What it could be set to.
  public var transmitLimit: UInt32?
  /// For both.
  public var combined: UInt32?
  /// What it could be set to.
  public var combinedLimit: UInt32?

  /// No channels; they are set one by one.
  public init() {}

  init(_ attributes: consuming AttributeCursor) throws(WireError) {
    while let attribute = try attributes.next() {
      switch attribute.type {
      case 2: receiveLimit = try attribute.payload.uint32()
      case 3: transmitLimit = try attribute.payload.uint32()
      case 5: combinedLimit = try attribute.payload.uint32()
      case 6: receive = try attribute.payload.uint32()
      case 7: transmit = try attribute.payload.uint32()
      case 9: combined = try attribute.payload.uint32()
      default: break
      }
    }
  }
}

/// How long an interface waits with its interrupt for more to come (`ETHTOOL_A_COALESCE_…`). What a driver doesn't have is `nil`.
public struct InterfaceCoalescing: Sendable, Hashable {
  /// After a frame was received, in microseconds.
  public var receiveMicroseconds: UInt32?
  /// At most for so many received frames.
  public var receiveFrames: UInt32?
  /// After a frame was sent, in microseconds.
  public var transmitMicroseconds: UInt32?
  /// At most for so many sent frames.
  public var transmitFrames: UInt32?
  /// Whether the driver adapts what holds for receiving by itself.
  public var adaptsReceive: Bool?
  /// The same for sending.
  public var adaptsTransmit: Bool?

  /// Nothing; it is set one by one.
  public init() {}

  init(_ attributes: consuming AttributeCursor) throws(WireError) {
    while let attribute = try attributes.next() {
      switch attribute.type {
      case 2: receiveMicroseconds = try attribute.payload.uint32()
      case 3: receiveFrames = try attribute.payload.uint32()
      case 6: transmitMicroseconds = try attribute.payload.uint32()
      case 7: transmitFrames = try attribute.payload.uint32()
      case 11: adaptsReceive = try attribute.payload.uint8() != 0
      case 12: adaptsTransmit = try attribute.payload.uint8() != 0
      default: break
      }
    }
  }
}
