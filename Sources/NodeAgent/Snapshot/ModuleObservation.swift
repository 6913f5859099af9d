import HostFiles
import KernelModule
import Netlink
import VRouter

/// What was seen of the vrouter module: the builds there are, the one that is loaded, and what a load would meet.
struct ModuleObservation: Sendable {
  /// The builds for the running kernel, and the one that would be loaded.
  var choice: ModuleChoice
  /// The module in the kernel, if it is there.
  let loaded: LoadedModule?
  /// The options of a load: `VROUTER_MODULE_OPTIONS` over those of modprobe.d.
  let options: ModuleOptions
  /// The command that modprobe.d puts in place of a load, which this program doesn't run.
  let installCommand: String?
  /// What of the host decides whether these options can work.
  let facts: VRouterHostFacts
  /// Free memory by zone and order.
  let supply: MemorySupply
  /// Why a loaded module that differs must not be replaced now; nil where that isn't asked for, or nothing differs.
  var replacementBlockers: [String]?
  /// Whether a copy of a build from a folder of builds is wanted in the kernel's tree.
  var isInstalled = false
  /// The copy that is to be made of the build; nil where none is wanted, or it is there.
  private(set) var installation: ModuleInstallation?

  /// Why the options must not, or can't, be used on this host; none when they may be tried.
  var dangers: [Danger] {
    Danger.find(in: options, on: facts, known: choice.chosen?.information?.parameters)
      // Links with the names of the module's own are its own once it is loaded.
      .filter { loaded == nil || $0.parameter != nil }
  }

  /// What loading the module takes.
  func demand() throws(VRouterError) -> MemoryDemand {
    VRouterMemory(try VRouterParameterValues(options), on: facts).load
  }
}

extension ModuleObservation {
  /// Looks at a host.
  init(
    _ host: HostAccess, settings: ModuleSettings, links: [Link]
  ) throws(CommandFailure) {
    do {
      let finder = try ModuleFinder(
        name: HostAccess.moduleName, release: host.kernelRelease, host: host.root, backend: host.modules,
        folder: settings.directory?.value, ownCopy: (try? ModuleInstallation.record(on: host.root))?.path)
      let loaded = try LoadedModule.observe(HostAccess.moduleName, on: host.root)
      // While nothing is loaded each build has its chance again: a symbol may be there by now.
      choice = finder.find().knowing(loaded?.phase == .live ? RefusedBuilds.read(from: host.root) : [])
      self.loaded = loaded
      let given = settings.options?.value ?? ModuleOptions()
      let wanted = given.over(try host.modules.configuredOptions(for: HostAccess.moduleName))
      options = settings.memory.keepingFitted(wanted, inEffect: loaded)
      installCommand = try host.modules.installCommand(for: HostAccess.moduleName)
      facts = try VRouterHostFacts.observe(
        on: host.root, highestInterfaceIndex: links.map(\.index).max(), linkNames: Set(links.map(\.name)))
      supply = try MemorySupply.observe(on: host.root)
    } catch let error as KernelModuleError {
      throw CommandFailure(.module, "\(error)")
    } catch {
      throw CommandFailure(.module, "\(error)")
    }
    if settings.replacement.value == .ifUnused { replacementBlockers = blockers(host, links) }
    isInstalled = settings.installs.value
    planInstallation(on: host.root)
  }

  /// The copy of the build that is chosen.
  mutating func planInstallation(on root: HostRoot) {
    installation = nil
    guard isInstalled, let chosen = choice.chosen, case .builds = chosen.origin, let file = chosen.file else {
      return
    }
    let wanted = ModuleInstallation(file: file, release: choice.release)
    installation = wanted.isCurrent(on: root) ? nil : wanted
  }

  /// Looked for only where something differs: it takes a look at every process.
  private func blockers(_ host: HostAccess, _ links: [Link]) -> [String]? {
    guard let loaded, loaded.phase == .live, !ModulePlan.differences(self, loaded).isEmpty else { return nil }
    do {
      return try UnloadCheck(host, links: links).blockers().map { "\($0)" }
    } catch {
      // Not knowing is a reason, too.
      return [error.description]
    }
  }
}
