import HostFiles
import KernelModule
import Logging
import VRouter

/// What was seen of a host's memory, and what the module will want of it.
struct MemoryObservation: Sendable {
  /// The module in the kernel, if it is there: then the first gate is passed.
  let loaded: LoadedModule?
  /// Whether the vRouter agent started already, so that the second gate is passed too.
  let tablesAreTaken: Bool
  /// What the module is weighed with.
  let options: ModuleOptions
  let memory: VRouterMemory
  let facts: VRouterHostFacts
  let supply: MemorySupply
  /// What the free pages belong to, or why that isn't known: root alone may read it.
  let types: Result<PageTypeInfo, KernelModuleError>
  let use: MemoryUse
  let counters: CompactionCounters?
  let hugePages: HugePages
  /// What the settings ask of huge pages; nil for nothing.
  let hugePlan: HugePagePlan?
  /// Floors of smaller tables.
  let floors: TableFit
  /// What could not be looked at, though the answer doesn't depend on it.
  let notes: [String]

  /// The gates that are ahead, in order.
  var gates: [MemoryGate] { tablesAreTaken ? [] : memory.gates(isLoaded: isLoaded) }

  /// Whether the module is in the kernel for good.
  var isLoaded: Bool { loaded?.phase == .live || loaded?.phase == .builtIn }

  /// Why the options can't be used on this host at all, whatever the memory.
  var dangers: [Danger] {
    Danger.find(in: options, on: facts, known: nil).filter { $0.parameter != nil }
  }
}

extension MemoryObservation {
  /// Looks at a host. Needs no privilege but for what the free pages belong to.
  ///
  /// - Parameters:
  ///   - wanted: options that win over those in effect, or over those that a load would have.
  ///   - ownPages: pages that this program gives back when it ends.
  init(
    root: HostRoot, release: String, settings: ModuleSettings, wanted: ModuleOptions = ModuleOptions(),
    ownPages: UInt64 = OwnMemory.pages
  ) throws(CommandFailure) {
    do {
      var notes: [String] = []
      loaded = try LoadedModule.observe(HostAccess.moduleName, on: root)
      let isLoaded = loaded?.phase == .live || loaded?.phase == .builtIn
      // The device is registered once the tables are in memory (vr_mem.c).
      let devices = (try? root.readText("/proc/devices")) ?? ""
      tablesAreTaken = isLoaded && devices.split(separator: "\n").contains { $0.hasSuffix(" vrouter_mem") }
      var configured = ModuleOptions()
      if !isLoaded {
        do {
          configured = try LibkmodBackend(host: root, release: release)
            .configuredOptions(for: HostAccess.moduleName)
        } catch {
          notes.append("the options of modprobe.d are not known: \(error)")
        }
        configured = (settings.options?.value ?? ModuleOptions()).over(configured)
      }
      options = wanted.over(configured)
      facts = try VRouterHostFacts.observe(on: root, highestInterfaceIndex: nil, linkNames: [])
      hugePages = HugePages.observe(on: root)
      let plain = VRouterMemory(try Self.values(options, inEffect: isLoaded ? loaded : nil), on: facts)
      hugePlan = HugePagePlan(settings.memory.hugePages, for: plain, on: hugePages) { path in
        (try? root.status(path)).map { UInt64(clamping: $0.identity.size) }
      }
      memory = VRouterMemory(plain.values, on: facts, hugeTables: hugePlan?.tables ?? [])
      types = Result { () throws(KernelModuleError) in try PageTypeInfo.observe(on: root) }
      supply = try MemorySupply.observe(on: root, types: types, ownPages: ownPages)
      use = try MemoryUse.observe(on: root)
      counters = try? CompactionCounters.observe(on: root)
      floors = settings.memory.floors
      self.notes = notes
    } catch let error as KernelModuleError {
      throw CommandFailure(.failed, "the host's memory can't be looked at: \(error)")
    } catch {
      throw CommandFailure(.failed, "the host's memory can't be looked at: \(error)")
    }
  }

  private static func values(
    _ options: ModuleOptions, inEffect loaded: LoadedModule?
  ) throws(VRouterError) -> VRouterParameterValues {
    let given = try VRouterParameterValues(options)
    guard let loaded else { return given }
    return VRouterParameterValues(
      inEffect: loaded.parameters.merging(
        options.assignments.map { ($0.name, $0.value) }, uniquingKeysWith: { _, wanted in wanted }))
  }
}

extension MemorySettings {
  /// The smallest tables that the operator allows.
  var floors: TableFit {
    TableFit(
      flowEntries: UInt64(leastFlowEntries.value), bridgeEntries: UInt64(leastBridgeEntries.value))
  }

  /// Options as wanted, but with the tables that a module has which was loaded with smaller ones for lack of memory: they
  /// are what was wanted then.
  func keepingFitted(_ wanted: ModuleOptions, inEffect loaded: LoadedModule?) -> ModuleOptions {
    guard fitsTables.value, let loaded, let asked = try? VRouterParameterValues(wanted) else { return wanted }
    let present = VRouterParameterValues(inEffect: loaded.parameters)
    let floors = floors.values
    let fitted = floors.keys.sorted().filter { name in
      let entries = present[name]
      return entries < asked[name] && entries >= floors[name] ?? 0 && entries & (entries - 1) == 0
    }
    let text = fitted.map { "\($0)=\(present[$0])" }.joined(separator: " ")
    return (try? ModuleOptions(parsing: text))?.over(wanted) ?? wanted
  }
}
