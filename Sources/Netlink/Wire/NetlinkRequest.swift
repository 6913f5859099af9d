/// A request being built: the message, and for people what it is meant to do.
///
/// What can't be sent, such as an attribute that doesn't fit its 16-bit length, is noted and thrown when the
/// request is sent, so that building needs no `try` on every line.
///
/// ```swift
/// var request = NetlinkRequest("read the link", on: "eth0", type: 18)
/// request.append(zeros: 16)  // struct ifinfomsg
/// request.append(attribute: 3, text: "eth0")
/// ```
public struct NetlinkRequest: Sendable, Equatable {
  /// What is asked for, as in "list the links"; for error messages.
  public let operation: String
  /// What it is asked about, as in "eth0"; for error messages.
  public let subject: String?
  /// The message's type.
  public let type: UInt16
  /// The message's flags; the session adds those that its way of asking needs.
  public let flags: MessageFlags
  /// What follows the message header.
  public private(set) var payload: [UInt8] = []
  /// The first thing that can't be sent.
  public private(set) var problem: WireError?

  /// Begins a request.
  public init(_ operation: String, on subject: String? = nil, type: UInt16, flags: MessageFlags = []) {
    self.operation = operation
    self.subject = subject
    self.type = type
    self.flags = flags
  }

  /// Adds zeros: unset fields of a fixed header.
  public mutating func append(zeros count: Int) {
    payload.append(contentsOf: repeatElement(0, count: count))
  }

  /// Adds bytes of a fixed header.
  public mutating func append(bytes: [UInt8]) {
    payload += bytes
  }

  /// Adds a number of a fixed header in the host's byte order.
  public mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    payload.append(value)
  }

  /// Adds an attribute.
  public mutating func append(attribute type: UInt16, bytes: [UInt8]) {
    append(attribute: type) { $0.payload += bytes }
  }

  /// Adds an attribute that is a number in the host's byte order.
  public mutating func append<Value: FixedWidthInteger>(
    attribute type: UInt16, _ value: Value
  ) {
    append(attribute: type) { $0.payload.append(value) }
  }

  /// Adds an attribute that is an IP address.
  public mutating func append(attribute type: UInt16, _ address: IPAddress) {
    append(attribute: type, bytes: address.bytes)
  }

  /// Adds an attribute that is text ended by NUL. Text with a NUL in it would say something else to the kernel,
  /// and is refused when the request is sent.
  public mutating func append(attribute type: UInt16, text: String) {
    if text.utf8.contains(0) { note(.outOfRange(0)) }
    append(attribute: type, bytes: Array(text.utf8) + [0])
  }

  /// Adds an attribute that is a number of a type in the host's byte order; one that doesn't fit the type is
  /// refused when the request is sent.
  public mutating func append<Value: FixedWidthInteger>(
    attribute type: UInt16, _ value: Int, as _: Value.Type
  ) {
    append(attribute: type) { $0.append(value, as: Value.self) }
  }

  /// Adds a number of a fixed header; one that doesn't fit the type is refused when the request is sent.
  public mutating func append<Value: FixedWidthInteger>(_ value: Int, as _: Value.Type) {
    guard let number = Value(exactly: value) else {
      note(.outOfRange(value))
      append(Value(0))
      return
    }
    append(number)
  }

  /// Adds attributes as they are.
  public mutating func append(_ attributes: RawAttributes) {
    payload.pad(to: NetlinkAttribute.alignment)
    payload += attributes.bytes
  }

  /// Adds an attribute that holds attributes. Set `marked` where the kernel wants `NLA_F_NESTED`.
  public mutating func append(
    nested type: UInt16, marked: Bool = true, _ body: (inout NetlinkRequest) -> Void
  ) {
    append(attribute: marked ? type | NetlinkAttribute.nestedFlag : type, body)
  }

  private mutating func append(attribute rawType: UInt16, _ body: (inout NetlinkRequest) -> Void) {
    payload.pad(to: NetlinkAttribute.alignment)
    let start = payload.count
    append(UInt16(0))
    append(rawType)
    body(&self)
    close(start)
  }

  /// Adds something that begins with its own 16-bit length, as a `struct rtnexthop` does.
  mutating func appendCounted(_ body: (inout NetlinkRequest) -> Void) {
    let start = payload.count
    append(UInt16(0))
    body(&self)
    close(start)
  }

  /// Writes the length of what begins at `start`, and pads it.
  private mutating func close(_ start: Int) {
    let length = payload.count - start
    if let length = UInt16(exactly: length) {
      payload.replace(length, at: start)
    } else {
      note(.tooLargeToSend(length), at: start)
    }
    payload.pad(to: NetlinkAttribute.alignment)
  }

  /// Notes the first thing that can't be sent.
  mutating func note(_ reason: WireError.Reason, at position: Int? = nil) {
    guard problem == nil else { return }
    problem = WireError(offset: MessageHeader.size + (position ?? payload.count), reason: reason)
  }

  /// The message as it goes over the wire.
  func encoded(adding added: MessageFlags, sequence: UInt32) throws(WireError) -> [UInt8] {
    if let problem { throw problem }
    var message: [UInt8] = []
    message.reserveCapacity(MessageHeader.size + payload.count)
    message.append(UInt32(MessageHeader.size + payload.count))
    message.append(type)
    message.append(flags.union(added).rawValue)
    message.append(sequence)
    // The port is left 0: the kernel knows which socket it came from.
    message.append(UInt32(0))
    return message + payload
  }
}
