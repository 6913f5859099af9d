import HostFiles
import KernelModule
import SystemPackage

/// Which host's modules a helper is to work on.
struct ModuleTaskHost: Codable, Sendable {
  let root: String
  let release: String
  let honoursBlacklist: Bool

  init(_ backend: LibkmodBackend) {
    root = backend.host.path
    release = backend.release
    honoursBlacklist = backend.honoursBlacklist
  }

  func backend() throws(KernelModuleError) -> LibkmodBackend {
    try LibkmodBackend(host: try Self.host(root), release: release, honoursBlacklist: honoursBlacklist)
  }

  static func host(_ path: String) throws(KernelModuleError) -> HostRoot {
    if path == HostRoot.running.path { return .running }
    do {
      return try HostRoot(path)
    } catch {
      throw KernelModuleError(.hostFile, "use as root", path, errno: error.errno, reason: error.reason)
    }
  }
}

/// What the kernel or libkmod answered, in a form that goes over a socket.
enum ModuleTaskAnswer: Codable, Sendable {
  case done
  case errno(number: Int32, module: String)
  case dependencyMissing(String)
  case installCommand(module: String, command: String)
  case blacklisted(module: String)
  /// It could not be tried.
  case error(operation: String, subject: String, errno: Int32?, reason: String?, remedy: String?)

  init(_ answer: LoadAnswer) {
    switch answer {
    case .loaded: self = .done
    case .errno(let errno, let module): self = .errno(number: errno.rawValue, module: module)
    case .dependencyMissing(let name): self = .dependencyMissing(name)
    case .installCommand(let module, let command): self = .installCommand(module: module, command: command)
    case .blacklisted(let module): self = .blacklisted(module: module)
    // A helper has no helper of its own.
    case .unanswered(let unanswered):
      self = .error(
        operation: "load", subject: "the module", errno: nil, reason: unanswered.description, remedy: nil)
    }
  }

  init(_ error: KernelModuleError) {
    self = .error(
      operation: error.operation, subject: error.subject, errno: error.errno?.rawValue, reason: error.reason,
      remedy: error.remedy)
  }

  func loadAnswer() throws(KernelModuleError) -> LoadAnswer {
    switch self {
    case .done: return .loaded
    case .errno(let number, let module): return .errno(Errno(rawValue: number), module: module)
    case .dependencyMissing(let name): return .dependencyMissing(name)
    case .installCommand(let module, let command): return .installCommand(module: module, command: command)
    case .blacklisted(let module): return .blacklisted(module: module)
    case .error(let operation, let subject, let errno, let reason, let remedy):
      throw KernelModuleError(
        .library, operation, subject, errno: errno.map { Errno(rawValue: $0) }, reason: reason, remedy: remedy
      )
    }
  }
}

/// Loads a module's file, with its dependencies: its init function is not ours, and may hang or crash.
enum LoadModuleTask: HelperTask {
  struct Request: Codable, Sendable {
    let host: ModuleTaskHost
    /// The file's root and its path there.
    let root: String
    let path: String
    let options: String
  }

  static let name = "load-module"

  static func perform(_ request: Request) -> ModuleTaskAnswer {
    do throws(KernelModuleError) {
      let file = try ModuleFile(resolving: request.path, below: ModuleTaskHost.host(request.root))
      return ModuleTaskAnswer(
        try request.host.backend().load(file, options: ModuleOptions(configured: request.options)))
    } catch {
      return ModuleTaskAnswer(error)
    }
  }
}

/// Unloads a module: its exit function may hang or crash.
enum UnloadModuleTask: HelperTask {
  struct Request: Codable, Sendable {
    let host: ModuleTaskHost
    let module: String
  }

  static let name = "unload-module"

  static func perform(_ request: Request) -> ModuleTaskAnswer {
    do throws(KernelModuleError) {
      switch try request.host.backend().unload(request.module) {
      case .unloaded: return .done
      case .errno(let errno): return .errno(number: errno.rawValue, module: request.module)
      case .unanswered(let unanswered):
        return .error(
          operation: "unload", subject: request.module, errno: nil, reason: unanswered.description,
          remedy: nil)
      }
    } catch {
      return ModuleTaskAnswer(error)
    }
  }
}
