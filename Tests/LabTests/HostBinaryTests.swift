import Foundation
import Testing

/// What the release binaries are made of.
@Suite struct HostBinaryTests {
  private static func program(_ name: String) throws -> ELFFile {
    let path = try #require(Guest.builtPrograms.first { $0.hasSuffix("/" + name) })
    return try ELFFile(path)
  }

  /// A program that names an interpreter or a library can't start where these are missing.
  @Test func theProbeNeedsNothing() throws {
    let probe = try Self.program("vrouter-probe")
    #expect(probe.segments.contains(.load))
    #expect(!probe.segments.contains(.interpreter))
    #expect(!probe.segments.contains(.dynamic))
    #expect(probe.libraries == [])
  }

  /// The reader of these tests does see what a dynamic program needs.
  @Test func theAgentNeedsTheLibrariesThatItIsToldTo() throws {
    let agent = try Self.program("vrouter-node-agent")
    #expect(agent.segments.contains(.interpreter))
    let libraries = agent.libraries.map { $0.prefix { $0 != "." } }
    #expect(libraries.contains("libkmod") && libraries.contains("libmnl") && libraries.contains("libc"))
    // The Swift libraries are in the program itself.
    #expect(!libraries.contains { $0.hasPrefix("libswift") || $0.contains("Foundation") })
  }

  /// Full Foundation brings ICU with its data, some 40 MB: a program of one line that imports it has 57 MB and all of these traces. Stripping takes symbols away, not what the Swift runtime reads:
  /// every module whose types are in a program leaves its name there, and every source file with a precondition its path.
  @Test func noFullFoundationIsInTheAgent() throws {
    let agent = try Self.program("vrouter-node-agent")
    // The search finds what is there.
    #expect(agent.holds("\0FoundationEssentials\0"))
    for module in ["Foundation", "FoundationInternationalization"] {
      #expect(!agent.holds("\0\(module)\0"), "types of \(module)")
      #expect(!agent.holds("\0\(module)/"), "code of \(module)")
    }
    // The entry point and the table of contents of ICU's data.
    for trace in ["icudt", "cnvalias.icu", "root.res"] { #expect(!agent.holds(trace), "\(trace)") }
    #expect(agent.bytes.count < 24 << 20)
  }

  @Test func theProbeIsSmall() throws {
    let probe = try Self.program("vrouter-probe")
    #expect(!probe.holds("FoundationEssentials"))
    #expect(probe.bytes.count < 9 << 20)
  }
}

/// As much of an ELF file (elf(5), 64 bits, little endian) as tells what a program needs to start.
struct ELFFile {
  /// Types of program headers (linux/elf.h).
  enum Segment: UInt32 {
    case load = 1
    case dynamic = 2
    case interpreter = 3
  }

  let bytes: Data
  private(set) var segments: Set<Segment> = []
  /// DT_NEEDED, in order.
  private(set) var libraries: [String] = []

  init(_ path: String) throws {
    bytes = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
    try #require(bytes.prefix(6) == Data([0x7f, 0x45, 0x4c, 0x46, 2, 1]), "\(path) is no 64-bit ELF file")
    let table: UInt64 = read(32)
    let size: UInt16 = read(54)
    let count: UInt16 = read(56)
    var loads: [(offset: UInt64, address: UInt64, size: UInt64)] = []
    var dynamic: (offset: UInt64, size: UInt64)?
    for index in 0..<Int(count) {
      let header = Int(table) + index * Int(size)
      guard let segment = Segment(rawValue: read(header)) else { continue }
      segments.insert(segment)
      let place: (UInt64, UInt64, UInt64) = (read(header + 8), read(header + 16), read(header + 32))
      if segment == .load { loads.append(place) }
      if segment == .dynamic { dynamic = (place.0, place.2) }
    }
    guard let dynamic else { return }
    let entries = stride(from: Int(dynamic.offset), to: Int(dynamic.offset + dynamic.size), by: 16).map {
      (tag: read($0) as UInt64, value: read($0 + 8) as UInt64)
    }
    // DT_STRTAB is an address: the segment that holds it tells where it lies in the file.
    let address = try #require(entries.first { $0.tag == 5 }).value
    let load = try #require(loads.first { ($0.address..<$0.address + $0.size).contains(address) })
    let names = Int(address - load.address + load.offset)
    libraries = entries.filter { $0.tag == 1 }.map { entry in
      String(decoding: bytes[(names + Int(entry.value))...].prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// Whether the text stands anywhere in the file.
  func holds(_ text: String) -> Bool {
    bytes.range(of: Data(text.utf8)) != nil
  }

  private func read<Value: FixedWidthInteger>(_ offset: Int) -> Value {
    bytes[offset..<offset + MemoryLayout<Value>.size].reversed().reduce(0) { $0 << 8 | Value($1) }
  }
}
