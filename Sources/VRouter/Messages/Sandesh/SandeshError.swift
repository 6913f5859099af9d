/// Bytes that aren't messages of sandesh's binary encoding.
public struct SandeshError: Error, Sendable, Hashable {
  /// What is wrong with the bytes.
  public enum Reason: Sendable, Hashable {
    /// Something that needs `needed` bytes lies where only `available` are left.
    case truncated(needed: Int, available: Int)
    /// A value is of a type that isn't known, so that its end isn't either.
    case unknownType(UInt8)
    /// Lists and structures lie within each other too deeply.
    case tooDeep
  }

  /// Where in the bytes it was seen.
  public var offset: Int
  /// What is wrong there.
  public var reason: Reason

  /// Makes an error.
  public init(offset: Int, _ reason: Reason) {
    self.offset = offset
    self.reason = reason
  }
}

extension SandeshError: CustomStringConvertible {
  /// One line for people.
  public var description: String {
    let what =
      switch reason {
      case .truncated(let needed, let available): "\(needed) bytes needed, \(available) left"
      case .unknownType(let type): "a value of the unknown type \(type)"
      case .tooDeep: "lists and structures within each other without end"
      }
    return "at byte \(offset) of the message: \(what)"
  }
}
