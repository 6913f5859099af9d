import Testing

@testable import VRouter

/// Bytes that no kernel should send.
struct MalformedMessageTests {
  /// A message "m" with fields, given as hex.
  private static func message(_ fields: String) -> [UInt8] {
    [0, 0, 0, 1, UInt8(ascii: "m")] + Capture.bytes(fields.filter { $0 != " " })
  }

  static let refused: [(String, [UInt8], SandeshError)] = [
    ("no room for a length", [0, 0, 0], .init(offset: 0, .truncated(needed: 4, available: 3))),
    (
      "a name longer than all", [0, 0, 0, 9, 65],
      .init(offset: 4, .truncated(needed: 9, available: 1))
    ),
    (
      "a name of 4 GiB", [255, 255, 255, 255, 65],
      .init(offset: 4, .truncated(needed: 0xffff_ffff, available: 1))
    ),
    ("no end of the fields", message(""), .init(offset: 5, .truncated(needed: 1, available: 0))),
    ("half a number", message("08 00"), .init(offset: 6, .truncated(needed: 2, available: 1))),
    ("half a value", message("08 0001 0000"), .init(offset: 8, .truncated(needed: 4, available: 2))),
    ("an unknown type", message("63 0001 00"), .init(offset: 8, .unknownType(0x63))),
    (
      "a text longer than all", message("0b 0001 00000005 4142"),
      .init(offset: 12, .truncated(needed: 5, available: 2))
    ),
    (
      "a list of 2^32-1 numbers", message("0f 0001 0a ffffffff 00"),
      .init(offset: 13, .truncated(needed: 0xffff_ffff * 8, available: 1))
    ),
    (
      "a list of 2^32-1 texts", message("0f 0001 0b ffffffff 00000000 00"),
      .init(offset: 17, .truncated(needed: 4, available: 1))
    ),
    (
      "a list of an unknown type", message("0f 0001 63 00000001 00 00"),
      .init(offset: 13, .unknownType(0x63))
    ),
    (
      "structures without end",
      message(String(repeating: "0c0001", count: 20)), .init(offset: 5 + 9 * 3, .tooDeep)
    ),
    (
      "lists without end",
      message("0f0001" + String(repeating: "0f00000001", count: 20)), .init(offset: 8 + 8 * 5, .tooDeep)
    ),
    (
      "something behind the first", message("00") + [1],
      .init(offset: 6, .truncated(needed: 4, available: 1))
    ),
  ]

  @Test(arguments: refused) func isRefused(_ name: String, _ bytes: [UInt8], _ expected: SandeshError) {
    let error = #expect(throws: SandeshError.self, "\(name)") { try SandeshMessage.decode(bytes) }
    #expect(error == expected, "\(name): \(String(describing: error))")
  }

  /// Cut off anywhere, a message is refused: it is never taken for a shorter one.
  @Test func eachPrefixIsRefused() throws {
    let whole = try Capture("get").datagrams[1].payload
    let messages = try SandeshMessage.decode(whole)
    let ends = [0, messages[0].bytes.count, whole.count]
    for end in 0...whole.count {
      let prefix = Array(whole[..<end])
      if ends.contains(end) {
        #expect(try SandeshMessage.decode(prefix).map(\.bytes).flatMap(\.self) == prefix)
      } else {
        #expect(throws: SandeshError.self, "\(end)") { try SandeshMessage.decode(prefix) }
      }
    }
  }

  /// As the kernel does: what isn't known, or is of another type, is passed over; of two the last holds.
  @Test func whatDoesntFitIsPassedOver() throws {
    func read(_ fields: String) throws -> VRouterResponse {
      let name = Array(VRouterResponse.name.utf8)
      let bytes = [0, 0, 0, UInt8(name.count)] + name + Capture.bytes(fields.filter { $0 != " " })
      return try #require(VRouterResponse(try SandeshMessage.decode(bytes)[0]))
    }
    #expect(try read("00") == VRouterResponse())
    #expect(try read("08 0002 fffffffe 00").code == -2)
    // i64 where i32 belongs.
    #expect(try read("0a 0002 0000000000000007 00").code == 0)
    #expect(try read("08 0002 00000001 08 0002 00000003 00").code == 3)
    #expect(try read("08 ffff 00000001 0f 0063 0c 00000002 00 00 08 0002 00000005 00").code == 5)
    #expect(VRouterInterface(try SandeshMessage.decode(VRouterResponse().encoded)[0]) == nil)
  }

  /// Elements of another type than the field's are no list of it: read as such, they would be other numbers.
  @Test func aListOfAnotherTypeIsNone() throws {
    let message = try SandeshMessage.decode(
      Self.message("0f 0001 03 00000004 00000001 0f 0002 0a 00000000 00"))[0]
    #expect(message.list(1, of: Int32.self) == nil)
    #expect(message.list(1, of: UInt8.self) == [0, 0, 0, 1])
    // One of nothing may call it what it likes.
    #expect(message.list(2, of: Int32.self) == [])
    #expect(message.list(3, of: Int32.self) == nil)
    #expect(message.number(1, as: Int32.self) == nil && message.text(1) == nil)
  }

  /// Flipped bits and random lengths end in an error or in a message that is written again as it was.
  @Test(arguments: [1, 2, 3] as [UInt64]) func noiseNeverTraps(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let payloads = try Capture.byTools.flatMap { try Capture($0).datagrams.map(\.payload) }
    for _ in 0..<300 {
      guard var bytes = payloads.randomElement(using: &random) else { return }
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: .min ... .max, using: &random)
      }
      guard let messages = try? SandeshMessage.decode(bytes) else { continue }
      #expect(messages.flatMap(\.bytes) == bytes, "seed \(seed)")
      for message in messages {
        for type in GoldenMessageTests.types { _ = type.init(message)?.encoded }
      }
    }
  }
}

/// Random numbers that a seed tells (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
