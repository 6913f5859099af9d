import CKmod
import Glibc
import SystemPackage

extension KmodContext {
  /// The symbols of a module's file. Also reads compressed files, as far as this libkmod does.
  borrowing func symbols(ofFile path: String) throws(KernelModuleError) -> ModuleSymbols {
    let module = try module(at: path)
    var symbols = ModuleSymbols()

    var versions: OpaquePointer?
    let versionAnswer = unsafe kmod_module_get_versions(module.pointer, &versions)
    defer { unsafe kmod_module_versions_free_list(versions) }
    try Self.check(versionAnswer, "read the symbol checksums of", path)
    var entry = unsafe versions
    while let current = unsafe entry {
      if let name = unsafe kmod_module_version_get_symbol(current) {
        let checksum = unsafe kmod_module_version_get_crc(current)
        unsafe symbols.checksums[String(cString: name)] = UInt32(truncatingIfNeeded: checksum)
      }
      unsafe entry = kmod_list_next(versions, current)
    }

    var needed: OpaquePointer?
    let neededAnswer = unsafe kmod_module_get_dependency_symbols(module.pointer, &needed)
    defer { unsafe kmod_module_dependency_symbols_free_list(needed) }
    try Self.check(neededAnswer, "read the symbols that are used by", path)
    unsafe entry = needed
    while let current = unsafe entry {
      let isWeak = unsafe kmod_module_dependency_symbol_get_bind(current) == CInt(KMOD_SYMBOL_WEAK.rawValue)
      if !isWeak, let name = unsafe kmod_module_dependency_symbol_get_symbol(current) {
        unsafe symbols.needed.insert(String(cString: name))
      }
      unsafe entry = kmod_list_next(needed, current)
    }

    // Not looked up by the kernel either (ignore_undef_symbol in kernel/module/main.c).
    symbols.needed.subtract(["_GLOBAL_OFFSET_TABLE_", ".TOC."])

    var exported: OpaquePointer?
    let exportedAnswer = unsafe kmod_module_get_symbols(module.pointer, &exported)
    defer { unsafe kmod_module_symbols_free_list(exported) }
    try Self.check(exportedAnswer, "read the symbols that are given by", path)
    unsafe entry = exported
    while let current = unsafe entry {
      if let name = unsafe kmod_module_symbol_get_symbol(current) {
        let checksum = unsafe kmod_module_symbol_get_crc(current)
        unsafe symbols.exported[String(cString: name)] = UInt32(truncatingIfNeeded: checksum)
      }
      unsafe entry = kmod_list_next(exported, current)
    }
    return symbols
  }

  /// A file without the section in question answers ENODATA or ENOENT: it has none, which is no failure.
  private static func check(
    _ answer: CInt, _ operation: String, _ path: String
  ) throws(KernelModuleError) {
    guard answer < 0, answer != -ENODATA, answer != -ENOENT else { return }
    throw KernelModuleError(
      .library, operation, path, errno: Errno(rawValue: -answer),
      remedy: "replace the file: it isn't a whole kernel module")
  }
}
