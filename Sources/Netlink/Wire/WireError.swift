/// Bytes from the kernel (or for it) that don't follow netlink's format.
public struct WireError: Error, Sendable, Hashable {
  /// What is wrong with the bytes.
  public enum Reason: Sendable, Hashable {
    /// Something that needs `needed` bytes lies where only `available` are left.
    case truncated(needed: Int, available: Int)
    /// A length field says less than its own header takes.
    case lengthTooSmall(Int)
    /// A length field says more than is there.
    case lengthTooLarge(Int, available: Int)
    /// A value has another size than its type.
    case wrongSize(Int, expected: Int)
    /// A number is outside what it can be.
    case outOfRange(Int)
    /// Something to be sent doesn't fit its 16-bit length.
    case tooLargeToSend(Int)
  }

  /// Byte offset in the datagram (or request) at which it was seen.
  public var offset: Int
  /// What is wrong there.
  public var reason: Reason

  /// Makes an error.
  public init(offset: Int, reason: Reason) {
    self.offset = offset
    self.reason = reason
  }
}

extension WireError: CustomStringConvertible {
  /// One line for people.
  public var description: String {
    let what =
      switch reason {
      case .truncated(let needed, let available): "\(needed) bytes needed, \(available) left"
      case .lengthTooSmall(let length): "length \(length) is smaller than its own header"
      case .lengthTooLarge(let length, let available): "length \(length), but only \(available) bytes left"
      case .wrongSize(let size, let expected): "\(size) bytes instead of \(expected)"
      case .outOfRange(let value): "\(value) is out of range"
      case .tooLargeToSend(let size): "\(size) bytes don't fit an attribute"
      }
    return "at byte \(offset): \(what)"
  }
}
