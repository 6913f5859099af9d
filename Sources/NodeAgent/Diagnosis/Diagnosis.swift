import KernelModule
import Readiness
import VRouter

/// Judges a host by what was seen of it: a pure function, apart from the seeing.
struct Diagnosis: Sendable {
  let observation: HostObservation
  let settings: Settings
  /// What of the host decides about a load beyond the options.
  let loadEvidence: LoadEvidence
  /// Whether there is a readiness file at all.
  let claimsReadiness: Bool
  /// A takeover that an earlier run left in the middle, if there is one.
  var unfinished: UnfinishedTakeover?
  /// Seconds since 1970.
  var now = Int64(HostClock.seconds())
  /// Of which settings nobody knows what they were meant to be: nothing that rests on them is judged.
  var doubt = SettingsDoubt()

  /// Every finding; none for a healthy host.
  var findings: [Finding] {
    unless(ParameterGroup.detection, network()) + contradictions()
      + (isPrepared ? unless(ParameterGroup.module, module()) + unless(memoryParameters, memory()) : [])
      + (isPrepared ? configuration() : []) + readiness() + takeover() + lease() + node()
  }

  /// Whether the node's data path is one that is prepared here.
  private var isPrepared: Bool { settings.dataPathProblem == nil }

  private var memoryParameters: Set<String> {
    ParameterGroup.module.union(ParameterGroup.hugePages)
  }

  /// Findings that rest on these parameters.
  func unless(_ parameters: Set<String>, _ findings: @autoclosure () -> [Finding]) -> [Finding] {
    doubt.touches(parameters) ? [] : findings()
  }

  /// What is wrong with the settings themselves.
  static func findings(_ error: SettingsError) -> [Finding] {
    error.problems.map { problem in
      Finding(
        .settingsInvalid, "\(problem.parameter ?? "the settings"): found \(problem.found)",
        evidence: problem.source.map { ["set in \($0)"] } ?? [], remedy: "expected is \(problem.expected)")
    }
  }
}

/// Settings that this host contradicts.
extension Diagnosis {
  private func contradictions() -> [Finding] {
    let interfaces =
      doubt.touches(ParameterGroup.detection) ? nil : (try? observation.detection.get())?.choices.count
    let problems = Contradictions.find(settings, interfaces: interfaces, facts: observation.contradictions)
    return problems.isEmpty ? [] : Self.findings(SettingsError(problems: problems))
  }
}

/// Interface and gateway.
extension Diagnosis {
  private func network() -> [Finding] {
    switch observation.detection {
    case .failure(let error): return [Self.finding(error)]
    case .success(let decision):
      guard decision.gateway.addresses.isEmpty, !observation.network.hasDefaultRoute else { return [] }
      return [
        Finding(
          .gatewayMissing, .warning,
          "there is no gateway: only the subnet of \(decision.interface.name) can be reached",
          evidence: [decision.gateway.reason, "VROUTER_GATEWAY is not set"],
          remedy: "set VROUTER_GATEWAY, or give the host a default route")
      ]
    }
  }

  private static func finding(_ error: DetectionError) -> Finding {
    let name: Finding.Name =
      switch error.problem {
      case .down: .interfaceDown
      case .noGateway: .gatewayMissing
      case .notFound, .ambiguous, .nothingFits, .ineligible, .conflict, .noAddress, .unequalMTU:
        .interfaceUndecided
      }
    return Finding(
      name, error.message, evidence: error.candidates.map { "\($0.name): \($0.reason)" }, remedy: error.remedy
    )
  }
}

/// The module and the memory for it.
extension Diagnosis {
  private func module() -> [Finding] {
    let module: ModuleObservation
    do {
      module = try observation.module()
    } catch {
      return [
        Finding(
          .moduleRefused, "the module can't be looked at, nor loaded", evidence: ["\(error)"],
          remedy: "mend what the evidence names")
      ]
    }
    guard let loaded = module.loaded else { return refusals(module) }
    guard loaded.phase == .live || loaded.phase == .builtIn else {
      return [
        Finding(
          .moduleRefused, "a module of this name is half loaded or half unloaded",
          evidence: ["/sys/module/\(loaded.name)/initstate: \(loaded.phase.rawValue)"],
          remedy:
            "if it stays so, its init or exit hangs or crashed (see the kernel's log), and so would another load: reboot"
        )
      ]
    }
    let differences = ModulePlan.differences(module, loaded)
    guard !differences.isEmpty else { return [] }
    return [
      Finding(
        .moduleStale, .warning, "the loaded module is not the one that would be loaded now",
        evidence: differences,
        remedy:
          "reboot the node, or stop what uses the module and run: vrouter-node-agent module unload, then prepare"
      )
    ]
  }

  /// Why the module, which is not loaded, could not be.
  private func refusals(_ module: ModuleObservation) -> [Finding] {
    var findings: [Finding] = []
    if module.choice.chosen == nil {
      let others = module.choice.candidates.filter { $0.file != nil }
      findings.append(
        others.isEmpty
          ? Finding(
            .moduleBuildMissing, "there is no build of the module for the kernel \(module.choice.release)",
            evidence: module.choice.candidates.map { "\($0)" },
            remedy: "install the build made for this kernel, or boot a kernel that there is a build for")
          : Finding(
            .moduleRefused,
            "the builds of the module that are there can't be loaded into the kernel \(module.choice.release)",
            evidence: module.choice.candidates.map { "\($0)" },
            remedy: module.choice.remedy))
    }
    findings += module.dangers.map {
      Finding(
        .moduleRefused, "the module can't be loaded with these options: \($0.reason)", evidence: ["\($0)"],
        remedy: $0.remedy)
    }
    return findings + policyRefusals(module)
  }

  /// The host's own rules against loading modules.
  private func policyRefusals(_ module: ModuleObservation) -> [Finding] {
    var findings: [Finding] = []
    if loadEvidence.loadingDisabled == true {
      findings.append(
        Finding(
          .moduleRefused, "the kernel loads no more modules until it is rebooted",
          evidence: ["/proc/sys/kernel/modules_disabled is 1"],
          remedy: "load the module before kernel.modules_disabled is set (sysctl.d), and reboot"))
    }
    if loadEvidence.commandLineBlacklist.contains(HostAccess.moduleName) {
      findings.append(
        Finding(
          .moduleRefused, "the kernel's command line forbids the module",
          evidence: ["/proc/cmdline has module_blacklist"],
          remedy: "remove \(HostAccess.moduleName) from module_blacklist= and reboot"))
    }
    if let command = module.installCommand {
      findings.append(
        Finding(
          .moduleRefused, "modprobe.d puts a command in place of loading the module, and prepare runs none",
          evidence: ["install \(HostAccess.moduleName) \(command)"],
          remedy: "remove the line 'install \(HostAccess.moduleName) …' from /etc/modprobe.d"))
    }
    // Builds that were checked against it are not chosen any more; what is replayed may have been.
    if let information = module.choice.chosen?.information, !information.isSigned {
      let lockdown = loadEvidence.lockdown.map { $0 != "none" } ?? false
      if loadEvidence.enforcesSignatures == true || lockdown {
        findings.append(
          Finding(
            .moduleRefused, "the kernel loads signed modules only, and this build is not signed",
            evidence: [
              "sig_enforce: \(loadEvidence.enforcesSignatures.map { "\($0)" } ?? "unknown")",
              "lockdown: \(loadEvidence.lockdown ?? "unknown")",
            ], remedy: "sign the module with a key that the kernel trusts (mokutil), or turn Secure Boot off")
        )
      }
    }
    return findings
  }

  /// Both gates of a module that isn't loaded. The second is looked at when the first is met; that a later start of the
  /// vRouter agent will lack memory stands in no load's way, so that it is a warning.
  private func memory() -> [Finding] {
    guard let module = try? observation.module(), module.loaded == nil,
      let values = try? VRouterParameterValues(module.options)
    else { return [] }
    let gates = VRouterMemory(values, on: module.facts).gates(isLoaded: false)
    let verdicts = MemoryGate.weigh(gates, against: module.supply)
    let remedy =
      "prepare treats memory by itself, as far as VROUTER_MEMORY_TREATMENT says; vrouter-node-agent memory tells what would help"
    if verdicts[0].isShort {
      return [
        Finding(
          .memoryLoadShort, "memory is too fragmented, or too little, for the module to load: \(verdicts[0])",
          evidence: lines(gates[0], verdicts[0], module.supply),
          remedy: "compact it (echo 1 > /proc/sys/vm/compact_memory), or reboot; \(remedy)")
      ]
    }
    guard verdicts[1].isShort, settings.module.memory.hugePages.isEmpty else { return [] }
    return [
      Finding(
        .memoryStartShort, .warning,
        "memory would do for the module's load, and not for the vRouter agent's start: \(verdicts[1])",
        evidence: lines(gates[1], verdicts[1], module.supply), remedy: remedy)
    ]
  }

  private func lines(_ gate: MemoryGate, _ verdict: MemoryVerdict, _ supply: MemorySupply) -> [String] {
    MemoryText.table(gate.name, verdict, supply).split(separator: "\n").map(String.init)
  }
}
