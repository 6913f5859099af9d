import Foundation
import Glibc

/// A file that says of itself what a kernel module says, and holds no code: an ELF object with the sections `.modinfo`
/// and `__versions` and a table of symbols.
///
/// No kernel takes it; libkmod and depmod read it as any other.
struct FakeModule {
  var name: String
  var release = "6.1.0-99-test-amd64"
  var flags = "SMP preempt mod_unload modversions "
  var version: String? = "1.0"
  var sourceVersion: String? = "ABCDEF0123456789ABCDEF0"
  var dependencies: [String] = []
  var parameters: [(name: String, type: String)] = []
  /// Of the symbols that it uses.
  var checksums: [(name: String, checksum: UInt32)] = [("module_layout", 0x1234_5678)]
  /// Symbols that it uses without a checksum.
  var uses: [String] = []
  var machine: UInt16 = 62

  var entries: [String] {
    var entries = ["license=GPL"]
    if let version { entries.append("version=\(version)") }
    if let sourceVersion { entries.append("srcversion=\(sourceVersion)") }
    entries += parameters.flatMap { ["parm=\($0.name):sets \($0.name)", "parmtype=\($0.name):\($0.type)"] }
    entries += ["depends=\(dependencies.joined(separator: ","))", "retpoline=Y", "name=\(name)"]
    entries.append("vermagic=\(release) \(flags)")
    return entries
  }

  /// ELF-64, little endian, relocatable; sections: none, .modinfo, __versions, .symtab, .strtab, .shstrtab.
  var bytes: [UInt8] {
    let information: [UInt8] = entries.flatMap { Array($0.utf8) + [0] as [UInt8] }
    let names = Array("\0.modinfo\0__versions\0.symtab\0.strtab\0.shstrtab\0".utf8)
    // struct modversion_info: the checksum in 8 bytes, the name in 56.
    let versions: [UInt8] = checksums.flatMap { entry in
      Self.bytes(UInt64(entry.checksum)) + Self.padded(entry.name, to: 56)
    }
    var symbols = [UInt8](repeating: 0, count: 24)
    var strings: [UInt8] = [0]
    for name in checksums.map(\.name) + uses {
      // Global, without a type, in no section: to be found elsewhere.
      symbols += Self.bytes(UInt32(strings.count)) + [0x10, 0] + Self.bytes(UInt16(0))
      symbols += [UInt8](repeating: 0, count: 16)
      strings += Array(name.utf8) + [0]
    }
    let headerSize = 64
    let contents: [[UInt8]] = [information, versions, symbols, strings, names]
    var offsets: [Int] = []
    var body: [UInt8] = []
    for content in contents {
      while body.count % 8 != 0 { body.append(0) }
      offsets.append(headerSize + body.count)
      body += content
    }
    while body.count % 8 != 0 { body.append(0) }
    let sectionsAt = headerSize + body.count

    var elf: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8)
    func put<Value: FixedWidthInteger>(_ value: Value) { elf += Self.bytes(value) }
    put(UInt16(1)); put(machine); put(UInt32(1))  // relocatable, machine, version
    put(UInt64(0)); put(UInt64(0)); put(UInt64(sectionsAt))  // entry, program headers, section headers
    put(UInt32(0)); put(UInt16(64)); put(UInt16(0)); put(UInt16(0))  // flags, header size, program headers
    put(UInt16(64)); put(UInt16(6)); put(UInt16(5))  // section headers: size, count, index of names
    elf += body
    elf += [UInt8](repeating: 0, count: 64)
    // name, type, flags, offset, size, link, info, alignment, entry size
    func section(_ name: Int, _ type: Int, _ flags: Int, _ index: Int, link: Int, align: Int, entry: Int) {
      put(UInt32(name)); put(UInt32(type)); put(UInt64(flags)); put(UInt64(0))
      put(UInt64(offsets[index])); put(UInt64(contents[index].count))
      put(UInt32(link)); put(UInt32(type == 2 ? 1 : 0)); put(UInt64(align)); put(UInt64(entry))
    }
    section(1, 1, 2, 0, link: 0, align: 1, entry: 0)
    section(10, 1, 2, 1, link: 0, align: 8, entry: 0)
    section(21, 2, 0, 2, link: 4, align: 8, entry: 24)
    section(29, 3, 0, 3, link: 0, align: 1, entry: 0)
    section(37, 3, 0, 4, link: 0, align: 1, entry: 0)
    return elf
  }

  private static func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func padded(_ text: String, to count: Int) -> [UInt8] {
    Array(text.utf8) + [UInt8](repeating: 0, count: count - text.utf8.count)
  }

  /// Writes the file, and the folders on its way.
  func write(to path: String) throws {
    try writeFile(bytes, to: path)
  }
}

/// Writes a file, and the folders on its way.
func writeFile(_ bytes: [UInt8], to path: String) throws {
  try FileManager.default.createDirectory(
    atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}

func writeFile(_ text: String, to path: String) throws {
  try writeFile(Array(text.utf8), to: path)
}

/// Makes the index files of a module tree below a root, as an installed kernel has them.
func runDepmod(root: String, release: String) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/sbin/depmod")
  process.arguments = ["-b", root, release]
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    throw CocoaError(.executableLoad, userInfo: [NSFilePathErrorKey: "depmod: \(process.terminationStatus)"])
  }
}
