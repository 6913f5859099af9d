public import HostFiles
import SystemPackage

/// Unloads a module and looks at what came of it. Whether it is safe is for the caller to know first.
public struct ModuleUnloader: Sendable {
  /// The host whose state is read.
  public let host: HostRoot
  /// What unloads.
  public let backend: any ModuleBackend

  /// An unloader for one host.
  public init(host: HostRoot, backend: any ModuleBackend) {
    self.host = host
    self.backend = backend
  }

  /// Unloads it.
  ///
  /// - Returns: nil when it is gone, or was not there; else why the kernel kept it.
  public func unload(_ name: String) throws(KernelModuleError) -> UnloadFailure? {
    guard let state = try LoadedModule.observe(name, on: host) else { return nil }
    if state.phase == .builtIn {
      return UnloadFailure.classify(
        .noSuchFileOrDirectory, module: name, state: state, evidence: LoadEvidence())
    }
    switch try backend.unload(name) {
    case .unloaded: return nil
    case .errno(let errno):
      return UnloadFailure.classify(
        errno, module: name, state: state, evidence: LoadEvidence.gather(from: host))
    case .unanswered(let unanswered):
      // It may have gone nevertheless, only later than it was waited for.
      guard let state = try LoadedModule.observe(name, on: host) else { return nil }
      return UnloadFailure.unanswered(unanswered, module: name, state: state)
    }
  }
}
