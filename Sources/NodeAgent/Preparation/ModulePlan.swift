import HostFiles
import KernelModule
import VRouter

/// What is to be done about the module, decided before anything is touched.
struct ModulePlan: Sendable {
  /// What to load; nil when the module is there, and stays.
  let request: LoadRequest?
  /// Whether the module that is there is unloaded first.
  let replaces: Bool
  /// The copy of the build to make in the kernel's module tree; nil when none is to be made.
  let installation: ModuleInstallation?
  /// In what a module that is there differs from the one that would be loaded.
  let differences: [String]
  /// Every build that there is.
  let choice: ModuleChoice
  let facts: VRouterHostFacts
  let retryPolicy: RetryPolicy
  /// What may be done about memory.
  let memory: MemorySettings
  /// What was seen of the host.
  private let module: ModuleObservation

  /// Decides.
  ///
  /// - Throws: when there is no build to load, or when the options can't be used on this host.
  init(_ module: ModuleObservation, settings: ModuleSettings) throws(CommandFailure) {
    self.module = module
    choice = module.choice
    installation = module.installation
    facts = module.facts
    memory = settings.memory
    retryPolicy = RetryPolicy(
      attempts: settings.loadAttempts.value, firstDelay: settings.loadBackoff.value,
      longestDelay: settings.loadBackoffLimit.value)
    if let loaded = module.loaded, loaded.phase == .live || loaded.phase == .builtIn {
      let differences = Self.differences(module, loaded)
      let blockers = module.replacementBlockers
      // Nothing is unloaded for a build or options that could not be loaded.
      let request = blockers == [] && !differences.isEmpty ? try Self.request(module) : nil
      self.request = request
      replaces = request != nil
      self.differences =
        differences
        + (differences.isEmpty ? [] : blockers ?? []).map { "the loaded module is not replaced: \($0)" }
    } else {
      request = try Self.request(module)
      replaces = false
      differences = []
    }
  }

  /// The plan after the kernel refused the build of this one: with the next that fits.
  private init(_ module: ModuleObservation, after plan: ModulePlan) throws(CommandFailure) {
    self.module = module
    (choice, installation, facts) = (module.choice, module.installation, module.facts)
    (retryPolicy, memory, replaces, differences) = (
      plan.retryPolicy, plan.memory, plan.replaces, plan.differences
    )
    request = try Self.request(module)
  }

  /// What to load instead, since the kernel refused the build.
  ///
  /// - Returns: nil where there is no other that fits, with these options.
  func refused(_ refusal: BuildRefusal, on root: HostRoot) -> ModulePlan? {
    var next = module
    next.choice = choice.knowing([refusal])
    next.planInstallation(on: root)
    return try? ModulePlan(next, after: self)
  }

  private static func request(_ module: ModuleObservation) throws(CommandFailure) -> LoadRequest {
    let refusals = module.dangers
    guard refusals.isEmpty else {
      throw CommandFailure(
        .module,
        "the module can't be loaded on this host with these options, and nothing was tried:\n"
          + refusals.map { "  \($0)" }.joined(separator: "\n"))
    }
    guard let chosen = module.choice.chosen, let file = chosen.file, let information = chosen.information
    else {
      throw CommandFailure(.module, module.choice.absence)
    }
    return LoadRequest(
      name: HostAccess.moduleName, file: file, information: information, options: module.options)
  }

  /// In what a module that is loaded differs from the one that would be.
  static func differences(_ module: ModuleObservation, _ loaded: LoadedModule) -> [String] {
    var differences: [String] = []
    if let build = module.choice.chosen, let wanted = build.information?.sourceVersion,
      loaded.sourceVersion != wanted
    {
      differences.append(
        "the loaded module has srcversion \(loaded.sourceVersion ?? "none"), the build on disk (\(build.file?.path ?? "")) has \(wanted)"
      )
    }
    return differences
      + ParameterMismatch.compare(wanted: module.options, inEffect: loaded.parameters).map { "\($0)" }
  }
}
