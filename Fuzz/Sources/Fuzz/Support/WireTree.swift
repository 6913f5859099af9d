/// Messages and attributes as a tree, so that what is changed inside keeps lengths that lead there. Bytes that don't
/// follow the format stay bytes.
struct WireTree {
  /// The header that a part begins with.
  enum Kind {
    case message
    case attribute
  }

  /// A message or an attribute.
  struct Part {
    var kind: Kind
    /// The header but for its length: type, and a message's flags, sequence number and port.
    var header: [UInt8]
    var content: Content
    /// Added to the length that is right, to make it wrong.
    var error = 0
  }

  /// What follows a header.
  struct Content {
    /// A fixed header, or everything where there are no parts.
    var bytes: [UInt8]
    var parts: [Part] = []
  }

  var content: Content

  /// Reads what an input is made of.
  init(_ input: [UInt8], as kind: Kind) {
    content = Self.read(input[...], as: kind, depth: 0)
  }

  /// The tree as an input.
  var bytes: [UInt8] { Self.write(content) }

  private static func read(_ bytes: ArraySlice<UInt8>, as kind: Kind, depth: Int) -> Content {
    var parts: [Part] = []
    var rest = bytes
    let header = kind == .message ? 16 : 4
    while rest.count >= header {
      let length =
        kind == .message
        ? Int(little(rest, 0)) | Int(little(rest, 2)) << 16 : Int(little(rest, 0))
      guard length >= header, length <= rest.count else { return Content(bytes: Array(bytes)) }
      let part = rest.prefix(length)
      let fields = Array(part.prefix(header).dropFirst(kind == .message ? 4 : 2))
      let payload = part.dropFirst(header)
      var content = Content(bytes: Array(payload))
      if kind == .message {
        let fixed = fixedHeaderSize(type: little(part, 4))
        if payload.count >= fixed {
          content = read(payload.dropFirst(fixed), as: .attribute, depth: depth + 1)
          // Attributes of a message stand behind its fixed header.
          content =
            content.parts.isEmpty
            ? Content(bytes: Array(payload))
            : Content(bytes: Array(payload.prefix(fixed)), parts: content.parts)
        }
      } else if depth < 8, payload.count >= 4 {
        content = read(payload, as: .attribute, depth: depth + 1)
      }
      parts.append(Part(kind: kind, header: fields, content: content))
      rest = rest.dropFirst((length + 3) & ~3)
    }
    // A rest that is too short for a header is padding.
    return parts.isEmpty ? Content(bytes: Array(bytes)) : Content(bytes: [], parts: parts)
  }

  private static func write(_ content: Content) -> [UInt8] {
    content.parts.reduce(into: content.bytes) { bytes, part in
      let payload = write(part.content)
      let length = 2 + (part.kind == .message ? 2 : 0) + part.header.count + payload.count + part.error
      bytes += [UInt8(truncatingIfNeeded: length), UInt8(truncatingIfNeeded: length >> 8)]
      if part.kind == .message {
        bytes += [UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 24)]
      }
      bytes += part.header + payload
      bytes += [UInt8](repeating: 0, count: -bytes.count & 3)
    }
  }

  private static func little(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> UInt16 {
    UInt16(bytes[bytes.startIndex + offset]) | UInt16(bytes[bytes.startIndex + offset + 1]) << 8
  }

  /// Size of what stands between a message's header and its attributes.
  private static func fixedHeaderSize(type: UInt16) -> Int {
    switch type {
    // Links: struct ifinfomsg. DONE: the errno.
    case 16...19: 16
    case 3: 4
    // Addresses: struct ifaddrmsg. Nexthop objects: struct nhmsg.
    case 20...23, 104...107: 8
    // Routes and rules: struct rtmsg. Neighbours: struct ndmsg.
    case 24...35: 12
    // ERROR: the errno and the header of the request.
    case 2: 20
    // Generic families: struct genlmsghdr.
    default: 4
    }
  }
}

extension WireTree.Content {
  /// How many parts there are, at every depth.
  var count: Int { parts.reduce(0) { $0 + 1 + $1.content.count } }

  /// Calls `body` with the part of a number, counted from the outside in, and the parts beside it.
  mutating func change(_ number: Int, _ body: (inout [WireTree.Part], Int) -> Void) {
    var left = number
    for index in parts.indices {
      if left == 0 {
        body(&parts, index)
        return
      }
      left -= 1
      let inside = parts[index].content.count
      if left < inside {
        parts[index].content.change(left, body)
        return
      }
      left -= inside
    }
  }

  /// The part of a number.
  func part(_ number: Int) -> WireTree.Part? {
    var found: WireTree.Part?
    var copy = self
    copy.change(number) { found = $0[$1] }
    return found
  }
}
