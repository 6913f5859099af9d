public import HostFiles

/// Modules through libkmod, for one kernel release on one host.
///
/// Every call has a context of its own: libkmod ties a name to the first path that it saw for it, and caches
/// configuration and indexes that may change between two calls.
public struct LibkmodBackend: ModuleBackend {
  /// The host whose tree and modprobe.d are read.
  public let host: HostRoot
  /// The kernel release whose tree is read.
  public let release: String
  /// Whether a `blacklist` line of modprobe.d keeps a module from being loaded by name, too.
  public let honoursBlacklist: Bool
  /// Folders with modprobe.d files, as this process names them.
  private let configuration: [String]
  /// The tree, absolute inside the host.
  public let tree: String

  /// A host's tree for a release.
  public init(host: HostRoot, release: String, honoursBlacklist: Bool = false) throws(KernelModuleError) {
    try ModuleNames.checkRelease(release)
    self.host = host
    self.release = release
    self.honoursBlacklist = honoursBlacklist
    // Some hosts have /usr/lib alone.
    let places = ["/lib/modules/\(release)", "/usr/lib/modules/\(release)"]
    tree = try ModuleFile.resolve(places.first(where: host.exists) ?? places[0], below: host)
    var folders: [String] = []
    for folder in KmodContext.configurationFolders {
      let resolved = try ModuleFile.resolve(folder, below: host)
      // /lib is a link to /usr/lib on most hosts: read twice, each option would count twice.
      if !folders.contains(resolved) { folders.append(resolved) }
    }
    configuration = folders.map { host.isRunningHost ? $0 : host.path + $0 }
  }

  private func context() throws(KernelModuleError) -> KmodContext {
    try KmodContext(tree: host.isRunningHost ? tree : host.path + tree, configuration: configuration)
  }

  /// Looks up a module of exactly this name.
  public func find(_ name: String) throws(KernelModuleError) -> TreeModule? {
    switch try context().lookUp(name) {
    case nil: return nil
    case .builtIn: return .builtIn
    case .file(let path):
      // An absolute path in modules.dep is the host's own.
      let inside =
        !host.isRunningHost && path.hasPrefix(host.path + "/")
        ? String(path.dropFirst(host.path.count)) : path
      return .file(try ModuleFile(resolving: inside, below: host))
    }
  }

  /// Reads a file's `.modinfo`.
  public func information(of file: ModuleFile) throws(KernelModuleError) -> ModuleInformation {
    try context().information(ofFile: file.localPath)
  }

  /// Reads a file's `__versions` and its table of symbols.
  public func symbols(of file: ModuleFile) throws(KernelModuleError) -> ModuleSymbols {
    try context().symbols(ofFile: file.localPath)
  }

  /// Reads modprobe.d and, as libkmod does, this kernel's command line.
  public func configuredOptions(for name: String) throws(KernelModuleError) -> ModuleOptions {
    try ModuleOptions(configured: context().configuredOptions(for: name))
  }

  /// Reads the `install` lines of modprobe.d.
  public func installCommand(for name: String) throws(KernelModuleError) -> String? {
    try context().installCommand(for: name)
  }

  /// Loads with finit_module(2), or init_module(2) for a compressed file.
  public func load(_ file: ModuleFile, options: ModuleOptions) throws(KernelModuleError) -> LoadAnswer {
    try context().load(file: file.localPath, options: options.text, honoursBlacklist: honoursBlacklist)
  }

  /// Unloads with delete_module(2), O_NONBLOCK.
  public func unload(_ name: String) throws(KernelModuleError) -> UnloadAnswer {
    try context().unload(name)
  }
}
