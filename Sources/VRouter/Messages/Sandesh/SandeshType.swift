/// Types of sandesh's binary encoding, as they stand on the wire (sandesh/library/c/protocol/thrift_protocol.h of
/// tf-common).
enum SandeshType: UInt8 {
  case bool = 2
  case byte = 3
  case double = 4
  case int16 = 6
  case int32 = 8
  case uint64 = 9
  case int64 = 10
  case string = 11
  case structure = 12
  case list = 15
  case uint16 = 19
  case uint32 = 20
  case xml = 21
  case ipv4 = 22
  case uuid = 23

  /// Bytes of a value; nil where the value itself tells.
  var size: Int? {
    switch self {
    case .bool, .byte: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .ipv4: 4
    case .double, .uint64, .int64: 8
    case .uuid: 16
    case .string, .xml, .structure, .list: nil
    }
  }
}

/// A number that a field or a list of a message can hold. On the wire it is big-endian.
public protocol SandeshInteger: FixedWidthInteger, Sendable {
  /// Its type on the wire (sandesh/library/c/protocol/thrift_protocol.h of tf-common).
  static var sandeshType: UInt8 { get }
}

extension UInt8: SandeshInteger {
  /// `byte`
  public static var sandeshType: UInt8 { SandeshType.byte.rawValue }
}

extension Int16: SandeshInteger {
  /// `i16`
  public static var sandeshType: UInt8 { SandeshType.int16.rawValue }
}

extension UInt16: SandeshInteger {
  /// `u16`
  public static var sandeshType: UInt8 { SandeshType.uint16.rawValue }
}

extension Int32: SandeshInteger {
  /// `i32`
  public static var sandeshType: UInt8 { SandeshType.int32.rawValue }
}

extension UInt32: SandeshInteger {
  /// `u32`
  public static var sandeshType: UInt8 { SandeshType.uint32.rawValue }
}

extension Int64: SandeshInteger {
  /// `i64`
  public static var sandeshType: UInt8 { SandeshType.int64.rawValue }
}

extension UInt64: SandeshInteger {
  /// `u64`
  public static var sandeshType: UInt8 { SandeshType.uint64.rawValue }
}
