@testable import Netlink

extension Target {
  /// The messages of a datagram, read as every kind of object.
  static let messages = Target(
    name: "messages", shape: .datagram,
    seeds: { Golden.all.flatMap { $0.answers.flatMap { pieces(of: $0) } + [$0.request] } }
  ) { input in
    var cursor = MessageCursor(WireReader(input.rawSpan))
    var steps = 0
    do throws(WireError) {
      while let message = try cursor.next() {
        steps += 1
        hold(
          message.payload.offset + message.payload.count <= input.count, "a message lies within its datagram")
        hold(steps <= input.count / MessageHeader.size, "each message takes its header at least")
        readAsEverything(message, within: input.count)
      }
    } catch {
      holdOffset(error, within: input.count)
    }
  }

  private static func readAsEverything(_ message: borrowing NetlinkMessage, within size: Int) {
    if let link = read(message, within: size, { (message) throws(WireError) in try Link(message) }) {
      holdKept(link.otherAttributes, of: message)
      holdKept(link.kindAttributes, of: message)
      if let kind = link.details?.kind { holdMakeable(kind) }
    }
    if let object = read(message, within: size, { (message) throws(WireError) in try NextHopObject(message) })
    {
      holdKept(object.otherAttributes, of: message)
      hold(object.members.count <= message.payload.count / 8, "each member takes eight bytes")
    }
    if let family = read(message, within: size, { (message) throws(WireError) in try GenericFamily(message) })
    {
      hold(family.operations.count + family.groups.count <= message.payload.count / 4, "each has its header")
      hold(family.id >= 16 && family.headerSize <= message.payload.count + 4096, "a family can be asked")
      _ = read(message, within: size) { (message) throws(WireError) in try family.message(message)?.command }
    }
    if let address = readAndSend(
      message, within: size, { (message) throws(WireError) in try Address(message) })
    {
      holdKept(address.otherAttributes, of: message)
    }
    if let route = readAndSend(message, within: size, { (message) throws(WireError) in try Route(message) }) {
      holdKept(route.otherAttributes, of: message)
      hold(route.nextHops.count <= message.payload.count / 8, "each next hop takes eight bytes")
    }
    if let rule = readAndSend(
      message, within: size, { (message) throws(WireError) in try RoutingRule(message) })
    {
      holdKept(rule.otherAttributes, of: message)
    }
    if let neighbour = readAndSend(
      message, within: size, { (message) throws(WireError) in try Neighbour(message) })
    {
      holdKept(neighbour.otherAttributes, of: message)
    }
  }

  /// What is known of an interface of a kind can be asked for in a new one: of that, the same is known.
  private static func holdMakeable(_ kind: NewLinkKind) {
    // Of which nothing is known nothing is sent: it reads as an interface without details.
    guard !kind.data.payload.isEmpty else { return }
    let request = NewLink("new", kind).request
    guard let message = try? request.encoded(adding: [], sequence: 1) else { return }
    let again = try? readFirst(message) { (message) throws(WireError) in try Link(message) }
    let sent = again?.details?.kind.map { NewLink("new", $0).request }
    hold(sent == request, "\(kind) is made as \(String(describing: again?.details))")
  }

  /// Reads a message, and sends what was read.
  private static func readAndSend<Object: ChangeableObject & Hashable>(
    _ message: borrowing NetlinkMessage, within size: Int,
    _ parse: (borrowing NetlinkMessage) throws(WireError) -> Object?
  ) -> Object? {
    guard let object = read(message, within: size, parse) else { return nil }
    holdSendable(object, parse)
    return object
  }

  /// The messages of a datagram, one by one: small inputs are changed faster.
  static func pieces(of datagram: [UInt8]) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = datagram[...]
    while rest.count >= MessageHeader.size {
      let length: UInt32 = Array(rest.prefix(4)).number(at: 0)
      let size = max(MessageHeader.size, aligned(Int(length), to: MessageHeader.alignment))
      pieces.append(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return pieces
  }

  /// The sequence numbers of its messages.
  static func sequences(of datagram: [UInt8]) -> [UInt32] {
    pieces(of: datagram).map { $0.number(at: 8) }
  }

  /// Reads a message twice: the result is a function of the bytes.
  private static func read<Object: Hashable>(
    _ message: borrowing NetlinkMessage, within size: Int,
    _ parse: (borrowing NetlinkMessage) throws(WireError) -> Object?
  ) -> Object? {
    do throws(WireError) {
      let object = try parse(message)
      hold(try parse(message) == object, "one message gives one object")
      return object
    } catch {
      holdOffset(error, within: size)
      return nil
    }
  }

  /// What is kept of a message is no more than the message, and can be walked again.
  private static func holdKept(_ kept: RawAttributes, of message: borrowing NetlinkMessage) {
    hold(kept.bytes.count <= message.payload.count + 3, "no more is kept than came")
    holdRoundTrip(kept)
  }

  /// An error says where in the datagram it is, or that something is missing at its end.
  static func holdOffset(_ error: WireError, within size: Int) {
    hold((0...size).contains(error.offset), "\(error) in \(size) bytes")
    holdOneLine(error.description)
  }

  /// Kept attributes are the same after another walk over them.
  static func holdRoundTrip(_ kept: RawAttributes) {
    var again = RawAttributes()
    kept.forEach { again.append($0) }
    hold(again == kept, "kept attributes survive being copied")
    hold(kept.types.count <= kept.bytes.count / NetlinkAttribute.headerSize, "each attribute has its header")
  }
}
