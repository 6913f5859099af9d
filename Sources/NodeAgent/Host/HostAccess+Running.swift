import HostFiles
import KernelModule
import Logging

extension HostAccess {
  /// The name of the module that all of this is about.
  static let moduleName = "vrouter"

  /// The host on which this process runs, with its files below `root`.
  ///
  /// - Parameter loadLimit: for one load or unload of a module.
  static func running(
    root: HostRoot, log: Logger, loadLimit: Duration = ModuleSettings.standardLoadTimeout
  ) throws(CommandFailure) -> HostAccess {
    let release = SystemHostNames.kernelRelease()
    do {
      let backend = try LibkmodBackend(host: root, release: release)
      return HostAccess(
        root: root, network: KernelNetworkObserver(files: root), kernelRelease: release,
        modules: HelpedModules(modules: backend, limit: loadLimit),
        tables: HelpedTables(root: root, limit: loadLimit), vifs: HelpedVifs(limit: loadLimit),
        takeover: RunningTakeover(root: root), controls: HelpedControls(), features: KernelFeatures(),
        cloud: GoogleMetadata(), treatment: HelpedTreatment(), log: log)
    } catch {
      throw CommandFailure(.module, "kernel modules can't be looked up: \(error)")
    }
  }
}
