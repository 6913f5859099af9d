@testable import Netlink

extension Target {
  /// Whole exchanges of a session with a kernel that follows a script: several parts, cut ones, wrong senders and
  /// sequence numbers, overruns. What a session returns is compared with what a plain reading of the same
  /// datagrams says.
  static let dumps = Target(
    name: "dumps", shape: .script,
    seeds: {
      Golden.all.flatMap { exchange in
        let answers = exchange.answers.map { Script.Record(kind: .answer, bytes: $0) }
        let first = answers.prefix(1)
        let noise = first.flatMap { record in
          [Script.Kind.stranger, .stale, .misdirected].map { Script.Record(kind: $0, bytes: record.bytes) }
        }
        let overrun = [Script.Record(kind: .failure, bytes: [105]), Script.Record(kind: .next, bytes: [])]
        return (0..<UInt8(Operation.allCases.count)).flatMap { operation in
          [answers, noise + answers, first + overrun + answers].map {
            Script(choice: [operation, operation], records: Array($0)).bytes
          }
        }
      }
    }
  ) { input in
    let script = Script(input)
    let ledger = Ledger()
    let attempts = 4
    var netlink = RouteNetlink(
      NetlinkSession(ScriptedKernel(script.records, ledger), timeout: .seconds(3600), attempts: attempts))
    for choice in script.choice {
      Operation.allCases[Int(choice) % Operation.allCases.count].run(&netlink, ledger)
    }
    // Per try: sending, the end of what was left before and of the answer. Everything else is a record.
    hold(
      ledger.calls <= script.records.count + 12 * attempts * script.choice.count,
      "\(ledger.calls) calls for \(script.records.count) records")
    hold(netlink.session.dropped <= script.records.count, "no more is dropped than came")
  }
}

/// Something that is asked of the kernel.
private enum Operation: CaseIterable {
  case rawDump
  case rawRequest
  case acknowledged
  case links
  case addresses
  case routes
  case rules
  case linkByName
  case routeTo
  case entryTo

  func run(_ netlink: inout RouteNetlink, _ ledger: Ledger) {
    do throws(NetlinkError) {
      try attempt(&netlink, ledger)
    } catch {
      holdOneLine("\(error)")
    }
  }

  private func attempt(_ netlink: inout RouteNetlink, _ ledger: Ledger) throws(NetlinkError) {
    switch self {
    case .rawDump:
      let request = NetlinkRequest("dump", type: 18)
      let objects = try netlink.session.dump(request) { (message) throws(WireError) in RawMessage(message) }
      let reading = PlainReading(ledger, endsAtSingleMessage: false)
      hold(reading.isWhole, "a dump that succeeds has its end, without loss or change on the way")
      hold(objects == reading.messages, "a dump returns each message that answers it, once, and nothing else")
    case .rawRequest:
      let request = NetlinkRequest("ask", type: 18)
      let object = try netlink.session.request(request) { (message) throws(WireError) in RawMessage(message) }
      let reading = PlainReading(ledger, endsAtSingleMessage: true)
      hold(reading.isWhole, "an answer has its end, without loss or change on the way")
      hold(object == reading.messages.first, "the answer is the first message that answers")
    case .acknowledged:
      try netlink.session.request(NetlinkRequest("change", type: 16))
      hold(PlainReading(ledger, endsAtSingleMessage: false).isWhole, "what is acknowledged was acknowledged")
    case .links: judge(try netlink.links().count, ledger)
    case .addresses: judge(try netlink.addresses().count, ledger)
    case .routes: judge(try netlink.routes(table: nil).count, ledger)
    case .rules: judge(try netlink.rules().count, ledger)
    case .linkByName: _ = try netlink.link(named: "v0")
    case .routeTo: _ = try netlink.route(to: .v4(.loopback))
    case .entryTo: _ = try netlink.entry(to: .v6(.loopback))
    }
  }

  private func judge(_ count: Int, _ ledger: Ledger) {
    let reading = PlainReading(ledger, endsAtSingleMessage: false)
    hold(reading.isWhole, "a list has its end, without loss or change on the way")
    hold(count <= reading.messages.count, "\(count) objects in \(reading.messages.count) messages")
  }
}

/// A message as it came.
private struct RawMessage: Equatable {
  let type: UInt16
  let payload: [UInt8]

  init(_ message: borrowing NetlinkMessage) {
    type = message.header.type
    payload = message.payload.bytes.array()
  }

  init(type: UInt16, payload: [UInt8]) {
    self.type = type
    self.payload = payload
  }
}

/// What the datagrams since the last request say, read without the library: the rules of netlink(7) once more.
private struct PlainReading {
  /// The messages of data that answer the request.
  private(set) var messages: [RawMessage] = []
  /// The answer came to its end, with success, and nothing was lost or changed before.
  private(set) var isWhole = false

  init(_ ledger: Ledger, endsAtSingleMessage: Bool) {
    for piece in ledger.pieces {
      guard case .datagram(let bytes, let sender, let claimed) = piece else { return }
      guard sender == 0 else { continue }
      guard claimed <= NetlinkSession.bufferSize else { return }
      var position = 0
      while position + 16 <= bytes.count {
        let length = Int(bytes.number(at: position) as UInt32)
        guard length >= 16, position + length <= bytes.count else { return }
        defer { position += (length + 3) & ~3 }
        let isAnswer =
          bytes.number(at: position + 8) as UInt32 == ledger.sequence
          && bytes.number(at: position + 12) as UInt32 == 4711
        guard isAnswer else { continue }
        let type: UInt16 = bytes.number(at: position + 4)
        let flags: UInt16 = bytes.number(at: position + 6)
        // NLM_F_DUMP_INTR
        if flags & 0x10 != 0 { return }
        let payload = Array(bytes[(position + 16)..<(position + length)])
        switch type {
        case 1: continue
        case 2, 3:
          isWhole = (payload.isEmpty && type == 3) || (payload.count >= 4 && payload.number(at: 0) as Int32 == 0)
          return
        case 4: return
        default:
          messages.append(RawMessage(type: type, payload: payload))
          // NLM_F_MULTI
          if endsAtSingleMessage, flags & 2 == 0 {
            isWhole = true
            return
          }
        }
      }
    }
  }
}
