/// What was sent to the kernel in one datagram, and what was received until the next was sent.
public struct RecordedExchange: Sendable, Hashable {
  /// The request as it was sent, with the socket's port in the header of each message: it tells which
  /// answers were meant for the request. (The kernel doesn't look at the port of a request.)
  public var request: [UInt8]
  /// The kernel's datagrams in their order, each whole. Those of other programs are left out.
  public var datagrams: [[UInt8]]

  /// Makes an exchange.
  public init(request: [UInt8], datagrams: [[UInt8]]) {
    self.request = request
    self.datagrams = datagrams
  }
}

extension RecordedExchange {
  /// What makes a request the one that it is, apart from when and from which socket it was sent: the bytes with
  /// the sequence number and the port of each message set to 0. Bytes that aren't messages stay as they are.
  static func identity(of request: [UInt8]) -> [UInt8] {
    var identity = request
    for position in messages(in: request) {
      identity.replace(UInt32(0), at: position + MessageHeader.sequencePosition)
      identity.replace(UInt32(0), at: position + MessageHeader.portPosition)
    }
    return identity
  }

  /// The datagrams as if they had answered the same request, sent with other sequence numbers from another port.
  func answers(to other: [UInt8], portID: UInt32) -> [[UInt8]] {
    var sequences: [Recipient: UInt32] = [:]
    for (old, new) in zip(Self.messages(in: request), Self.messages(in: other)) {
      sequences[Recipient(request, at: old)] = Recipient(other, at: new).sequence
    }
    return datagrams.map { datagram in
      var datagram = datagram
      for position in Self.messages(in: datagram) {
        let recipient = Recipient(datagram, at: position)
        guard let sequence = sequences[recipient] else {
          // What was meant for others stays meant for others, also where they have this port's number.
          if recipient.portID == portID {
            datagram.replace(portID &+ 1, at: position + MessageHeader.portPosition)
          }
          continue
        }
        datagram.replace(sequence, at: position + MessageHeader.sequencePosition)
        datagram.replace(portID, at: position + MessageHeader.portPosition)
      }
      return datagram
    }
  }

  /// How much of an answer an exchange holds.
  enum Soundness: Comparable {
    /// The kernel says that what it listed changed meanwhile, or that it dropped something.
    case broken
    /// All up to a point: the end wasn't received, as after an early stop.
    case partial
    /// All, to the end.
    case whole
  }

  /// How much of an answer there is.
  var soundness: Soundness {
    guard let last = Self.messages(in: request).last else { return .partial }
    let recipient = Recipient(request, at: last)
    var soundness = Soundness.partial
    for datagram in datagrams {
      for position in Self.messages(in: datagram) where Recipient(datagram, at: position) == recipient {
        let type = datagram.rawSpan.load(UInt16.self, at: position + MessageHeader.typePosition)
        let bits = datagram.rawSpan.load(UInt16.self, at: position + MessageHeader.flagsPosition)
        let flags = MessageFlags(rawValue: bits)
        if flags.contains(.dumpInterrupted) { return .broken }
        switch ControlType(rawValue: type) {
        // What comes after the end isn't read.
        case .done, .error: return .whole
        case .overrun: return .broken
        case .noOperation: break
        case nil: if !flags.contains(.multi) { soundness = .whole }
        }
      }
    }
    return soundness
  }

  /// Whom a message is for, or whom a request is from.
  private struct Recipient: Hashable {
    let sequence: UInt32
    let portID: UInt32

    /// Reads the header at a position that ``messages(in:)`` gave.
    init(_ bytes: [UInt8], at position: Int) {
      sequence = bytes.rawSpan.load(UInt32.self, at: position + MessageHeader.sequencePosition)
      portID = bytes.rawSpan.load(UInt32.self, at: position + MessageHeader.portPosition)
    }
  }

  /// Where the messages of a datagram begin, up to the first that is malformed.
  static func messages(in datagram: [UInt8]) -> [Int] {
    var positions: [Int] = []
    var cursor = MessageCursor(WireReader(datagram.rawSpan))
    while let message = try? cursor.next() {
      positions.append(message.payload.offset - MessageHeader.size)
    }
    return positions
  }
}
