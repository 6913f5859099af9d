/// Goes through the fields of a message, to write them or to fill them: so that one list of fields serves both.
public protocol SandeshCoder {
  /// A field that is a number.
  mutating func code<Value: SandeshInteger>(_ number: UInt16, _ value: inout Value)
  /// A field that is a list of numbers.
  mutating func code<Value: SandeshInteger>(_ number: UInt16, _ values: inout [Value])
  /// A field that is text.
  mutating func code(_ number: UInt16, _ text: inout String)
}

/// A message that the module knows.
public protocol VRouterMessage: Sendable, Equatable {
  /// Its name on the wire.
  static var name: String { get }

  /// A message in which everything is 0 or empty.
  init()

  /// Goes through its fields, in the order in which they are written.
  mutating func code(_ coder: inout some SandeshCoder)
}

extension VRouterMessage {
  /// The message on the wire, with all its fields, also those that are 0 or empty, as the module's own tools write it.
  public var encoded: [UInt8] {
    var writer = SandeshWriter(Self.name)
    var copy = self
    copy.code(&writer)
    return writer.finished
  }

  /// Reads a message; nil if it is another. A field that is missing, or of another type, stays 0 or empty, as in the kernel;
  /// one that isn't known is passed over.
  public init?(_ message: SandeshMessage) {
    guard message.name == Self.name else { return nil }
    self.init()
    var reader = SandeshFieldReader(message: message)
    code(&reader)
  }
}

/// Fills fields from a message.
private struct SandeshFieldReader: SandeshCoder {
  let message: SandeshMessage

  mutating func code<Value: SandeshInteger>(_ number: UInt16, _ value: inout Value) {
    if let found = message.number(number, as: Value.self) { value = found }
  }

  mutating func code<Value: SandeshInteger>(_ number: UInt16, _ values: inout [Value]) {
    if let found = message.list(number, of: Value.self) { values = found }
  }

  mutating func code(_ number: UInt16, _ text: inout String) {
    if let found = message.text(number) { text = found }
  }
}
