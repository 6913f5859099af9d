/// What a kernel does, written as bytes: two bytes of choice for the target, then records.
///
/// A record is its kind (a byte), a length (16 bits, little-endian) and that many bytes; the last may be shorter.
struct Script {
  /// What a record says.
  enum Kind: UInt8, CaseIterable {
    /// A datagram that answers the request: its messages get the request's sequence number and port.
    case answer
    /// A datagram as it is.
    case datagram
    /// An answer by another program.
    case stranger
    /// An answer to the request before.
    case stale
    /// An answer to another socket.
    case misdirected
    /// An answer and so many zeros that it doesn't fit the buffer; up to 1 MiB by its first byte.
    case cut
    /// No datagram, but the errno in the first byte.
    case failure
    /// What follows answers the next request.
    case next
  }

  struct Record {
    var kind: Kind
    var bytes: [UInt8]
  }

  /// What the target is to do.
  var choice: [UInt8]
  var records: [Record]

  init(choice: [UInt8], records: [Record]) {
    self.choice = choice
    self.records = records
  }

  /// Reads an input. Every input is a script.
  init(_ input: [UInt8]) {
    choice = Array(input.prefix(2))
    choice += [UInt8](repeating: 0, count: 2 - choice.count)
    records = []
    var rest = input.dropFirst(2)
    while let first = rest.popFirst() {
      let kind = Kind.allCases[Int(first) % Kind.allCases.count]
      let length = Int(rest.popFirst() ?? 0) | Int(rest.popFirst() ?? 0) << 8
      records.append(Record(kind: kind, bytes: Array(rest.prefix(length))))
      rest = rest.dropFirst(length)
    }
  }

  /// The script as an input.
  var bytes: [UInt8] {
    records.reduce(into: choice) { bytes, record in
      let length = min(record.bytes.count, 0xffff)
      bytes += [record.kind.rawValue, UInt8(length & 0xff), UInt8(length >> 8)] + record.bytes.prefix(length)
    }
  }
}
