@testable import Netlink

extension Target {
  /// Attributes: the cursor, all values, what is kept, what is nested.
  static let attributes = Target(
    name: "attributes", shape: .attributes,
    seeds: {
      // What follows the fixed headers, 8 to 16 bytes long.
      Golden.all.flatMap { exchange in
        exchange.answers.flatMap { answer in
          Self.pieces(of: answer).flatMap { message in [8, 12, 16].map { Array(message.dropFirst(16 + $0)) } }
        }
      }
    }
  ) { input in
    var budget = min(input.count, 100)
    walk(AttributeCursor(WireReader(input.rawSpan)), within: input.count, depth: 0, budget: &budget)
    rebuild(input)
    // No golden capture has them: they take a card with virtual functions.
    if let functions = try? VirtualFunction.list(AttributeCursor(WireReader(input.rawSpan))) {
      hold(functions.count <= input.count / NetlinkAttribute.headerSize, "each function has its header")
    }
  }

  /// Each level of nesting takes four bytes, so that the depth is bounded by the size, and so is the recursion here;
  /// the library itself goes no deeper than the types that it knows.
  private static func walk(
    _ cursor: consuming AttributeCursor, within size: Int, depth: Int, budget: inout Int
  ) {
    hold(depth <= size / NetlinkAttribute.headerSize, "nesting is bounded by the size")
    do throws(WireError) {
      while let attribute = try cursor.next() {
        let payload = attribute.payload
        hold(payload.offset + payload.count <= size, "an attribute lies within its datagram")
        budget -= 1
        // Everything is tried as attributes, so that bytes are walked once for each level that they lie in.
        guard budget > 0 else { return }
        readValues(payload)
        walk(attribute.nested, within: size, depth: depth + 1, budget: &budget)
      }
    } catch {
      Self.holdOffset(error, within: size)
    }
  }

  private static func readValues(_ payload: WireReader) {
    hold((try? payload.uint8()) == nil || payload.count == 1, "a byte is a byte")
    hold((try? payload.uint16()) == nil || payload.count == 2, "16 bits are 16 bits")
    hold((try? payload.uint32()) == nil || payload.count == 4, "32 bits are 32 bits")
    hold((try? payload.address(.ipv4)) == nil || payload.count == 4, "an IPv4 address has 4 bytes")
    hold((try? payload.address(.ipv6)) == nil || payload.count == 16, "an IPv6 address has 16 bytes")
    _ = try? payload.interfaceIndex()
    if let address = payload.macAddress() {
      hold(MACAddress("\(address)") == address, "\(address) reads back")
    }
    if let address = try? payload.address(.ipv4) {
      hold(IPAddress("\(address)") == address, "\(address) reads back")
    }
    if let address = try? payload.address(.ipv6) {
      hold(IPAddress("\(address)") == address, "\(address) reads back")
    }
    let text = payload.text()
    // What isn't UTF-8 becomes U+FFFD, which takes three bytes.
    hold(text.utf8.count <= 3 * payload.count && !text.utf8.contains(0), "text ends at its NUL")
    holdOneLine(text.printable)
  }

  /// What is kept, and what a request is built of, are the attributes that were read.
  private static func rebuild(_ input: [UInt8]) {
    var kept = RawAttributes()
    var request = NetlinkRequest("rebuild attributes", type: 16)
    var count = 0
    var cursor = AttributeCursor(WireReader(input.rawSpan))
    while let attribute = try? cursor.next() {
      kept.append(attribute)
      let flags =
        (attribute.isMarkedNested ? NetlinkAttribute.nestedFlag : 0)
        | (attribute.isNetworkByteOrder ? NetlinkAttribute.networkByteOrderFlag : 0)
      request.append(attribute: attribute.type | flags, bytes: attribute.payload.bytes.array())
      count += 1
    }
    hold(kept.types.count == count, "everything is kept")
    hold(kept.bytes.count <= input.count + 3, "no more is kept than came")
    hold(request.problem == nil && request.payload == kept.bytes, "what was read can be sent again")
    Self.holdRoundTrip(kept)
    holdOneLine(kept.description)
  }
}
