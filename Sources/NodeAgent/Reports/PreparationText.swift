import KernelModule
import Netlink

/// A preparation in words.
enum PreparationText {
  static func text(_ outcome: PreparationOutcome) -> String {
    var text = DetectionText.full(outcome.plan.decision) + "\n"
    // Those of the decision stand with it.
    let told = outcome.plan.decision.warnings
    for warning in outcome.plan.settingsWarnings + outcome.plan.warnings where !told.contains(warning) {
      text += "warning: \(warning)\n"
    }
    for treatment in outcome.treatments {
      text += MemoryText.full(treatment) + "\n"
    }
    text += outcome.refusals.map { "refused             \($0)\n" }.joined()
    if let load = outcome.load {
      let how =
        load.outcome == .alreadyLoaded
        ? "loaded by another process meanwhile"
        : "loaded after \(load.attempts) attempt\(load.attempts == 1 ? "" : "s")"
      text +=
        "module              \(HostAccess.moduleName) \(load.state?.version ?? "") \(how), srcversion \(load.state?.sourceVersion ?? "none")\n"
    }
    if let reservation = outcome.reservation {
      text += TableReservationReport(reservation.exchange).text
    }
    if outcome.isDryRun {
      text += "would do:\n" + steps(outcome.plan.steps)
      if let takeover = outcome.plan.takeover {
        text += TakeoverText.commands(takeover.plan) + TakeoverText.managers(takeover.managers)
      }
    } else {
      text += "done:\n" + steps(outcome.plan.steps)
      if let plan = outcome.takeover?.plan { text += TakeoverText.done(plan) }
      text += "\nready: \(outcome.summary)\n"
    }
    return text
  }

  private static func steps(_ steps: [PreparationStep]) -> String {
    steps.enumerated().map { "  \($0.offset + 1). \($0.element)\n" }.joined()
  }
}

/// A preparation as JSON carries it.
struct PreparationReport: Encodable {
  let dryRun: Bool
  let ready: Bool
  let decision: DetectionReport
  let steps: [Step]
  let module: Module?
  let treatments: [Treatment]
  /// What vhost0 takes over, in the order in which it is done.
  let takeover: [TakeoverPart]?
  /// What network managers are told for it.
  let managers: [String]?
  /// What is bound to the physical interfaces and doesn't follow.
  let bound: [BoundToInterface]?
  /// The names of the moments at which the run can be interrupted, in order; of a dry run.
  let moments: [String]?
  /// What came of reserving the tables.
  let tables: TableReservationReport?
  let warnings: [String]

  struct Step: Encodable {
    let name: String
    let description: String
  }

  struct TakeoverPart: Encodable {
    let step: String
    /// Each operation as the command that it equals.
    let commands: [String]
  }

  struct Module: Encodable {
    let version: String?
    let srcversion: String?
    let attempts: Int
    let failures: [String]
    /// Builds that the kernel refused before the one that is loaded.
    let refused: [String]
  }

  struct Treatment: Encodable {
    let kind: String
    let order: Int
    let blocksBefore: UInt64
    let blocksAfter: UInt64
    let seconds: Double
    let refusal: String?
    /// By order, before the treatment.
    let demand: [Row]
    /// For each gate that was ahead, what it says before and after.
    let gates: [Gate]
    /// The kernel's counters that grew meanwhile.
    let counters: [MemoryReport.Counter]

    struct Gate: Encodable {
      let name: String
      let before: String
      let after: String
    }

    init(_ step: MemoryTreatment.Step) {
      order = step.verdictsBefore.map(\.largestOrder).max() ?? 0
      kind = step.kind.rawValue
      blocksBefore = step.before.free.available(order)
      blocksAfter = step.after.free.available(order)
      seconds = step.duration / .seconds(1)
      refusal = step.refusals.isEmpty ? nil : MemoryText.refusals(step)
      let shown =
        step.verdictsBefore.first(where: \.isShort) ?? step.verdictsBefore.first { $0.answer != .fits }
      demand = (shown?.rows ?? []).map(Row.init)
      gates = step.gates.indices.map { index in
        Gate(
          name: step.gates[index].name, before: MemoryText.sentence(step.verdictsBefore[index]),
          after: MemoryText.sentence(step.verdictsAfter[index]))
      }
      counters = step.counters.map { MemoryReport.Counter(name: $0.name, value: $0.by) }
    }
  }

  struct Row: Encodable {
    let order: Int
    let free: UInt64
    let available: UInt64
    let needed: UInt64
    let missing: UInt64
    let unusable: Double?

    init(_ row: MemoryVerdict.Row) {
      order = row.order
      free = row.free
      available = row.available
      needed = row.needed
      missing = row.missing
      unusable = row.unusable
    }
  }

  init(_ outcome: PreparationOutcome) {
    dryRun = outcome.isDryRun
    ready = outcome.ready != nil
    decision = DetectionReport(outcome.plan.decision)
    warnings = outcome.plan.settingsWarnings + outcome.plan.warnings
    tables = outcome.reservation.map { TableReservationReport($0.exchange) }
    steps = outcome.plan.steps.map { Step(name: $0.name, description: "\($0)") }
    let refused = outcome.refusals.map { "\($0)" }
    module = outcome.load.map {
      Module(
        version: $0.state?.version, srcversion: $0.state?.sourceVersion, attempts: $0.attempts,
        failures: $0.failures.map { "\($0.failure)" }, refused: refused)
    }
    treatments = outcome.treatments.map(Treatment.init)
    let plan = outcome.isDryRun ? outcome.plan.takeover?.plan : outcome.takeover?.plan
    takeover = plan.map {
      $0.steps.map { TakeoverPart(step: $0.kind.rawValue, commands: $0.operations.map { "\($0)" }) }
    }
    managers = outcome.plan.takeover.map { TakeoverText.lines($0.managers) }
    bound = outcome.plan.takeover?.bound
    moments = outcome.isDryRun ? PreparationMoments.names(of: outcome.plan) : nil
  }
}
