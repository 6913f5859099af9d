import Glibc
import SystemPackage

/// A program that says which frames a packet socket receives (linux/filter.h, Documentation/networking/filter.rst).
struct PacketFilter {
  /// struct sock_filter.
  struct Instruction {
    let code: UInt16
    let jumpIfTrue: UInt8
    let jumpIfFalse: UInt8
    let operand: UInt32
  }

  /// struct sock_fprog.
  @unsafe
  private struct Program {
    let count: UInt16
    let instructions: UnsafePointer<Instruction>
  }

  let instructions: [Instruction]

  /// Neighbour advertisements: frames of IPv6 whose next header is ICMPv6 (58) and whose type is 136.
  static let neighbourAdvertisements = PacketFilter(instructions: [
    // ldb [14 + 6]; jeq 58, else to the end
    Instruction(code: 0x30, jumpIfTrue: 0, jumpIfFalse: 0, operand: 14 + 6),
    Instruction(code: 0x15, jumpIfTrue: 0, jumpIfFalse: 3, operand: 58),
    // ldb [14 + 40]; jeq 136, else to the end
    Instruction(code: 0x30, jumpIfTrue: 0, jumpIfFalse: 0, operand: 14 + 40),
    Instruction(code: 0x15, jumpIfTrue: 0, jumpIfFalse: 1, operand: 136),
    // ret all of it; ret nothing
    Instruction(code: 0x06, jumpIfTrue: 0, jumpIfFalse: 0, operand: .max),
    Instruction(code: 0x06, jumpIfTrue: 0, jumpIfFalse: 0, operand: 0),
  ])

  /// ARP replies: the operation is 2.
  static let arpReplies = PacketFilter(instructions: [
    // ldh [14 + 6]; jeq 2, else to the end
    Instruction(code: 0x28, jumpIfTrue: 0, jumpIfFalse: 0, operand: 14 + 6),
    Instruction(code: 0x15, jumpIfTrue: 0, jumpIfFalse: 1, operand: 2),
    Instruction(code: 0x06, jumpIfTrue: 0, jumpIfFalse: 0, operand: .max),
    Instruction(code: 0x06, jumpIfTrue: 0, jumpIfFalse: 0, operand: 0),
  ])

  /// Nothing at all, for a socket that only sends.
  static let nothing = PacketFilter(instructions: [
    Instruction(code: 0x06, jumpIfTrue: 0, jumpIfFalse: 0, operand: 0)
  ])

  /// SO_ATTACH_FILTER (socket(7)).
  func attach(to descriptor: CInt) throws(Errno) {
    let result = unsafe instructions.withUnsafeBufferPointer { list in
      guard let start = list.baseAddress else { return CInt(0) }
      var program = unsafe Program(count: UInt16(list.count), instructions: start)
      return unsafe setsockopt(
        descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, socklen_t(MemoryLayout<Program>.size))
    }
    guard result == 0 else { throw Errno(rawValue: errno) }
  }
}
