import Netlink
import SystemPackage

/// What a scripted kernel was asked and what it handed over: the session's promises are judged by it.
final class Ledger {
  /// A datagram or failure that was received.
  enum Piece {
    case datagram([UInt8], from: UInt32, claimedSize: Int)
    case failure(Errno)
  }

  /// The last request, as it was sent.
  var request: [UInt8] = []
  /// How many requests were sent.
  var requests = 0
  /// What was received since then.
  var pieces: [Piece] = []
  /// How often something was asked of the transport.
  var calls = 0

  var sequence: UInt32 { request.number(at: 8) }
}

/// A kernel that follows a script.
struct ScriptedKernel: NetlinkTransport, ~Copyable {
  let portID: UInt32 = 4711
  private var records: ArraySlice<Script.Record>
  private let ledger: Ledger

  init(_ records: [Script.Record], _ ledger: Ledger) {
    self.records = records[...]
    self.ledger = ledger
  }

  mutating func send(_ datagram: RawSpan) throws(Errno) {
    if ledger.requests > 0 {
      // What the session left unread of the last answer stays before the next one.
      guard let mark = records.firstIndex(where: { $0.kind == .next }) else { return sent(datagram) }
      records.remove(at: mark)
    }
    sent(datagram)
  }

  private func sent(_ datagram: RawSpan) {
    ledger.calls += 1
    ledger.requests += 1
    ledger.pieces = []
    ledger.request = datagram.copy
  }

  mutating func receive(
    into buffer: inout MutableRawSpan, until deadline: ContinuousClock.Instant
  ) throws(Errno) -> ReceivedDatagram {
    ledger.calls += 1
    guard let record = records.first, record.kind != .next else { throw .timedOut }
    records.removeFirst()
    var bytes = record.bytes
    var sender: UInt32 = 0
    var claimed = bytes.count
    switch record.kind {
    case .datagram, .next: break
    case .answer: bytes.address(to: portID, sequence: ledger.sequence)
    case .stale: bytes.address(to: portID, sequence: ledger.sequence &- 1)
    case .misdirected: bytes.address(to: portID + 1, sequence: ledger.sequence)
    case .stranger:
      bytes.address(to: portID, sequence: ledger.sequence)
      sender = 99
    case .cut:
      bytes.address(to: portID, sequence: ledger.sequence)
      claimed += Int(bytes.first ?? 0) * 256
    case .failure:
      let errno = Errno(rawValue: max(1, CInt(bytes.first ?? 0)))
      ledger.pieces.append(.failure(errno))
      throw errno
    }
    for (index, byte) in bytes.prefix(buffer.byteCount).enumerated() {
      buffer.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }
    ledger.pieces.append(.datagram(bytes, from: sender, claimedSize: claimed))
    return ReceivedDatagram(size: claimed, senderPortID: sender)
  }
}

extension RawSpan {
  /// The bytes.
  var copy: [UInt8] { withUnsafeBytes { Array($0) } }
}

extension [UInt8] {
  /// A number as this machine writes it; 0 where there are too few bytes.
  func number<Value: FixedWidthInteger>(at position: Int) -> Value {
    guard position >= 0, position + MemoryLayout<Value>.size <= count else { return 0 }
    return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Value.self) }
  }

  mutating func put<Value: FixedWidthInteger>(_ value: Value, at position: Int) {
    guard position >= 0, position + MemoryLayout<Value>.size <= count else { return }
    withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: position, as: Value.self) }
  }

  /// Makes the messages of a datagram answers to a request.
  mutating func address(to port: UInt32, sequence: UInt32) {
    var position = 0
    while position + 16 <= count {
      put(sequence, at: position + 8)
      put(port, at: position + 12)
      let length: UInt32 = number(at: position)
      position += Swift.max(16, (Int(length) + 3) & ~3)
    }
  }
}
