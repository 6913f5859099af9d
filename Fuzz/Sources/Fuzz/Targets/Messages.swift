@testable import Netlink

extension Target {
  /// The messages of a datagram, read as every kind of object.
  static let messages = Target(
    name: "messages", shape: .datagram, seeds: { Golden.all.flatMap { $0.answers + [$0.request] } }
  ) { input in
    var cursor = MessageCursor(WireReader(input.rawSpan))
    var steps = 0
    do throws(WireError) {
      while let message = try cursor.next() {
        steps += 1
        hold(message.payload.offset + message.payload.count <= input.count, "a message lies within its datagram")
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
    }
    if let address = read(message, within: size, { (message) throws(WireError) in try Address(message) }) {
      holdKept(address.otherAttributes, of: message)
    }
    if let route = read(message, within: size, { (message) throws(WireError) in try Route(message) }) {
      holdKept(route.otherAttributes, of: message)
    }
    if let rule = read(message, within: size, { (message) throws(WireError) in try RoutingRule(message) }) {
      holdKept(rule.otherAttributes, of: message)
    }
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

  /// An error says where in the datagram it is: within it, or at a fixed header that is missing at its end.
  static func holdOffset(_ error: WireError, within size: Int) {
    hold((0...size + 64).contains(error.offset), "\(error) in \(size) bytes")
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
