import CKmod
import Glibc
public import SystemPackage

/// What came of an attempt to load a module.
public enum LoadAnswer: Equatable, Sendable {
  /// The kernel took it.
  case loaded
  /// A number came back for the module, or for one that it depends on.
  case errno(Errno, module: String)
  /// A module that it depends on is neither loaded nor in the tree; nothing was tried.
  case dependencyMissing(String)
  /// modprobe.d puts a command in place of the load; it was not run, and nothing was loaded.
  case installCommand(module: String, command: String)
  /// modprobe.d forbids the module, and the caller wanted that to count.
  case blacklisted(module: String)
  /// The call into the kernel gave no answer.
  case unanswered(Unanswered)
}

/// What came of an attempt to unload a module.
public enum UnloadAnswer: Equatable, Sendable {
  /// It went.
  case unloaded
  /// The kernel kept it.
  case errno(Errno)
  /// The call into the kernel gave no answer.
  case unanswered(Unanswered)
}

extension KmodContext {
  /// Loads a module's file, after what it depends on.
  ///
  /// Dependencies come from the tree. The options are handed over as they are: what modprobe.d has for the
  /// module must be among them already (`configuredOptions`). `install` commands are never run.
  ///
  /// Soft dependencies (`softdep` in modprobe.d) of the module itself are not loaded, as with insmod(8).
  ///
  /// - Parameter honoursBlacklist: whether a `blacklist` line of modprobe.d counts; it doesn't for modprobe(8)
  ///   when a module is named.
  borrowing func load(
    file path: String, options: String, honoursBlacklist: Bool
  ) throws(KernelModuleError) -> LoadAnswer {
    let dependencies = try information(ofFile: path).dependencies
    let module = try module(at: path)
    if let command = module.installCommand {
      return .installCommand(module: module.name, command: command)
    }
    if honoursBlacklist, try isBlacklisted(module) { return .blacklisted(module: module.name) }
    for dependency in dependencies {
      guard let needed = try self.module(named: dependency) else {
        if isLive(dependency) { continue }
        return .dependencyMissing(dependency)
      }
      if Self.isBuiltIn(needed) { continue }
      let answer = Self.probe(needed)
      guard case .loaded = answer else { return answer }
    }
    let number = unsafe kmod_module_insert_module(module.pointer, 0, options)
    return number < 0 ? .errno(Errno(rawValue: -number), module: module.name) : .loaded
  }

  /// Unloads a module without waiting for its users.
  borrowing func unload(_ name: String) throws(KernelModuleError) -> UnloadAnswer {
    let module = try named(name)
    let number = unsafe kmod_module_remove_module(
      module.pointer, KMOD_REMOVE_NOWAIT.rawValue | KMOD_REMOVE_NOLOG.rawValue)
    return number < 0 ? .errno(Errno(rawValue: -number)) : .unloaded
  }

  /// Loads a module of the tree with all that it needs, as modprobe(8) would, but without running commands.
  private static func probe(_ module: borrowing KmodModule) -> LoadAnswer {
    let refusal = RefusedCommand()
    let number = unsafe kmod_module_probe_insert_module(
      module.pointer, 0, nil,
      { module, command, data in
        if let data = unsafe data {
          let refusal = unsafe Unmanaged<RefusedCommand>.fromOpaque(data).takeUnretainedValue()
          if let name = unsafe kmod_module_get_name(module) { refusal.module = unsafe String(cString: name) }
          if let command = unsafe command { refusal.command = unsafe String(cString: command) }
        }
        return -ECANCELED
      }, unsafe Unmanaged.passUnretained(refusal).toOpaque(), nil)
    if number == -ECANCELED, let command = refusal.command {
      return .installCommand(module: refusal.module, command: command)
    }
    return number < 0 ? .errno(Errno(rawValue: -number), module: module.name) : .loaded
  }

  private borrowing func isBlacklisted(_ module: borrowing KmodModule) throws(KernelModuleError) -> Bool {
    guard let iterator = unsafe kmod_config_get_blacklists(pointer) else { return false }
    defer { unsafe kmod_config_iter_free_iter(iterator) }
    while unsafe kmod_config_iter_next(iterator) {
      if let key = unsafe kmod_config_iter_get_key(iterator), unsafe String(cString: key) == module.name {
        return true
      }
    }
    return false
  }

  private borrowing func isLive(_ name: String) -> Bool {
    guard let module = try? named(name) else { return false }
    let state = unsafe kmod_module_get_initstate(module.pointer)
    return state == Int32(KMOD_MODULE_LIVE.rawValue) || state == Int32(KMOD_MODULE_BUILTIN.rawValue)
  }
}

/// Remembers which `install` command libkmod wanted to run.
private final class RefusedCommand {
  var module = ""
  var command: String?
}
