import Netlink

/// A message as it came.
struct PlainMessage: Equatable {
  let type: UInt16
  let payload: [UInt8]

  init(_ message: borrowing NetlinkMessage) {
    type = message.header.type
    payload = message.payload.bytes.copy
  }

  init(type: UInt16, payload: [UInt8]) {
    self.type = type
    self.payload = payload
  }
}

/// What the datagrams of an exchange say, read without the library: the rules of netlink(7) once more.
struct PlainReading {
  /// The messages of data that answer the request.
  private(set) var messages: [PlainMessage] = []
  /// The answer came to its end, with success, and nothing was lost or changed before.
  private(set) var isWhole = false

  /// - Parameter endsAtSingleMessage: a message that isn't one of several is the last.
  init(_ exchange: Ledger.Exchange?, endsAtSingleMessage: Bool = false) {
    guard let exchange else { return }
    for piece in exchange.pieces {
      guard case .datagram(let bytes, let sender, let isWhole) = piece else { return }
      // Not the kernel.
      guard sender == 0 else { continue }
      guard isWhole else { return }
      guard read(bytes, exchange, endsAtSingleMessage) else { return }
    }
  }

  /// Reads a datagram; says whether more is to come.
  private mutating func read(
    _ bytes: [UInt8], _ exchange: Ledger.Exchange, _ endsAtSingleMessage: Bool
  ) -> Bool {
    var position = 0
    while position < bytes.count {
      let length = Int(bytes.number(at: position) as UInt32)
      guard length >= 16, position + length <= bytes.count else { return false }
      defer { position += (length + 3) & ~3 }
      let sequence: UInt32 = bytes.number(at: position + 8)
      let portID: UInt32 = bytes.number(at: position + 12)
      guard sequence == exchange.sequence, portID == exchange.portID else { continue }
      let type: UInt16 = bytes.number(at: position + 4)
      let flags: UInt16 = bytes.number(at: position + 6)
      // NLM_F_DUMP_INTR
      if flags & 0x10 != 0 { return false }
      let payload = Array(bytes[(position + 16)..<(position + length)])
      switch type {
      case 1: continue
      case 2, 3:
        let code: Int32 = payload.number(at: 0)
        isWhole = payload.count >= 4 ? code == 0 : type == 3 && payload.isEmpty
        return false
      case 4: return false
      default:
        messages.append(PlainMessage(type: type, payload: payload))
        // NLM_F_MULTI
        if endsAtSingleMessage, flags & 2 == 0 {
          isWhole = true
          return false
        }
      }
    }
    return true
  }
}

/// Which of a batch's requests were acknowledged, read without the library.
struct BatchReading {
  /// In the order of those that were sent.
  var successes: [Bool] { results.map { $0 == true } }
  private var results: [Bool?] = []

  init(_ exchange: Ledger.Exchange?) {
    results = [Bool?](repeating: nil, count: Question.batchSize - 1)
    guard let exchange else { return }
    for piece in exchange.pieces {
      guard case .datagram(let bytes, let sender, let isWhole) = piece else { return }
      guard sender == 0 else { continue }
      guard isWhole, read(bytes, exchange) else { return }
    }
  }

  /// Reads a datagram; says whether it could be read and more is to come.
  private mutating func read(_ bytes: [UInt8], _ exchange: Ledger.Exchange) -> Bool {
    var position = 0
    while position < bytes.count {
      let length = Int(bytes.number(at: position) as UInt32)
      guard length >= 16, position + length <= bytes.count else { return false }
      defer { position += (length + 3) & ~3 }
      let sequence: UInt32 = bytes.number(at: position + 8)
      let number = Target.sequences(of: exchange.request).firstIndex(of: sequence)
      guard let number, number < results.count, bytes.number(at: position + 12) as UInt32 == exchange.portID
      else {
        continue
      }
      let type: UInt16 = bytes.number(at: position + 4)
      let payload = bytes[(position + 16)..<(position + length)]
      let code: Int32 = Array(payload).number(at: 0)
      switch type {
      case 2 where payload.count < 4, 3 where 1..<4 ~= payload.count: return false
      case 2, 3: results[number] = results[number] ?? (code == 0)
      case 4: results[number] = results[number] ?? false
      default: continue
      }
    }
    return results.contains(nil)
  }
}
