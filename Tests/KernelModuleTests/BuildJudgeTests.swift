import Testing

@testable import KernelModule

struct BuildJudgeTests {
  private static let release = "6.1.0-56-cloud-amd64"
  private static let magic = "\(release) SMP preempt mod_unload modversions "
  private static let symbols = ModuleSymbols(
    checksums: ["module_layout": 0x10, "kfree": 0x20], needed: ["kfree", "module_layout"])

  private static func judge(
    flags: [String]? = ["SMP", "preempt", "mod_unload", "modversions"], enforces: Bool? = nil,
    lockdown: String? = nil
  ) -> BuildJudge {
    BuildJudge(
      name: "vrouter", release: release, flags: flags, machine: "x86_64", enforcesSignatures: enforces,
      lockdown: lockdown)
  }

  private static func build(
    magic: String = magic, symbols: ModuleSymbols? = symbols, signed: Bool = false, missing: [String] = [],
    given: [String: UInt32] = [:], header: ElfHeader = .object(machine: 62)
  ) -> BuildJudge.Build {
    var entries = [(key: "name", value: "vrouter"), (key: "vermagic", value: magic)]
    if signed { entries.append((key: "sig_id", value: "PKCS#7")) }
    return BuildJudge.Build(
      header: header, information: ModuleInformation(entries: entries), symbols: symbols,
      missingDependencies: missing, given: given)
  }

  private static let kernel = KernelSymbols(
    checksums: ["module_layout": 0x10, "kfree": 0x20], isComplete: true)

  @Test func aBuildForThisKernelPassesAll() {
    let checks = Self.judge().checks(Self.build(), kernel: Self.kernel)
    #expect(checks.map(\.name) == BuildCheck.Name.allCases.filter { $0 != .file })
    #expect(checks.allSatisfy { $0.outcome == .passed }, "\(checks)")
  }

  struct Row: CustomTestStringConvertible, Sendable {
    let name: BuildCheck.Name
    let judge: BuildJudge
    let build: BuildJudge.Build
    let kernel: KernelSymbols
    /// What it says, of a check that failed; with `open:` in front, of one that is left to the kernel.
    let says: String

    init(
      _ name: BuildCheck.Name, _ says: String, judge: BuildJudge = BuildJudgeTests.judge(),
      build: BuildJudge.Build = BuildJudgeTests.build(), kernel: KernelSymbols = BuildJudgeTests.kernel
    ) {
      (self.name, self.judge, self.build, self.kernel, self.says) = (name, judge, build, kernel, says)
    }

    var testDescription: String { "\(name): \(says)" }
  }

  private static let rows = [
    Row(
      .architecture, "for another machine (ELF 183, x86_64 is 62)",
      build: build(header: .object(machine: 183))),
    Row(.architecture, "open:compressed (xz)", build: build(header: .compressed(.xz))),
    Row(
      .versionMagic, "it was built with 'SMP mod_unload modversions'",
      build: build(magic: "\(release) SMP mod_unload modversions")),
    Row(.versionMagic, "open:the kernel's own version magic isn't known", judge: judge(flags: nil)),
    Row(
      .versionMagic, "without symbol versions both must be the same", judge: judge(flags: ["SMP"]),
      build: build(magic: "6.1.0-55-cloud-amd64 SMP")),
    Row(
      .checksums,
      "2 of its 2 symbol checksums are another kernel's: module_layout is 0x10, the running kernel has 0x11",
      kernel: KernelSymbols(checksums: ["module_layout": 0x11, "kfree": 0x21])),
    Row(
      .checksums, "1 of its 2 symbol checksums are another kernel's: kfree is 0x20",
      kernel: KernelSymbols(checksums: ["module_layout": 0x10, "kfree": 0x21])),
    // What a module that it depends on gives is compared with that module.
    Row(
      .checksums, "kfree is 0x20, the running kernel has 0x99", build: build(given: ["kfree": 0x99]),
      kernel: KernelSymbols(checksums: ["module_layout": 0x10])),
    Row(.checksums, "open:the kernel's symbol checksums aren't known here", kernel: KernelSymbols()),
    Row(
      .checksums, "open:1 of its 2 symbol checksums can't be compared here",
      kernel: KernelSymbols(checksums: ["module_layout": 0x10])),
    Row(.checksums, "it holds no symbol checksums", build: build(symbols: ModuleSymbols())),
    Row(.checksums, "open:can't be read", build: build(symbols: nil)),
    Row(
      .symbols, "it uses a symbol that the running kernel doesn't have: lab_absent",
      build: build(symbols: ModuleSymbols(checksums: ["kfree": 0x20], needed: ["kfree", "lab_absent"]))),
    Row(
      .symbols, "it uses 4 symbols that the running kernel doesn't have: a, b, c, …",
      build: build(symbols: ModuleSymbols(checksums: ["kfree": 0x20], needed: ["a", "b", "c", "d"]))),
    Row(
      .symbols, "open:whether the kernel has all 2 symbols",
      build: build(symbols: ModuleSymbols(checksums: ["kfree": 0x20], needed: ["kfree", "lab_absent"])),
      kernel: KernelSymbols(checksums: ["kfree": 0x20])),
    Row(.dependencies, "it depends on one, two", build: build(missing: ["one", "two"])),
    Row(
      .signature, "it isn't signed, and the kernel takes signed modules only", judge: judge(enforces: true)),
    Row(
      .signature, "it isn't signed, and the kernel is locked down (integrity)",
      judge: judge(lockdown: "integrity")),
    Row(
      .signature, "open:whether the kernel trusts the key", judge: judge(enforces: true, lockdown: "none"),
      build: build(signed: true)),
  ]

  @Test(arguments: rows) func oneThingIsWrong(row: Row) throws {
    let checks = row.judge.checks(row.build, kernel: row.kernel)
    let check = try #require(checks.first { $0.name == row.name })
    if row.says.hasPrefix("open:") {
      let doubt = try #require(check.doubt, "\(check)")
      #expect(doubt.contains(row.says.dropFirst(5)), "\(doubt)")
      #expect(checks.allSatisfy { $0.failure == nil }, "\(checks)")
    } else {
      let failure = try #require(check.failure, "\(check)")
      #expect(failure.contains(row.says), "\(failure)")
      #expect(checks.filter { $0.failure != nil }.map(\.name) == [row.name])
    }
  }

  @Test func whatIsGivenByDependenciesIsThere() {
    let build = Self.build(
      symbols: ModuleSymbols(checksums: ["kfree": 0x20], needed: ["kfree", "udp_tunnel"]),
      given: ["udp_tunnel": 0])
    #expect(
      Self.judge().checks(build, kernel: Self.kernel).allSatisfy { $0.failure == nil && $0.doubt == nil })
  }

  /// A module without lockdown or enforcement need not be signed.
  @Test func signaturesMatterOnlyWhereTheyAreEnforced() {
    for lockdown in [nil, "none"] {
      let checks = Self.judge(enforces: false, lockdown: lockdown).checks(Self.build(), kernel: Self.kernel)
      #expect(checks.last?.outcome == .passed)
    }
  }
}

struct KernelSymbolsTests {
  private static let list = Array(
    """
    0x00000010\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t
    0x00000020\tkfree\tvmlinux\tEXPORT_SYMBOL\t
    0x000000ab\tudp_tunnel\tnet/ipv4/udp_tunnel\tEXPORT_SYMBOL_GPL\t
    junk
    """.utf8)

  @Test func readsAListOfChecksums() {
    var symbols = KernelSymbols()
    let isLearnt = symbols.learn(list: Self.list, wanted: ["kfree", "udp_tunnel", "absent"])
    #expect(isLearnt)
    #expect(symbols.checksums == ["kfree": 0x20, "udp_tunnel": 0xab])
  }

  @Test func aListOfAnotherKernelIsNotLearntFrom() {
    var symbols = KernelSymbols(checksums: ["module_layout": 0x11])
    let isLearnt = symbols.learn(list: Self.list, wanted: ["kfree"])
    #expect(!isLearnt)
    #expect(symbols.checksums == ["module_layout": 0x11])
    // Nor one without checksums.
    var empty = KernelSymbols()
    let isEmptyLearnt = empty.learn(
      list: Array("0x00000000\tkfree\tvmlinux\tEXPORT_SYMBOL\n".utf8), wanted: ["kfree"])
    #expect(!isEmptyLearnt)
    #expect(empty.checksums.isEmpty)
  }

  @Test func readsATableOfSymbols() {
    var symbols = KernelSymbols()
    symbols.learn(
      table: Array(
        """
        0000000000fd80ca A __crc_kfree
        0000000000000000 A __crc_kmalloc
        ffffffffc0000000 r __crc_other\t[veth]
        ffffffff81000000 T kfree
        ffffffff82000000 T kmalloc
        ffffffff83000000 t veth_xmit\t[veth]
        """.utf8), wanted: ["kfree", "kmalloc", "other", "veth_xmit", "absent"])
    // An address is no checksum, and hidden values (kptr_restrict) are none either.
    #expect(symbols.checksums == ["kfree": 0xfd80ca])
    #expect(symbols.names == ["kfree", "kmalloc", "veth_xmit"])
    #expect(!symbols.isComplete)
    symbols.learn(table: Array("ffffffff84000000 B init_net\n".utf8), wanted: ["x"])
    #expect(symbols.isComplete)
  }
}

struct ElfHeaderTests {
  private static let module = FakeModule(name: "vrouter").bytes

  private static func changed(_ offset: Int, _ value: UInt8) -> [UInt8] {
    var bytes = module
    bytes[offset] = value
    return bytes
  }

  @Test(
    arguments: [
      (module, ElfHeader.object(machine: 62)),
      (FakeModule(name: "vrouter", machine: 183).bytes, .object(machine: 183)),
      (
        Array(module.dropLast()),
        .invalid(reason: "it was cut short: its table of sections lies beyond its end")
      ),
      (Array(module.prefix(20)), .invalid(reason: "it is no ELF object")),
      (Array("junk".utf8), .invalid(reason: "it is no ELF object")),
      (changed(4, 3), .invalid(reason: "its ELF header is damaged")),
      (changed(5, 0), .invalid(reason: "its ELF header is damaged")),
      (changed(16, 2), .invalid(reason: "it is an ELF file, but no relocatable object, as modules are")),
      // A table that would begin beyond any file.
      (changed(47, 0xff), .invalid(reason: "it was cut short: its table of sections lies beyond its end")),
      ([0x1f, 0x8b, 8], .compressed(.gzip)),
      ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], .compressed(.xz)),
      ([0x28, 0xb5, 0x2f, 0xfd], .compressed(.zstandard)),
    ] as [([UInt8], ElfHeader)])
  func tellsWhatAFileIs(bytes: [UInt8], header: ElfHeader) {
    #expect(ElfHeader(Array(bytes.prefix(ElfHeader.size)), fileSize: Int64(bytes.count)) == header)
  }

  /// Whatever a file begins with, no offset of it is trusted.
  @Test func noBeginningIsTooStrange() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      var bytes = Self.module.prefix(64).map(\.self)
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        bytes[Int.random(in: 4..<64, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      _ = ElfHeader(bytes, fileSize: Int64.random(in: 0...4096, using: &generator))
    }
  }
}
