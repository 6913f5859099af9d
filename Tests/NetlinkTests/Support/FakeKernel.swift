import Netlink
import SystemPackage

/// A kernel that is a function of the request: what it returns is received, one piece after the other, and
/// then nothing more comes.
struct FakeKernel: NetlinkTransport, ~Copyable {
  /// What a receive meets.
  enum Piece {
    case datagram([UInt8], from: UInt32 = 0)
    /// A datagram larger than what was received of it.
    case cut([UInt8], size: Int)
    case failure(Errno)
  }

  /// What was asked of the transport.
  final class Meter {
    /// Datagrams that were received.
    var received = 0
    /// Times that the rest was given up.
    var restarts = 0
  }

  private(set) var portID: UInt32 = 4711
  private var pieces: [Piece] = []
  private let answer: (Request) throws(Errno) -> [Piece]
  private let canRestart: Bool
  private let tellsSizes: Bool
  private let meter: Meter?

  init(
    canRestart: Bool = false, tellsSizes: Bool = false, meter: Meter? = nil,
    _ answer: @escaping (Request) throws(Errno) -> [Piece]
  ) {
    self.canRestart = canRestart
    self.tellsSizes = tellsSizes
    self.meter = meter
    self.answer = answer
  }

  mutating func nextSize(until limit: WaitLimit) throws(TransportFailure) -> Int? {
    guard tellsSizes else { return nil }
    switch pieces.first {
    case .datagram(let bytes, _): return bytes.count
    case .cut(_, let size): return size
    case .failure(let errno):
      pieces.removeFirst()
      throw TransportFailure(errno)
    case nil: throw .timedOut
    }
  }

  mutating func restart() -> Bool {
    guard canRestart else { return false }
    // As a new socket it has a new port.
    portID += 1
    pieces = []
    meter?.restarts += 1
    return true
  }

  mutating func send(_ datagram: RawSpan) throws(TransportFailure) {
    var bytes: [UInt8] = []
    for index in 0..<datagram.byteCount {
      bytes.append(unsafe datagram.unsafeLoad(fromByteOffset: index, as: UInt8.self))
    }
    do throws(Errno) {
      pieces += try answer(Request(bytes: bytes, portID: portID))
    } catch {
      throw TransportFailure(error)
    }
  }

  mutating func receive(
    into buffer: inout MutableRawSpan, until limit: WaitLimit
  ) throws(TransportFailure) -> ReceivedDatagram {
    guard !pieces.isEmpty else { throw .timedOut }
    meter?.received += 1
    switch pieces.removeFirst() {
    case .failure(let errno): throw TransportFailure(errno)
    case .datagram(let bytes, let sender):
      Self.copy(bytes, into: &buffer)
      return ReceivedDatagram(size: bytes.count, senderPortID: sender)
    case .cut(let bytes, let size):
      Self.copy(bytes, into: &buffer)
      return ReceivedDatagram(size: size)
    }
  }

  private static func copy(_ bytes: [UInt8], into buffer: inout MutableRawSpan) {
    for (index, byte) in bytes.prefix(buffer.byteCount).enumerated() {
      buffer.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }
  }
}

/// A request as the fake kernel sees it.
struct Request {
  let bytes: [UInt8]
  let portID: UInt32

  var type: UInt16 { number(at: 4) }
  var flags: UInt16 { number(at: 6) }
  var sequence: UInt32 { number(at: 8) }
  /// What follows the message header.
  var payload: [UInt8] { Array(bytes.dropFirst(16)) }

  private func number<Value: FixedWidthInteger>(at position: Int) -> Value {
    (0..<MemoryLayout<Value>.size).reduce(0) { $0 | Value(bytes[position + $1]) << Value($1 * 8) }
  }

  /// A message that answers the request.
  func message(
    _ type: UInt16, flags: UInt16 = 0, _ payload: [UInt8], sequence: UInt32? = nil, port: UInt32? = nil
  ) -> [UInt8] {
    var bytes = little(UInt32(16 + payload.count)) + little(type) + little(flags)
    bytes += little(sequence ?? self.sequence) + little(port ?? portID)
    return padded(bytes + payload)
  }

  /// An ERROR with the request's header, as a kernel with capped acks sends it.
  func error(_ code: Int32, extended: [UInt8] = []) -> [UInt8] {
    message(2, flags: extended.isEmpty ? 0x100 : 0x300, little(code) + bytes.prefix(16) + extended)
  }

  /// A DONE.
  func done(_ code: Int32 = 0, flags: UInt16 = 0, extended: [UInt8] = []) -> [UInt8] {
    message(3, flags: 2 | flags | (extended.isEmpty ? 0 : 0x200), little(code) + extended)
  }

  /// A recorded answer, as if it had answered this request.
  func replay(_ datagrams: [[UInt8]]) -> [FakeKernel.Piece] {
    datagrams.map { datagram in
      var datagram = datagram
      var position = 0
      while position + 16 <= datagram.count {
        datagram.replaceSubrange(position + 8..<position + 16, with: little(sequence) + little(portID))
        let length = (0..<4).reduce(0) { $0 | Int(datagram[position + $1]) << ($1 * 8) }
        position += max(16, (length + 3) & ~3)
      }
      return .datagram(datagram)
    }
  }
}

/// An attribute with its padding.
func attribute(_ type: UInt16, _ payload: [UInt8]) -> [UInt8] {
  padded(little(UInt16(4 + payload.count)) + little(type) + payload)
}

/// A number as x86 and ARM write it.
func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  stride(from: 0, to: Value.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> Value($0)) }
}

func padded(_ bytes: [UInt8]) -> [UInt8] {
  bytes + [UInt8](repeating: 0, count: -bytes.count & 3)
}

/// A link message: index, name.
func linkMessage(_ request: Request, _ index: Int32, _ name: String, flags: UInt16 = 2) -> [UInt8] {
  let header = [0, 0] + little(UInt16(1)) + little(index) + little(UInt32(0x41)) + little(UInt32(0))
  return request.message(16, flags: flags, header + attribute(3, Array(name.utf8) + [0]))
}
