/// Where the running kernel's own tree has a module.
public enum TreeModule: Equatable, Sendable {
  /// In a file.
  case file(ModuleFile)
  /// In the kernel itself.
  case builtIn
}

/// What finds, reads, loads and unloads modules. The one seam between this library and the kernel: tests replace it.
public protocol ModuleBackend: Sendable {
  /// Where the kernel's tree has a module of this name; nil when it has none.
  func find(_ name: String) throws(KernelModuleError) -> TreeModule?
  /// What a module's file says of itself.
  func information(of file: ModuleFile) throws(KernelModuleError) -> ModuleInformation
  /// The symbols that a module's file uses and gives.
  func symbols(of file: ModuleFile) throws(KernelModuleError) -> ModuleSymbols
  /// The options that the host's configuration (modprobe.d, kernel command line) holds for a module.
  func configuredOptions(for name: String) throws(KernelModuleError) -> ModuleOptions
  /// The command that the host's configuration (modprobe.d) puts in place of a module's load; nil when there is none.
  func installCommand(for name: String) throws(KernelModuleError) -> String?
  /// Loads a file after what it depends on, with exactly these options. Never runs a command.
  func load(_ file: ModuleFile, options: ModuleOptions) throws(KernelModuleError) -> LoadAnswer
  /// Unloads a module without waiting for its users.
  func unload(_ name: String) throws(KernelModuleError) -> UnloadAnswer
}
