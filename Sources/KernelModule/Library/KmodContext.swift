import CKmod
import Glibc
import SystemPackage

/// Owner of a libkmod context for one module tree.
///
/// Use one for one operation and let it go: libkmod caches what it read, and keeps names and paths together.
/// Not for use by two threads at once. What libkmod has to say about broken lines of modprobe.d it says while the
/// context is made, when no log can be attached yet: to standard error.
@safe struct KmodContext: ~Copyable {
  let pointer: OpaquePointer
  private let log: KmodLog
  /// The module tree, `…/lib/modules/<release>`, as this process names it.
  let tree: String

  /// Folders below a host's root from which modprobe(8) takes its configuration, the first one strongest.
  static let configurationFolders = [
    "/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d",
    "/lib/modprobe.d",
  ]

  /// Opens a tree.
  ///
  /// - Parameters:
  ///   - tree: absolute path of `…/lib/modules/<release>`; it need not exist.
  ///   - configuration: absolute paths of folders with modprobe.d files; missing ones are passed over.
  init(tree: String, configuration: [String]) throws(KernelModuleError) {
    try ModuleNames.checkPath(tree)
    for folder in configuration { try ModuleNames.checkPath(folder) }

    var paths: [UnsafePointer<CChar>?] = unsafe configuration.map { unsafe UnsafePointer(strdup($0)) }
    unsafe paths.append(nil)
    defer { unsafe paths.forEach { unsafe free(UnsafeMutablePointer(mutating: $0)) } }
    guard let pointer = unsafe kmod_new(tree, &paths) else {
      throw KernelModuleError(
        .library, "read the module configuration for", tree, reason: "libkmod gave no context",
        remedy: "look at the files in /etc/modprobe.d")
    }
    unsafe self.pointer = pointer
    self.tree = tree
    log = KmodLog()
    unsafe log.attach(to: pointer)
  }

  deinit {
    unsafe _ = kmod_unref(pointer)
    withExtendedLifetime(log) {}
  }

  /// What libkmod said so far, one line each.
  var messages: [String] { log.lines }

  /// The module of exactly this name: from the tree or built in; nil when the tree knows none.
  borrowing func module(named name: String) throws(KernelModuleError) -> KmodModule? {
    try ModuleNames.checkName(name)
    let wanted = ModuleNames.normalized(name)
    var found: OpaquePointer?
    let answer = unsafe kmod_module_new_from_lookup(pointer, wanted, &found)
    let list = unsafe KmodModuleList(owning: found)
    // A tree without index files knows no module: ENOSYS is how libkmod says so.
    if answer == -ENOSYS || answer == -ENOENT { return nil }
    guard answer >= 0 else {
      throw KernelModuleError(
        .library, "look up the module \(wanted) in", tree, errno: Errno(rawValue: -answer),
        remedy: "run depmod for that kernel")
    }
    var result: OpaquePointer?
    list.forEach { module in
      // Aliases and install commands make entries of the same name that no file stands behind.
      guard module.name == wanted, module.path != nil || Self.isBuiltIn(module) else { return true }
      unsafe result = kmod_module_ref(module.pointer)
      return false
    }
    guard let result = unsafe result else { return nil }
    return unsafe KmodModule(owning: result)
  }

  /// A module by its file.
  borrowing func module(at path: String) throws(KernelModuleError) -> KmodModule {
    try ModuleNames.checkPath(path)
    var found: OpaquePointer?
    let answer = unsafe kmod_module_new_from_path(pointer, path, &found)
    guard answer >= 0, let found = unsafe found else {
      throw KernelModuleError(
        .library, "open the module file", path, errno: Errno(rawValue: -answer),
        remedy: "check that it is there and that its name ends in .ko")
    }
    return unsafe KmodModule(owning: found)
  }

  static func isBuiltIn(_ module: borrowing KmodModule) -> Bool {
    let state = unsafe kmod_module_get_initstate(module.pointer)
    return module.path == nil && state == Int32(KMOD_MODULE_BUILTIN.rawValue)
  }
}
