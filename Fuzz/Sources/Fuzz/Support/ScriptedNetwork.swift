import Netlink
import SystemPackage

/// A network that follows a script: each record changes it, tells of it, or fails to.
///
/// Records are read when events are received:
/// - `answer`: messages that are true from now on (or, by their type, no longer) and told;
/// - `stale`, `misdirected`: the same, but what was told of it is lost, and so said;
/// - `datagram`: told, true or not; `stranger`: told by another program; `cut`: told with many zeros behind;
/// - `failure`: receiving fails; `next`: nothing happens for a while.
final class ScriptedNetwork {
  private var records: ArraySlice<Script.Record>
  /// What is true, by the type of the messages that say so, each under what tells it from others.
  private var objects: [UInt16: [[UInt8]: [UInt8]]] = [:]
  private var hasLost = false
  /// How often something was asked or received.
  private(set) var calls = 0

  init(_ records: [Script.Record]) {
    self.records = records[...]
  }

  /// The script was read to its end.
  var isOver: Bool { records.isEmpty && !hasLost }

  /// Something is lost once more, at the end.
  func loseSomething() { hasLost = true }

  fileprivate func receive() throws(TransportFailure) -> (bytes: [UInt8], sender: UInt32) {
    calls += 1
    if hasLost {
      hasLost = false
      throw .overrun
    }
    guard let record = records.popFirst() else { throw .timedOut }
    switch record.kind {
    case .next: throw .timedOut
    case .failure: throw TransportFailure(Errno(rawValue: max(1, CInt(record.bytes.first ?? 0))))
    case .datagram: return (record.bytes, 0)
    case .stranger: return (record.bytes, 99)
    case .cut: return (record.bytes + [UInt8](repeating: 0, count: NetlinkSession.bufferSize), 0)
    case .answer:
      learn(record.bytes)
      return (record.bytes, 0)
    case .stale, .misdirected:
      learn(record.bytes)
      throw .overrun
    }
  }

  private func learn(_ datagram: [UInt8]) {
    for message in Target.pieces(of: datagram) {
      let type: UInt16 = message.number(at: 4)
      let payload = Array(message.dropFirst(16))
      // Even types add, odd ones delete.
      objects[type & ~1, default: [:]][Self.identity(of: payload, type & ~1)] = type & 1 == 0 ? payload : nil
    }
  }

  /// A link's index; an address with its interface; all of what else there is.
  private static func identity(of payload: [UInt8], _ type: UInt16) -> [UInt8] {
    switch type {
    case 16: Array(payload.dropFirst(4).prefix(4))
    case 20: Array(payload.prefix(28))
    default: payload
    }
  }

  /// The datagrams that answer a request.
  fileprivate func answer(_ request: [UInt8], port: UInt32) -> [[UInt8]] {
    calls += 1
    let flags: UInt16 = request.number(at: 6)
    let sequence: UInt32 = request.number(at: 8)
    // NLM_F_DUMP; whatever else is asked for isn't there.
    guard flags & 0x300 == 0x300 else {
      return [Self.message(2, flags: 0, Self.little(-19) + request.prefix(16), sequence, port)]
    }
    let type: UInt16 = request.number(at: 4)
    let family = request.count > 16 ? request[16] : 0
    let listed = (objects[type &- 2] ?? [:]).values.filter { family == 0 || $0.first == family }
    // A dictionary's order differs from process to process.
    let datagrams = listed.sorted { $0.lexicographicallyPrecedes($1) }.map {
      Self.message(type &- 2, flags: 2, $0, sequence, port)
    }
    return datagrams + [Self.message(3, flags: 2, Self.little(0), sequence, port)]
  }

  private static func little(_ value: Int32) -> [UInt8] {
    var bytes: [UInt8] = [0, 0, 0, 0]
    bytes.put(value, at: 0)
    return bytes
  }

  private static func message(
    _ type: UInt16, flags: UInt16, _ payload: [UInt8], _ sequence: UInt32, _ port: UInt32
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 16)
    bytes.put(UInt32(16 + payload.count), at: 0)
    bytes.put(type, at: 4)
    bytes.put(flags, at: 6)
    bytes.put(sequence, at: 8)
    bytes.put(port, at: 12)
    return bytes + payload
  }

  /// What the members of the groups receive.
  struct Events: NetlinkTransport, ~Copyable {
    let network: ScriptedNetwork
    let portID: UInt32 = 5

    mutating func send(_ datagram: RawSpan) throws(TransportFailure) { throw .system(.badFileDescriptor) }

    mutating func receive(
      into buffer: inout MutableRawSpan, until limit: WaitLimit
    ) throws(TransportFailure) -> ReceivedDatagram {
      let (bytes, sender) = try network.receive()
      buffer.fill(bytes)
      return ReceivedDatagram(size: bytes.count, senderPortID: sender)
    }
  }

  /// What answers requests.
  struct Kernel: NetlinkTransport, ~Copyable {
    let network: ScriptedNetwork
    let portID: UInt32 = 4711
    private var datagrams: ArraySlice<[UInt8]> = []

    init(network: ScriptedNetwork) {
      self.network = network
    }

    mutating func send(_ datagram: RawSpan) throws(TransportFailure) {
      datagrams = network.answer(datagram.copy, port: portID)[...]
    }

    mutating func receive(
      into buffer: inout MutableRawSpan, until limit: WaitLimit
    ) throws(TransportFailure) -> ReceivedDatagram {
      guard let datagram = datagrams.popFirst() else { throw .timedOut }
      buffer.fill(datagram)
      return ReceivedDatagram(size: datagram.count)
    }
  }
}
