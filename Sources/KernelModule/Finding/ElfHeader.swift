/// The beginning of a module's file: what kind of file it is, and for which machine.
///
/// Source: elf(5). Every offset is checked against the file's size before it is used.
public enum ElfHeader: Equatable, Sendable {
  /// An ELF object.
  ///
  /// - machine: as in elf.h: 62 is x86-64, 183 is AArch64.
  case object(machine: UInt16)
  /// Compressed, so that the kind inside isn't seen here.
  case compressed(ModuleCompression)
  /// No module: why.
  case invalid(reason: String)

  /// As much of a file as is looked at.
  public static let size = 64

  /// Reads the first bytes of a file.
  ///
  /// - Parameters:
  ///   - start: at least ``size`` bytes, or the whole file when it is shorter.
  ///   - fileSize: in bytes.
  public init(_ start: [UInt8], fileSize: Int64) {
    if let compression = ModuleCompression(start) {
      self = .compressed(compression)
      return
    }
    guard start.count >= Self.size, start.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else {
      self = .invalid(reason: "it is no ELF object")
      return
    }
    let is64 = start[4] == 2
    let isBig = start[5] == 2
    guard is64 || start[4] == 1, isBig || start[5] == 1 else {
      self = .invalid(reason: "its ELF header is damaged")
      return
    }
    func number(_ offset: Int, _ count: Int) -> UInt64 {
      let bytes = start[offset..<offset + count]
      return (isBig ? Array(bytes) : bytes.reversed()).reduce(0) { $0 << 8 | UInt64($1) }
    }
    // ET_REL: a module is linked by the kernel.
    guard number(16, 2) == 1 else {
      self = .invalid(reason: "it is an ELF file, but no relocatable object, as modules are")
      return
    }
    // e_shoff, e_shentsize, e_shnum: a file that was cut short lacks the table at its end.
    let table = is64 ? number(40, 8) : number(32, 4)
    let entries = is64 ? number(58, 2) * number(60, 2) : number(46, 2) * number(48, 2)
    let (end, overflow) = table.addingReportingOverflow(entries)
    guard table > 0, entries > 0, !overflow, end <= UInt64(max(0, fileSize)) else {
      self = .invalid(reason: "it was cut short: its table of sections lies beyond its end")
      return
    }
    self = .object(machine: UInt16(number(18, 2)))
  }

  /// The number by which elf.h knows a machine as uname(2) names it; nil for one that isn't known here.
  public static func machineNumber(_ machine: String) -> UInt16? {
    ["x86_64": 62, "aarch64": 183, "ppc64le": 21, "s390x": 22, "riscv64": 243][machine]
  }
}

/// How a module's file is compressed.
public enum ModuleCompression: String, Equatable, Sendable, CaseIterable {
  case gzip = "gz"
  case xz
  case zstandard = "zst"

  /// By a file's first bytes; nil when it isn't compressed.
  init?(_ start: [UInt8]) {
    if start.starts(with: [0x1f, 0x8b]) {
      self = .gzip
    } else if start.starts(with: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) {
      self = .xz
    } else if start.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) {
      self = .zstandard
    } else {
      return nil
    }
  }
}
