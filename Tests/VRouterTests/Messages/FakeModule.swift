import Netlink

@testable import VRouter

/// A kernel with the module in it: answers that its family exists, and then what a test says.
struct FakeModule: NetlinkTransport, ~Copyable {
  /// What was sent to the family.
  final class Log {
    var requests: [[UInt8]] = []
  }

  /// What comes back of a request: whole netlink messages. Their sequence number and port are made to fit.
  typealias Answer = (_ request: [UInt8], _ number: Int) -> [[UInt8]]

  let portID: UInt32 = 4711
  private let hasFamily: Bool
  private let log: Log
  private let answer: Answer
  private var pending: [[UInt8]] = []

  init(hasFamily: Bool = true, log: Log = Log(), _ answer: @escaping Answer) {
    (self.hasFamily, self.log, self.answer) = (hasFamily, log, answer)
  }

  mutating func send(_ datagram: RawSpan) throws(TransportFailure) {
    var bytes: [UInt8] = []
    for index in 0..<datagram.byteCount {
      bytes.append(datagram.unsafeLoad(fromByteOffset: index, as: UInt8.self))
    }
    // GENL_ID_CTRL
    if bytes[4] == 0x10 {
      pending += [fitted(hasFamily ? Self.familyFound : Self.error(-2, of: bytes), to: bytes)]
      return
    }
    log.requests.append(bytes)
    pending += answer(bytes, log.requests.count - 1).map { fitted($0, to: bytes) }
  }

  mutating func receive(
    into buffer: inout MutableRawSpan, until limit: WaitLimit
  ) throws(TransportFailure) -> ReceivedDatagram {
    guard !pending.isEmpty else { throw .timedOut }
    let bytes = pending.removeFirst()
    for (index, byte) in bytes.prefix(buffer.byteCount).enumerated() {
      buffer.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }
    return ReceivedDatagram(size: bytes.count)
  }

  private func fitted(_ message: [UInt8], to request: [UInt8]) -> [UInt8] {
    var message = message
    message.replaceSubrange(8..<12, with: request[8..<12])
    message.replaceSubrange(12..<16, with: Self.little(portID))
    return message
  }

  /// A session with it.
  static func session(
    hasFamily: Bool = true, log: Log = Log(), _ answer: @escaping Answer
  ) throws(VRouterError) -> VRouterSession {
    try VRouterSession(
      GenericNetlink(NetlinkSession(FakeModule(hasFamily: hasFamily, log: log, answer))))
  }
}

extension FakeModule {
  /// The answer to the question about the family, as captured (`../Golden/README.md`).
  private static let familyFound = Capture.bytes(
    """
    7c00000010000000000000006b000000010200000c00020076726f7574657200060001002000000008000300010000000800040000000000\
    080005000100000018000600140001000800010001000000080002000b000000240007002000010008000200090000001100010056526f75\
    74657247726f757000000000
    """)

  static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  private static func message(_ type: UInt16, flags: UInt16 = 0, _ payload: [UInt8]) -> [UInt8] {
    let bytes = little(UInt32(16 + payload.count)) + little(type) + little(flags) + [0, 0, 0, 0, 0, 0, 0, 0]
    return bytes + payload
  }

  /// NLMSG_ERROR with the request in it.
  static func error(_ code: Int32, of request: [UInt8]) -> [UInt8] {
    message(2, little(code) + request)
  }

  /// NLMSG_DONE
  static let done = message(3, [])

  /// An answer of the module, padded.
  ///
  /// - Parameter byTheRules: whether the attribute's length counts its own header, which the module's doesn't.
  static func answer(
    _ payload: [UInt8], isPart: Bool = false, byTheRules: Bool = false, attribute: UInt16 = 1
  ) -> [UInt8] {
    var bytes: [UInt8] = [1, 0, 0, 0]
    bytes += little(UInt16(payload.count + (byTheRules ? 4 : 0))) + little(attribute) + payload
    while bytes.count % 4 != 0 { bytes.append(0) }
    return message(0x20, flags: isPart ? 2 : 0, bytes)
  }

  /// A `vr_response` and what goes with it.
  static func response(_ code: Int32, _ objects: [UInt8] = []) -> [UInt8] {
    var response = VRouterResponse()
    response.operation = MessageOperation.response.rawValue
    response.code = code
    return response.encoded + objects
  }
}
