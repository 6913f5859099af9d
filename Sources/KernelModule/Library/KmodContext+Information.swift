import CKmod
import Glibc
import SystemPackage

/// Where a module tree has a module.
enum TreeEntry: Equatable, Sendable {
  /// In a file; its absolute path as this process names it.
  case file(String)
  /// In the kernel itself.
  case builtIn
}

extension KmodContext {
  /// Where the tree has a module of this name; nil when it has none, or no index (depmod never ran).
  borrowing func lookUp(_ name: String) throws(KernelModuleError) -> TreeEntry? {
    guard let module = try module(named: name) else { return nil }
    if let path = module.path { return .file(path) }
    return .builtIn
  }

  /// What the module's file says of itself. Also reads compressed files, as far as this libkmod does.
  borrowing func information(ofFile path: String) throws(KernelModuleError) -> ModuleInformation {
    let module = try module(at: path)
    var first: OpaquePointer?
    let answer = unsafe kmod_module_get_info(module.pointer, &first)
    defer { unsafe kmod_module_info_free_list(first) }
    guard answer >= 0 else {
      throw KernelModuleError(
        .library, "read the module information of", path, errno: Errno(rawValue: -answer),
        remedy:
          "replace the file: it isn't a whole kernel module, or compressed in a way that this program can't read"
      )
    }
    var entries: [(key: String, value: String)] = []
    var entry = unsafe first
    while let current = unsafe entry {
      if let key = unsafe kmod_module_info_get_key(current),
        let value = unsafe kmod_module_info_get_value(current)
      {
        entries.append((key: unsafe String(cString: key), value: unsafe String(cString: value)))
      }
      unsafe entry = kmod_list_next(first, current)
    }
    return ModuleInformation(entries: entries)
  }

  /// The options that modprobe.d and the kernel's command line hold for a module, as text.
  borrowing func configuredOptions(for name: String) throws(KernelModuleError) -> String {
    try named(name).configuredOptions
  }

  /// The command that modprobe.d puts in place of the load, or nil. It is never run.
  borrowing func installCommand(for name: String) throws(KernelModuleError) -> String? {
    try named(name).installCommand
  }

  /// A module object of this name, whether the tree knows it or not.
  borrowing func named(_ name: String) throws(KernelModuleError) -> KmodModule {
    try ModuleNames.checkName(name)
    var found: OpaquePointer?
    let answer = unsafe kmod_module_new_from_name(pointer, name, &found)
    guard answer >= 0, let found = unsafe found else {
      throw KernelModuleError(.library, "prepare the module", name, errno: Errno(rawValue: -answer))
    }
    return unsafe KmodModule(owning: found)
  }
}
