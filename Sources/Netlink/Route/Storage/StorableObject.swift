/// What can be kept outside memory and read back: as the message that adds it, in hexadecimal digits.
///
/// Nothing that a request can say is lost, attributes that this library doesn't read included. What is the kernel's own
/// to say, such as that an address is tentative, isn't kept.
public protocol StorableObject: ChangeableObject, Codable {
  /// Reads what ``ChangeableObject/request(_:)`` wrote for ``Change/add``.
  init(stored payload: [UInt8]) throws(WireError)
}

extension StorableObject {
  /// What a request can say of the object: two objects with the same are the same to whoever adds them.
  public var stored: [UInt8] { request(.add).payload }

  /// Reads hexadecimal digits.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let payload = Hexadecimal.bytes(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no hexadecimal digits")
    }
    do {
      try self.init(stored: payload)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
    }
  }

  /// Writes hexadecimal digits.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Hexadecimal.text(stored))
  }
}

extension Address: StorableObject {
  /// Reads an address.
  public init(stored payload: [UInt8]) throws(WireError) {
    self = try StoredMessage.read(payload, type: Self.messageType) { (message) throws(WireError) in
      try Self(message)
    }
    // A request doesn't say so: it follows from there being no lifetime.
    if validLifetime == nil { flags.insert(.permanent) }
  }
}

extension Route: StorableObject {
  /// Reads a route.
  public init(stored payload: [UInt8]) throws(WireError) {
    self = try StoredMessage.read(payload, type: Self.messageType) { (message) throws(WireError) in
      try Self(message)
    }
  }
}

extension RoutingRule: StorableObject {
  /// Reads a rule.
  public init(stored payload: [UInt8]) throws(WireError) {
    self = try StoredMessage.read(payload, type: Self.messageType) { (message) throws(WireError) in
      try Self(message)
    }
  }
}

extension Neighbour: StorableObject {
  /// Reads a neighbour.
  public init(stored payload: [UInt8]) throws(WireError) {
    self = try StoredMessage.read(payload, type: Self.messageType) { (message) throws(WireError) in
      try Self(message)
    }
  }
}

extension NextHopObject: StorableObject {
  /// Reads a nexthop object.
  public init(stored payload: [UInt8]) throws(WireError) {
    self = try StoredMessage.read(payload, type: Self.messageType) { (message) throws(WireError) in
      try Self(message)
    }
  }
}

private enum StoredMessage {
  /// Reads a payload as if it had come from the kernel in a message of a type.
  static func read<Object>(
    _ payload: [UInt8], type: UInt16,
    _ parse: (borrowing NetlinkMessage) throws(WireError) -> Object?
  ) throws(WireError) -> Object {
    let message = NetlinkMessage(
      header: MessageHeader(type: type), payload: WireReader(payload.rawSpan))
    guard let object = try parse(message) else {
      throw WireError(offset: 0, reason: .outOfRange(Int(payload.first ?? 0)))
    }
    return object
  }
}

private enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

  static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 0xf)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  static func bytes(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for position in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[position]), let low = value(digits[position + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
