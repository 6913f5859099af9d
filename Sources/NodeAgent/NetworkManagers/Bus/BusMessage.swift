/// A value that a call over the bus takes or gives: the few types that this program needs (D-Bus specification, "Type System").
enum BusValue: Sendable, Equatable {
  case string(String)
  case objectPath(String)
  case uint32(UInt32)
  case boolean(Bool)
  /// In a variant.
  indirect case variant(BusValue)

  /// The type's code.
  var signature: String {
    switch self {
    case .string: "s"
    case .objectPath: "o"
    case .uint32: "u"
    case .boolean: "b"
    case .variant: "v"
    }
  }
}

/// One call of a method of a program on the bus.
struct BusCall: Sendable, Equatable {
  /// The name by which the program is known.
  let destination: String
  let path: String
  let interface: String
  let member: String
  var arguments: [BusValue] = []
}

extension BusCall {
  /// The message as it goes over the socket, in the byte order of most hosts (D-Bus specification, "Message Protocol").
  func encoded(serial: UInt32) -> [UInt8] {
    var body = BusWriter()
    for argument in arguments { body.write(argument) }
    var fields = BusWriter()
    fields.field(1, .objectPath(path))
    fields.field(2, .string(interface))
    fields.field(3, .string(member))
    fields.field(6, .string(destination))
    if !arguments.isEmpty {
      fields.field(8, signature: arguments.map(\.signature).joined())
    }
    var message = BusWriter()
    // METHOD_CALL, NO_AUTO_START: who doesn't run is not to be started by this.
    message.bytes = [UInt8(ascii: "l"), 1, 2, 1]
    message.write(UInt32(body.bytes.count))
    message.write(serial)
    message.write(UInt32(fields.bytes.count))
    message.bytes += fields.bytes
    message.align(to: 8)
    return message.bytes + body.bytes
  }
}

/// Writes values one after the other, each aligned as its type wants.
///
/// Alignment counts from the beginning of a message. The array of header fields begins at byte 16 and the body at a
/// multiple of 8, so that each can be written by itself.
struct BusWriter {
  var bytes: [UInt8] = []

  mutating func align(to size: Int) {
    while bytes.count % size != 0 { bytes.append(0) }
  }

  mutating func write(_ number: UInt32) {
    align(to: 4)
    for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  mutating func write(_ value: BusValue) {
    switch value {
    case .string(let text), .objectPath(let text):
      write(UInt32(text.utf8.count))
      bytes += Array(text.utf8) + [0]
    case .uint32(let number): write(number)
    case .boolean(let isTrue): write(isTrue ? UInt32(1) : 0)
    case .variant(let inner):
      write(signature: inner.signature)
      write(inner)
    }
  }

  mutating func write(signature: String) {
    bytes += [UInt8(signature.utf8.count)] + Array(signature.utf8) + [0]
  }

  /// A header field: a structure of its code and a variant.
  mutating func field(_ code: UInt8, _ value: BusValue) {
    align(to: 8)
    bytes.append(code)
    write(.variant(value))
  }

  /// The header field that tells the body's types, which has a type of its own.
  mutating func field(_ code: UInt8, signature: String) {
    align(to: 8)
    bytes.append(code)
    write(signature: "g")
    write(signature: signature)
  }
}
