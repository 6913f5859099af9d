import KernelModule
import VRouter

/// The module as `module status` tells of it, in JSON's shape.
struct ModuleReport: Encodable {
  let release: String
  let loaded: Loaded?
  let builds: [Build]
  let options: String
  /// Why the options can't be used on this host.
  let dangers: [String]
  /// Whether memory would do for a load now.
  let memory: String
  /// Why the module must not be unloaded now.
  let unloadBlockers: [String]
  /// In what the loaded module differs from the build on disk and the options.
  let differences: [String]

  struct Loaded: Encodable {
    let state: String
    let version: String?
    let srcversion: String?
    let references: Int?
    let parameters: [Parameter]
  }

  struct Parameter: Encodable {
    let name: String
    let value: String
  }

  struct Build: Encodable {
    let path: String?
    /// The release that it is for; nil where nothing is there.
    let release: String?
    let version: String?
    let srcversion: String?
    let chosen: Bool
    let verdict: String
    let checks: [Check]

    init(_ candidate: ModuleCandidate, of choice: ModuleChoice) {
      path = candidate.file?.path
      release = candidate.file == nil ? nil : candidate.otherRelease ?? choice.release
      version = candidate.information?.version
      srcversion = candidate.information?.sourceVersion
      chosen = candidate == choice.chosen
      verdict = "\(candidate)"
      checks = candidate.checks.map(Check.init)
    }
  }

  /// What was found of one thing that must hold before a build is tried.
  struct Check: Encodable {
    let name: String
    /// `passed`, `failed` or `open`: left for the kernel to decide.
    let result: String
    let reason: String?

    init(_ check: BuildCheck) {
      name = check.name.rawValue
      switch check.outcome {
      case .passed: (result, reason) = ("passed", nil)
      case .failed(let why): (result, reason) = ("failed", why)
      case .open(let why): (result, reason) = ("open", why)
      }
    }
  }

  init(_ module: ModuleObservation, blockers: [String]) {
    release = module.choice.release
    loaded = module.loaded.map { state in
      Loaded(
        state: state.phase.rawValue, version: state.version, srcversion: state.sourceVersion,
        references: state.references,
        parameters: state.parameters.sorted { $0.key < $1.key }.map {
          Parameter(name: $0.key, value: $0.value)
        })
    }
    builds = module.choice.candidates.map { Build($0, of: module.choice) }
    options = module.options.text
    dangers = module.dangers.map { "\($0)" }
    memory =
      (try? module.demand()).map { MemoryText.sentence(MemoryVerdict.weigh($0, against: module.supply)) }
      ?? "unknown"
    unloadBlockers = blockers
    differences = module.loaded.map { ModulePlan.differences(module, $0) } ?? []
  }
}

/// The module in words.
enum ModuleText {
  static func status(_ report: ModuleReport, _ module: ModuleObservation) -> String {
    var lines: [String] = []
    if let loaded = report.loaded {
      lines.append(
        "loaded   \(HostAccess.moduleName) \(loaded.version ?? "") (\(loaded.state)), srcversion \(loaded.srcversion ?? "none")"
      )
    } else {
      lines.append("loaded   no")
    }
    lines.append("kernel   \(report.release)")
    lines += report.builds.map { "build    \($0.chosen ? "* " : "  ")\($0.verdict)" }
    lines.append("options  \(report.options.isEmpty ? "none" : report.options)")
    lines += report.dangers.map { "refused  \($0)" }
    lines += report.differences.map { "differs  \($0)" }
    if report.loaded == nil {
      lines.append("memory   a load \(report.memory)")
    } else {
      lines += report.unloadBlockers.map { "keep     \($0)" }
      if let parameters = report.loaded?.parameters, !parameters.isEmpty {
        lines.append("in effect")
        lines += parameters.map { "  \($0.name)=\($0.value)" }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// What `module load` did, or would do.
struct ModuleLoadReport: Encodable {
  let dryRun: Bool
  /// Whether the module was there before, or another process loaded it meanwhile.
  let present: Bool
  /// Whether the module that was there is unloaded first.
  let replaces: Bool
  let path: String?
  let options: String?
  let version: String?
  let srcversion: String?
  let attempts: Int
  let failures: [String]
  /// Builds that the kernel refused before the one that is loaded.
  let refused: [String]
  let treatments: [String]
  let differences: [String]
  /// Every build that there is, with what was checked.
  let builds: [ModuleReport.Build]
  /// Where a copy of the build was made, or would be; nil when none is wanted, or it is there.
  let installed: String?
  /// What came of reserving the tables; nil when that isn't wanted.
  let tables: TableReservationReport?
  /// Whether another process loaded it meanwhile: then neither path nor options are those of this load.
  private let isAnothers: Bool
  /// For people: each treatment with its table.
  private let details: [String]

  private enum CodingKeys: String, CodingKey {
    case dryRun, present, path, options, version, srcversion, attempts, failures, treatments, differences,
      tables
    case builds, installed, refused, replaces
  }

  init(
    _ loading: ModuleLoading, reservation: TableReservation? = nil, installed: String? = nil, dryRun: Bool
  ) {
    self.dryRun = dryRun
    isAnothers = loading.report?.outcome == .alreadyLoaded
    present = loading.plan.request == nil || loading.plan.replaces || isAnothers
    replaces = loading.plan.replaces
    path = loading.plan.request?.file.path
    options = (loading.request ?? loading.plan.request)?.options.text
    version = loading.report?.state?.version ?? loading.plan.request?.information.version
    srcversion = loading.report?.state?.sourceVersion ?? loading.plan.request?.information.sourceVersion
    attempts = loading.report?.attempts ?? 0
    failures = loading.report?.failures.map { "\($0.failure)" } ?? []
    refused = loading.refusals.map { "\($0)" }
    let steps = loading.treatments + (reservation?.treatments ?? [])
    treatments = steps.map(MemoryText.summary)
    details = steps.map(MemoryText.full)
    tables = reservation.map { TableReservationReport($0.exchange) }
    differences = loading.plan.differences
    self.installed = installed
    builds = loading.plan.choice.candidates.map { ModuleReport.Build($0, of: loading.plan.choice) }
  }

  private var copied: String {
    installed.map { dryRun ? "would copy it into \($0)\n" : "installed \($0)\n" } ?? ""
  }

  var text: String {
    guard let path else {
      return differences.map { "warning: \($0)\n" }.joined()
        + "module \(HostAccess.moduleName) is loaded: nothing to do\n" + copied + (tables?.text ?? "")
    }
    let with = options.map { $0.isEmpty ? "" : " with \($0)" } ?? ""
    if dryRun {
      return differences.map { "warning: \($0)\n" }.joined()
        + "would \(replaces ? "unload the module that is loaded, and load" : "load") \(path)\(with)\n"
        + copied
    }
    let before =
      (replaces ? "unloaded the module that was loaded\n" : "") + details.map { $0 + "\n" }.joined()
      + refused.map { "refused \($0)\n" }.joined()
    let after = copied + (tables?.text ?? "")
    if isAnothers {
      return before
        + "another process loaded the module meanwhile: version \(version ?? "none"), srcversion \(srcversion ?? "none")\n"
        + after
    }
    return before
      + "loaded \(path)\(with): version \(version ?? "none"), srcversion \(srcversion ?? "none"), after \(attempts) attempt\(attempts == 1 ? "" : "s")\n"
      + after
  }
}
