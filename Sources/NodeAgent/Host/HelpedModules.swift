import HostFiles
import KernelModule

/// libkmod, with what changes the kernel done by a process of its own and within a time: an init or exit function that
/// hangs or crashes takes that process with it, and not this program.
struct HelpedModules: ModuleBackend {
  let modules: LibkmodBackend
  /// For one load with its dependencies, and for one unload.
  let limit: Duration

  func find(_ name: String) throws(KernelModuleError) -> TreeModule? { try modules.find(name) }

  func information(of file: ModuleFile) throws(KernelModuleError) -> ModuleInformation {
    try modules.information(of: file)
  }

  func symbols(of file: ModuleFile) throws(KernelModuleError) -> ModuleSymbols {
    try modules.symbols(of: file)
  }

  func configuredOptions(for name: String) throws(KernelModuleError) -> ModuleOptions {
    try modules.configuredOptions(for: name)
  }

  func installCommand(for name: String) throws(KernelModuleError) -> String? {
    try modules.installCommand(for: name)
  }

  func load(_ file: ModuleFile, options: ModuleOptions) throws(KernelModuleError) -> LoadAnswer {
    let request = LoadModuleTask.Request(
      host: ModuleTaskHost(modules), root: file.root.path, path: file.path, options: options.text)
    switch HelperProcess.run(LoadModuleTask.self, request, within: limit) {
    case .answered(let answer): return try answer.loadAnswer()
    case .unanswered(let unanswered): return .unanswered(unanswered)
    case .failed(let reason): throw KernelModuleError(.library, "load", "\(file)", reason: reason)
    }
  }

  func unload(_ name: String) throws(KernelModuleError) -> UnloadAnswer {
    let request = UnloadModuleTask.Request(host: ModuleTaskHost(modules), module: name)
    switch HelperProcess.run(UnloadModuleTask.self, request, within: limit) {
    case .answered(let answer):
      switch try answer.loadAnswer() {
      case .loaded: return .unloaded
      case .errno(let errno, module: _): return .errno(errno)
      case .unanswered, .dependencyMissing, .installCommand, .blacklisted:
        throw KernelModuleError(
          .library, "unload", name, reason: "the helper process gave an answer that can't be understood")
      }
    case .unanswered(let unanswered): return .unanswered(unanswered)
    case .failed(let reason): throw KernelModuleError(.library, "unload", name, reason: reason)
    }
  }
}
