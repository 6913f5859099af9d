/// The type of a module's parameter as its file declares it (`parmtype` of modinfo(8)), and what it can hold.
///
/// Source: include/linux/moduleparam.h and kernel/params.c.
public enum KernelParameterType: Equatable, Sendable {
  /// A whole number within a range.
  case integer(ClosedRange<Int128>)
  /// A flag.
  case flag
  /// Any text.
  case text
  /// Several values of one type, separated by commas.
  indirect case array(KernelParameterType)
  /// None that is known here; the kernel decides.
  case other(String)

  /// By the kernel's name: `uint`, `bool`, `charp`, `array of int`, …
  public init(_ name: String) {
    func range(_ bits: Int128, signed: Bool) -> KernelParameterType {
      let one: Int128 = 1
      return .integer(signed ? -(one << (bits - 1))...(one << (bits - 1)) - 1 : 0...(one << bits) - 1)
    }
    switch name {
    case "byte": self = range(8, signed: false)
    case "short": self = range(16, signed: true)
    case "ushort": self = range(16, signed: false)
    case "int": self = range(32, signed: true)
    case "uint", "hexint": self = range(32, signed: false)
    // 64 bits on every machine that this program runs on.
    case "long": self = range(64, signed: true)
    case "ulong", "ullong": self = range(64, signed: false)
    case "bool", "invbool", "bool_enable_only": self = .flag
    case "charp", "string": self = .text
    default:
      let start = "array of "
      self =
        name.hasPrefix(start)
        ? .array(KernelParameterType(String(name.dropFirst(start.count)))) : .other(name)
    }
  }

  /// Why the kernel would refuse a value.
  public struct Objection: Equatable, Sendable {
    /// In one sentence.
    public let reason: String
    /// What the parameter takes.
    public let wanted: String
  }

  /// Why the kernel would refuse a value; nil when it wouldn't, or that isn't known here.
  public func objection(to value: String) -> Objection? {
    switch self {
    case .other, .text: return nil
    case .flag:
      guard ParameterMismatch.kernelFlag(value) == nil else { return nil }
      return Objection(
        reason: "it is neither yes nor no, and the kernel refuses the load", wanted: "Y or N")
    case .integer(let range):
      let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
      guard let number = Self.integer(value) else {
        return Objection(reason: "it is not a whole number, and the kernel refuses the load", wanted: wanted)
      }
      return range.contains(number)
        ? nil : Objection(reason: "it is out of range, and the kernel refuses the load", wanted: wanted)
    case .array(let element):
      return value.split(separator: ",", omittingEmptySubsequences: false).lazy
        .compactMap { element.objection(to: String($0)) }.first
        .map { Objection(reason: $0.reason, wanted: "\($0.wanted), or several separated by commas") }
    }
  }

  /// A number as the kernel reads it with base 0: decimal, `0x…`, or octal after a `0`.
  private static func integer(_ text: String) -> Int128? {
    var digits = Substring(text)
    let isNegative = digits.first == "-"
    if isNegative || digits.first == "+" { digits.removeFirst() }
    let lower = digits.lowercased()
    let (body, radix) =
      lower.hasPrefix("0x")
      ? (digits.dropFirst(2), 16)
      : lower.hasPrefix("0") && lower.count > 1
        ? (digits.dropFirst(), 8) : (digits, 10)
    guard let first = body.first, first != "+", first != "-", let number = Int128(body, radix: radix) else {
      return nil
    }
    return isNegative ? -number : number
  }
}
