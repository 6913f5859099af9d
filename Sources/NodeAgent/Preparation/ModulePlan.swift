import KernelModule
import VRouter

/// What is to be done about the module, decided before anything is touched.
struct ModulePlan: Sendable {
  /// What to load; nil when the module is there.
  let request: LoadRequest?
  /// In what a module that is there differs from the one that would be loaded.
  let differences: [String]
  /// Every build that there is.
  let choice: ModuleChoice
  let facts: VRouterHostFacts
  let retryPolicy: RetryPolicy
  /// What may be done about memory.
  let memory: MemorySettings

  /// Decides.
  ///
  /// - Throws: when there is no build to load, or when the options can't be used on this host.
  init(_ module: ModuleObservation, settings: ModuleSettings) throws(CommandFailure) {
    choice = module.choice
    facts = module.facts
    memory = settings.memory
    retryPolicy = RetryPolicy(
      attempts: settings.loadAttempts.value, firstDelay: settings.loadBackoff.value,
      longestDelay: settings.loadBackoffLimit.value)
    if let loaded = module.loaded, loaded.phase == .live || loaded.phase == .builtIn {
      request = nil
      differences = Self.differences(module, loaded)
    } else {
      request = try Self.request(module)
      differences = []
    }
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
