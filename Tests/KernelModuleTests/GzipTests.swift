import Foundation
import Testing

@testable import KernelModule

/// Unpacking against what gzip(1) packs.
struct GzipTests {
  private static func packed(_ content: [UInt8], _ options: [String]) throws -> [UInt8] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gzip-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "symvers")
    try Data(content).write(to: file)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/gzip")
    process.arguments = options + [file.path]
    try process.run()
    process.waitUntilExit()
    return Array(try Data(contentsOf: file.appendingPathExtension("gz")))
  }

  /// Lines as a list of symbols has them: much repeats, some doesn't.
  private static func list(_ count: Int, _ random: inout some RandomNumberGenerator) -> [UInt8] {
    (0..<count).flatMap { number in
      Array(
        "0x\(String(UInt32.random(in: .min ... .max, using: &random), radix: 16))\tsymbol_\(number % 700)\tvmlinux\tEXPORT_SYMBOL_GPL\n"
          .utf8)
    }
  }

  @Test(arguments: [["-9"], ["-1"], ["-6", "-n"]]) func unpacksWhatGzipPacks(options: [String]) throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = Seeded(seed)
    for content in [
      [], [7], Array(repeating: 0, count: 100_000), Self.list(3000, &random),
      (0..<70_000).map { _ in UInt8.random(in: .min ... .max, using: &random) },
    ] as [[UInt8]] {
      let packed = try Self.packed(content, options)
      let isWhole = Gzip.unpacked(packed, limit: 1 << 20) == content
      #expect(isWhole, "seed \(seed)")
      if !content.isEmpty { #expect(Gzip.unpacked(packed, limit: content.count - 1) == nil) }
    }
  }

  /// Cut anywhere: nothing comes of it. With any byte changed: nothing else comes of it (some bits mean nothing).
  @Test func takesNothingThatIsDamaged() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = Seeded(seed)
    let content = Self.list(200, &random)
    let packed = try Self.packed(content, ["-9", "-n"])
    for count in 0..<packed.count {
      #expect(Gzip.unpacked(Array(packed.prefix(count)), limit: 1 << 20) == nil)
    }
    #expect(Gzip.unpacked(packed + [0], limit: 1 << 20) == nil)
    var refused = 0
    for index in packed.indices {
      var damaged = packed
      damaged[index] ^= UInt8.random(in: 1...255, using: &random)
      let found = Gzip.unpacked(damaged, limit: 1 << 20)
      if found == nil { refused += 1 }
      #expect((found == nil || found == content) == true, "byte \(index), seed \(seed)")
    }
    // Bytes 4 to 9 tell a time and a system, which nobody checks.
    #expect(refused >= packed.count - 9, "seed \(seed)")
  }

  /// Headers with everything that they may hold (RFC 1952).
  @Test func passesOverWhatAHeaderHolds() throws {
    let packed = try Self.packed(Array("content".utf8), ["-n"])
    let header: [UInt8] = [0x1f, 0x8b, 8, 0x1e] + packed[4..<10]
    let extra: [UInt8] = [3, 0, 1, 2, 3] + Array("name\0comment\0".utf8) + [9, 9]
    #expect(Gzip.unpacked(header + extra + packed[10...], limit: 100) == Array("content".utf8))
    #expect(Gzip.unpacked([0x1f, 0x8b, 8, 0x20] + packed[4...], limit: 100) == nil)
    #expect(Gzip.unpacked([0x1f, 0x8b, 8, 0x04] + packed[4..<10] + [0xff, 0xff], limit: 100) == nil)
  }
}

/// Numbers that a seed repeats (SplitMix64).
private struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}
