public import HostFiles
import SystemPackage

/// What `/sys/module/<name>` shows of a module that is in the kernel.
///
/// Read by ourselves rather than through libkmod, which takes the folder of a built-in module without
/// parameters of its own for one that is being loaded.
public struct LoadedModule: Equatable, Sendable {
  /// How far the kernel is with it.
  public enum Phase: String, Equatable, Sendable {
    /// In use.
    case live
    /// Its init function runs; stays so for ever when that crashed or hangs.
    case coming
    /// Its exit function runs; stays so for ever when that crashed.
    case going
    /// Part of the kernel itself.
    case builtIn = "built-in"
  }

  /// The name, with `_` for `-`.
  public let name: String
  /// How far the kernel is with it.
  public let phase: Phase
  /// The module's own version text.
  public let version: String?
  /// Checksum over its source.
  public let sourceVersion: String?
  /// Values in effect, as the kernel shows them, of all parameters that can be read.
  public let parameters: [String: String]
  /// References to it. 0 proves nothing about use: links and data paths need not hold one.
  public let references: Int?
  /// Modules that use it.
  public let holders: [String]

  /// A module as shown.
  public init(
    name: String, phase: Phase, version: String?, sourceVersion: String?, parameters: [String: String],
    references: Int?, holders: [String]
  ) {
    self.name = name
    self.phase = phase
    self.version = version
    self.sourceVersion = sourceVersion
    self.parameters = parameters
    self.references = references
    self.holders = holders
  }

  /// Looks for a module in the kernel of a host.
  ///
  /// - Returns: nil when it isn't there.
  public static func observe(_ name: String, on host: HostRoot) throws(KernelModuleError) -> LoadedModule? {
    try ModuleNames.checkName(name)
    let name = ModuleNames.normalized(name)
    let folder = "/sys/module/\(name)"
    guard host.exists(folder) else { return nil }
    let phase: Phase
    switch try value("\(folder)/initstate", on: host) {
    case "live": phase = .live
    case "coming": phase = .coming
    case "going": phase = .going
    case nil where !host.exists(folder): return nil
    // The folder is made before the file in it: only the list of modules tells a beginning from a built-in one.
    case nil: phase = try isListed(name, on: host) ? .coming : .builtIn
    case let other?:
      throw KernelModuleError(
        .malformed, "understand", "\(folder)/initstate", reason: "it says \(ModuleNames.quoted(other))")
    }
    return LoadedModule(
      name: name, phase: phase,
      version: try value("\(folder)/version", on: host),
      sourceVersion: try value("\(folder)/srcversion", on: host),
      parameters: parameters(in: "\(folder)/parameters", on: host),
      references: try value("\(folder)/refcnt", on: host).flatMap { Int($0) },
      holders: (try? host.names(in: "\(folder)/holders")) ?? [])
  }

  private static func value(_ path: String, on host: HostRoot) throws(KernelModuleError) -> String? {
    do {
      return try host.readValue(path)
    } catch {
      // ENODEV is what sysfs answers for a file whose module has just gone.
      if error.isNotFound || error.errno == .operationNotSupportedByDevice { return nil }
      throw KernelModuleError(error)
    }
  }

  /// Parameters that nobody may read, or that fail to show, are left out: they are no reason to know nothing.
  private static func parameters(in folder: String, on host: HostRoot) -> [String: String] {
    var values: [String: String] = [:]
    for name in (try? host.names(in: folder)) ?? [] {
      values[name] = try? host.readValue("\(folder)/\(name)")
    }
    return values
  }

  private static func isListed(_ name: String, on host: HostRoot) throws(KernelModuleError) -> Bool {
    do {
      let list = try host.readText("/proc/modules")
      return list.split(separator: "\n").contains { $0.hasPrefix("\(name) ") }
    } catch {
      // A kernel without loadable modules has no such file.
      if error.isNotFound { return false }
      throw KernelModuleError(error)
    }
  }
}
