/// One netlink message within a datagram.
public struct NetlinkMessage: ~Escapable {
  /// The fixed header.
  public let header: MessageHeader
  /// What follows the header.
  public let payload: WireReader

  @_lifetime(copy payload)
  init(header: MessageHeader, payload: WireReader) {
    self.header = header
    self.payload = payload
  }
}

/// The 16 bytes that every netlink message begins with (`struct nlmsghdr` in linux/netlink.h).
public struct MessageHeader: Sendable, Hashable {
  /// Size on the wire, and what messages in a datagram are padded to.
  static let size = 16
  static let alignment = 4
  /// Where in the header the fields lie.
  static let typePosition = 4
  static let flagsPosition = 6
  static let sequencePosition = 8
  static let portPosition = 12

  /// What the message is: a control type (``ControlType``) or the protocol's own.
  public var type: UInt16
  /// Flags; what the upper byte means depends on the type.
  public var flags: MessageFlags
  /// Ties an answer to its request.
  public var sequence: UInt32
  /// The port of the socket that the request came from.
  public var portID: UInt32

  /// Makes a header.
  public init(type: UInt16, flags: MessageFlags = [], sequence: UInt32 = 0, portID: UInt32 = 0) {
    self.type = type
    self.flags = flags
    self.sequence = sequence
    self.portID = portID
  }
}

/// Message types that mean the same in every netlink protocol (linux/netlink.h).
public enum ControlType: UInt16, Sendable {
  /// Nothing: to be skipped.
  case noOperation = 1
  /// An errno (0: acknowledged) and the request that it answers.
  case error = 2
  /// The end of a dump, with its errno.
  case done = 3
  /// Data was lost.
  case overrun = 4
}

/// Flags of a message header (linux/netlink.h).
public struct MessageFlags: OptionSet, Sendable, Hashable {
  /// The kernel's bits.
  public let rawValue: UInt16
  /// Makes flags from the kernel's bits.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// A request (`NLM_F_REQUEST`).
  public static let request = Self(rawValue: 0x1)
  /// One of several parts, the last of which is DONE (`NLM_F_MULTI`).
  public static let multi = Self(rawValue: 0x2)
  /// An acknowledgement is wanted (`NLM_F_ACK`).
  public static let acknowledge = Self(rawValue: 0x4)
  /// What was being dumped changed meanwhile, so that the dump may be wrong (`NLM_F_DUMP_INTR`).
  public static let dumpInterrupted = Self(rawValue: 0x10)
  /// All objects are wanted (`NLM_F_ROOT | NLM_F_MATCH`).
  public static let dump = Self(rawValue: 0x300)
  /// In a request that changes: replace what exists (`NLM_F_REPLACE`).
  public static let replace = Self(rawValue: 0x100)
  /// In a request that changes: fail if it exists (`NLM_F_EXCL`).
  public static let exclusive = Self(rawValue: 0x200)
  /// In a request that changes: create what doesn't exist (`NLM_F_CREATE`).
  public static let create = Self(rawValue: 0x400)
  /// In a request that changes: add to what exists (`NLM_F_APPEND`).
  public static let append = Self(rawValue: 0x800)
  /// In an ERROR: the request isn't repeated in full (`NLM_F_CAPPED`).
  public static let capped = Self(rawValue: 0x100)
  /// In an ERROR or DONE: extended-ack attributes follow (`NLM_F_ACK_TLVS`).
  public static let extendedAck = Self(rawValue: 0x200)
}

/// Walks the messages of a datagram. It ends or throws after a bounded number of steps, whatever the bytes
/// are: every message takes at least its header.
public struct MessageCursor: ~Escapable {
  private let datagram: WireReader
  private var position = 0

  /// Makes a cursor at the first message.
  @_lifetime(copy datagram)
  public init(_ datagram: WireReader) {
    self.datagram = datagram
  }

  /// The next message; `nil` at the end.
  @_lifetime(copy self)
  public mutating func next() throws(WireError) -> NetlinkMessage? {
    guard position < datagram.count else { return nil }
    let rest = try datagram.suffix(from: position)
    guard rest.count >= MessageHeader.size else {
      throw WireError(
        offset: rest.offset, reason: .truncated(needed: MessageHeader.size, available: rest.count))
    }
    let length = Int(try rest.uint32(at: 0))
    let header = MessageHeader(
      type: try rest.uint16(at: MessageHeader.typePosition),
      flags: MessageFlags(rawValue: try rest.uint16(at: MessageHeader.flagsPosition)),
      sequence: try rest.uint32(at: MessageHeader.sequencePosition),
      portID: try rest.uint32(at: MessageHeader.portPosition))
    guard length >= MessageHeader.size else {
      throw WireError(offset: rest.offset, reason: .lengthTooSmall(length))
    }
    guard length <= rest.count else {
      throw WireError(offset: rest.offset, reason: .lengthTooLarge(length, available: rest.count))
    }
    // The padding of the last message may be missing.
    position = min(datagram.count, position + aligned(length, to: MessageHeader.alignment))
    return NetlinkMessage(
      header: header,
      payload: try rest.slice(MessageHeader.size, count: length - MessageHeader.size))
  }
}

/// The smallest multiple of a power of two that is no less than a length.
func aligned(_ length: Int, to alignment: Int) -> Int {
  (length + alignment - 1) & ~(alignment - 1)
}
