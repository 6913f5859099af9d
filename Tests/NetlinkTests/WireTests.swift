import Testing

@testable import Netlink

@Suite("Wire format")
struct WireTests {
  /// Types of the messages up to the end or the error.
  private func messages(_ bytes: [UInt8]) -> (types: [UInt16], error: WireError?) {
    var cursor = MessageCursor(WireReader(bytes.rawSpan))
    var types: [UInt16] = []
    do throws(WireError) {
      while let message = try cursor.next() { types.append(message.header.type) }
      return (types, nil)
    } catch {
      return (types, error)
    }
  }

  /// Types and payloads of the attributes up to the end or the error.
  private func attributes(_ bytes: [UInt8]) -> (found: [[UInt8]], types: [UInt16], error: WireError?) {
    var cursor = AttributeCursor(WireReader(bytes.rawSpan, offset: 100))
    var found: [[UInt8]] = []
    var types: [UInt16] = []
    do throws(WireError) {
      while let attribute = try cursor.next() {
        types.append(attribute.type)
        found.append(attribute.payload.bytes.array())
      }
      return (found, types, nil)
    } catch {
      return (found, types, error)
    }
  }

  private func message(_ type: UInt16, length: UInt32? = nil, payload: [UInt8] = []) -> [UInt8] {
    little(length ?? UInt32(16 + payload.count)) + little(type) + little(UInt16(0)) + little(UInt32(1))
      + little(UInt32(2)) + payload
  }

  @Test("Messages follow one another, aligned to four bytes")
  func aligned() {
    let bytes = padded(message(20, payload: [1, 2, 3])) + message(21) + message(22, payload: [9])
    #expect(messages(bytes) == ([20, 21, 22], nil))
    #expect(messages([]) == ([], nil))
  }

  @Test(
    "Hostile message lengths end in an error with the offset",
    arguments: [
      (0, .lengthTooSmall(0)), (1, .lengthTooSmall(1)), (15, .lengthTooSmall(15)),
      (17, .lengthTooLarge(17, available: 16)), (0xffff_ffff, .lengthTooLarge(0xffff_ffff, available: 16)),
      (0x8000_0000, .lengthTooLarge(0x8000_0000, available: 16)),
      (0xffff_fffd, .lengthTooLarge(0xffff_fffd, available: 16)),
    ] as [(UInt32, WireError.Reason)])
  func messageLength(length: UInt32, reason: WireError.Reason) {
    let bytes = message(20) + message(21, length: length)
    #expect(messages(bytes) == ([20], WireError(offset: 16, reason: reason)))
  }

  @Test("Fewer bytes than a header is an error", arguments: 1..<16)
  func shortHeader(count: Int) {
    let cut = Array(message(21).prefix(count))
    let error = WireError(offset: 16, reason: .truncated(needed: 16, available: count))
    #expect(messages(message(20) + cut) == ([20], error))
  }

  @Test("A message that says more than was captured is refused where it begins")
  func partialCapture() {
    // Answer of kernel 6.1.0-56 (Debian) to "ip link add name vhost0 … type vhost", of which only the first
    // 16 of 36 bytes were recorded.
    let bytes = bytes(hex: "24000000020000012842036b95000000")
    #expect(
      messages(bytes) == ([], WireError(offset: 0, reason: .lengthTooLarge(36, available: 16))))
  }

  @Test("Attributes follow one another, aligned to four bytes; the last padding may be missing")
  func attributes() {
    let bytes = attribute(1, [1]) + attribute(2, []) + attribute(3, [1, 2, 3, 4]) + [6, 0, 4, 0, 7, 8]
    let (found, types, error) = attributes(bytes)
    #expect(types == [1, 2, 3, 4])
    #expect(found == [[1], [], [1, 2, 3, 4], [7, 8]])
    #expect(error == nil)
  }

  @Test("One to three bytes after the last attribute are padding", arguments: 0...3)
  func trailing(count: Int) {
    let (_, types, error) = attributes(attribute(1, []) + [UInt8](repeating: 0xff, count: count))
    #expect(types == [1])
    #expect(error == nil)
  }

  @Test(
    "Hostile attribute lengths end in an error with the offset",
    arguments: [
      (0, .lengthTooSmall(0)), (3, .lengthTooSmall(3)), (9, .lengthTooLarge(9, available: 8)),
      (0xffff, .lengthTooLarge(0xffff, available: 8)), (0xfffd, .lengthTooLarge(0xfffd, available: 8)),
    ] as [(UInt16, WireError.Reason)])
  func attributeLength(length: UInt16, reason: WireError.Reason) {
    let bytes = attribute(1, [1, 2]) + little(length) + little(UInt16(2)) + [0, 0, 0, 0]
    let (_, types, error) = attributes(bytes)
    #expect(types == [1])
    #expect(error == WireError(offset: 108, reason: reason))
  }

  @Test("Flag bits aren't part of the type")
  func flags() throws {
    let bytes = attribute(0x8000 | 18, attribute(0x4000 | 1, [1, 2]))
    var cursor = AttributeCursor(WireReader(bytes.rawSpan))
    guard let outer = try cursor.next() else {
      Issue.record("no attribute")
      return
    }
    #expect(outer.type == 18 && outer.isMarkedNested && !outer.isNetworkByteOrder)
    var nested = outer.nested
    guard let inner = try nested.next() else {
      Issue.record("no nested attribute")
      return
    }
    #expect(inner.type == 1 && !inner.isMarkedNested && inner.isNetworkByteOrder)
    #expect(inner.payload.offset == 8)
  }

  @Test("Nesting without end costs no more than its bytes")
  func deepNesting() throws {
    var bytes: [UInt8] = []
    while bytes.count < 0xfff0 { bytes = attribute(1, bytes) }
    func depth(_ cursor: consuming AttributeCursor) throws -> Int {
      guard let attribute = try cursor.next() else { return 0 }
      return 1 + (attribute.payload.count > 0xff00 ? try depth(attribute.nested) : 0)
    }
    #expect(try depth(AttributeCursor(WireReader(bytes.rawSpan))) > 10)
  }

  @Test("Reads beyond the end throw, wherever they begin")
  func bounds() {
    let bytes: [UInt8] = [1, 2, 3, 4, 5]
    for position in [-5, -1, 2, 3, 4, 5, 6, Int.max, Int.min] {
      #expect(throws: WireError.self) { try WireReader(bytes.rawSpan).uint32(at: position) }
    }
    #expect(throws: WireError(offset: 17, reason: .truncated(needed: 4, available: 3))) {
      try WireReader(bytes.rawSpan, offset: 15).uint32(at: 2)
    }
    #expect(throws: WireError.self) { _ = try WireReader(bytes.rawSpan).slice(1, count: 5).count }
    #expect(throws: WireError.self) { _ = try WireReader(bytes.rawSpan).slice(1, count: -1).count }
    #expect(throws: WireError.self) { _ = try WireReader(bytes.rawSpan).slice(1, count: .max).count }
    #expect(throws: WireError.self) { _ = try WireReader(bytes.rawSpan).suffix(from: 6).count }
  }

  @Test("Values of the wrong size throw", arguments: [0, 1, 2, 3, 4, 5, 8, 15, 16, 17])
  func sizes(count: Int) {
    let bytes = [UInt8](repeating: 7, count: count)
    func succeeds(_ body: () throws -> Void) -> Bool { (try? body()) != nil }
    #expect(succeeds { _ = try WireReader(bytes.rawSpan).uint8() } == (count == 1))
    #expect(succeeds { _ = try WireReader(bytes.rawSpan).uint16() } == (count == 2))
    #expect(succeeds { _ = try WireReader(bytes.rawSpan).uint32() } == (count == 4))
    #expect(succeeds { _ = try WireReader(bytes.rawSpan).address(.ipv4) } == (count == 4))
    #expect(succeeds { _ = try WireReader(bytes.rawSpan).address(.ipv6) } == (count == 16))
    #expect((WireReader(bytes.rawSpan).macAddress() != nil) == (count == 6))
  }

  @Test(
    "Text ends at the first NUL or at the end, and is never a failure",
    arguments: [
      ([], ""), ([0], ""), ([0x61, 0], "a"), ([0x61], "a"), ([0x61, 0, 0x62], "a"),
      ([0xff, 0x61], "\u{fffd}a"),
    ] as [([UInt8], String)])
  func text(bytes: [UInt8], expected: String) {
    #expect(WireReader(bytes.rawSpan).text() == expected)
  }
}
