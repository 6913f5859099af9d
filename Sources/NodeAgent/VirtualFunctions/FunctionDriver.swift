import HostFiles
import KernelModule
import Logging
import SystemPackage

/// The module by which virtual functions are given to virtual machines (`SRIOV_VFIO_DRIVER`): it only has to be loaded.
struct FunctionDriver: Sendable, Equatable {
  /// As the kernel spells it.
  let name: String
  /// Whether an operator named it.
  let isNamed: Bool

  /// - Parameter name: checked by the settings.
  init(_ setting: Sourced<String>) {
    name = ModuleNames.normalized(setting.value)
    if case .parameter = setting.origin { isNamed = true } else { isNamed = false }
  }

  /// Whether it is in the kernel.
  func isLoaded(on root: HostRoot) -> Bool { root.exists("/sys/module/\(name)") }

  /// Loads it, with what it needs. One that nobody named and that can't be loaded is told in the log.
  func load(on host: HostAccess) throws(CommandFailure) {
    guard let reason = reason(on: host) else { return }
    let text = "the driver \(name) for virtual functions is not loaded: \(reason)"
    guard isNamed else {
      return host.log.warning("\(text); virtual machines can't be given functions without it")
    }
    throw CommandFailure(.module, "\(text); correct SRIOV_VFIO_DRIVER")
  }

  /// Why it couldn't be loaded; nil when it was, or is part of the kernel.
  private func reason(on host: HostAccess) -> String? {
    do throws(KernelModuleError) {
      switch try host.modules.find(name) {
      case nil: return "the kernel's module tree has none of that name"
      case .builtIn: return nil
      case .file(let file):
        let answer = try host.modules.load(file, options: try host.modules.configuredOptions(for: name))
        switch answer {
        case .loaded: return nil
        case .errno(.fileExists, module: _): return nil
        case .errno(let errno, let module): return "the kernel refuses \(module): \(errno)"
        case .dependencyMissing(let module): return "it needs \(module), which the tree doesn't have"
        case .installCommand(let module, let command):
          return "modprobe.d puts a command in place of loading \(module), and none is run: \(command)"
        case .blacklisted(let module): return "modprobe.d blacklists \(module)"
        case .unanswered(let unanswered): return unanswered.description
        }
      }
    } catch {
      return error.description
    }
  }
}
