import Netlink
import SystemPackage

/// What a scripted kernel was asked and what it handed over: the session's promises are judged by it.
final class Ledger {
  /// A datagram or failure that was received.
  enum Piece {
    case datagram([UInt8], from: UInt32, isWhole: Bool)
    case failure
  }

  /// A request and all that was received until the next.
  struct Exchange {
    /// The request as it was sent.
    let request: [UInt8]
    /// The port that it was sent from.
    let portID: UInt32
    var pieces: [Piece] = []

    var sequence: UInt32 { request.number(at: 8) }
  }

  private(set) var exchanges: [Exchange] = []
  /// How often something was asked of the transport.
  private(set) var calls = 0

  func called() { calls += 1 }

  func sent(_ request: [UInt8], from portID: UInt32) {
    exchanges.append(Exchange(request: request, portID: portID))
  }

  /// Before the first request nothing is received that matters.
  func received(_ piece: Piece) {
    guard !exchanges.isEmpty else { return }
    exchanges[exchanges.count - 1].pieces.append(piece)
  }
}

/// A kernel that follows a script.
struct ScriptedKernel: NetlinkTransport, ~Copyable {
  private(set) var portID: UInt32 = 4711
  private var records: ArraySlice<Script.Record>
  private let canRestart: Bool
  private let tellsSizes: Bool
  private let ledger: Ledger
  private var hasSent = false
  private var sequence: UInt32 = 0
  /// Those of all requests of the last datagram.
  private var sequences: [UInt32] = []

  /// - Parameters:
  ///   - canRestart: giving up what is to come is possible, as with a real socket.
  ///   - tellsSizes: the size of a datagram is known before it's received, as with a real socket.
  init(_ records: [Script.Record], canRestart: Bool = false, tellsSizes: Bool = false, _ ledger: Ledger) {
    self.records = records[...]
    self.tellsSizes = tellsSizes
    self.canRestart = canRestart
    self.ledger = ledger
  }

  mutating func send(_ datagram: RawSpan) throws(TransportFailure) {
    ledger.called()
    // What the session left unread of the last answer stays before the next one.
    if hasSent, let mark = records.firstIndex(where: { $0.kind == .next }) { records.remove(at: mark) }
    hasSent = true
    let request = datagram.copy
    sequence = request.number(at: 8)
    sequences = Target.sequences(of: request)
    ledger.sent(request, from: portID)
  }

  mutating func receive(
    into buffer: inout MutableRawSpan, until limit: WaitLimit
  ) throws(TransportFailure) -> ReceivedDatagram {
    ledger.called()
    guard let record = records.first, record.kind != .next else { throw .timedOut }
    records.removeFirst()
    var bytes = record.bytes
    var sender: UInt32 = 0
    switch record.kind {
    case .datagram, .next: break
    case .answer: bytes.address(to: portID, sequences)
    case .stale: bytes.address(to: portID, [sequence &- 1])
    case .misdirected: bytes.address(to: portID + 1, [sequence])
    case .stranger:
      bytes.address(to: portID, [sequence])
      sender = 99
    case .cut:
      bytes.address(to: portID, [sequence])
      bytes += [UInt8](repeating: 0, count: size(of: record) - bytes.count)
    case .failure:
      ledger.received(.failure)
      throw TransportFailure(Errno(rawValue: max(1, CInt(bytes.first ?? 0))))
    }
    buffer.fill(bytes)
    ledger.received(.datagram(bytes, from: sender, isWhole: bytes.count <= buffer.byteCount))
    return ReceivedDatagram(size: bytes.count, senderPortID: sender)
  }

  /// As with a real socket, sometimes; nothing is received by it.
  mutating func nextSize(until limit: WaitLimit) throws(TransportFailure) -> Int? {
    ledger.called()
    guard tellsSizes else { return nil }
    guard let record = records.first, record.kind != .next else { throw .timedOut }
    return size(of: record)
  }

  private func size(of record: Script.Record) -> Int {
    switch record.kind {
    case .cut: record.bytes.count + NetlinkSession.bufferSize + 1 + 4096 * Int(record.bytes.first ?? 0)
    case .failure, .next: 0
    default: record.bytes.count
    }
  }

  mutating func restart() -> Bool {
    guard canRestart else { return false }
    ledger.called()
    portID += 1
    records = records[(records.firstIndex { $0.kind == .next } ?? records.endIndex)...]
    return true
  }
}
