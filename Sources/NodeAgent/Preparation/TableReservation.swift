import KernelModule
import Logging
import VRouter

/// Has the module make the tables of the vRouter agent now, while memory is good, and not when that agent starts.
struct TableReservation: Sendable {
  /// What was asked and answered.
  let exchange: TableExchange
  /// What was done about memory before it, in order.
  let treatments: [MemoryTreatment.Step]

  /// Treats memory as far as the settings allow and the tables need, and reserves; nothing is done when the tables are
  /// there.
  ///
  /// - Parameter isTreated: whether memory was treated for the tables, too, a moment ago.
  static func run(
    on host: HostAccess, settings: ModuleSettings, isTreated: Bool = false
  ) throws(CommandFailure) -> TableReservation {
    if let problem = settings.reservationProblem { throw CommandFailure(.settings, problem) }
    let before = try tables(host)
    guard !before.areThere else {
      host.log.info("the module's tables are there already: nothing is sent")
      return TableReservation(exchange: TableExchange(answer: nil, tables: before), treatments: [])
    }
    let treatment = treat(host, settings, within: isTreated ? .none : settings.memory.treatment.value)
    let exchange: TableExchange
    do {
      exchange = try host.tables.makeTables()
    } catch {
      throw CommandFailure(.module, "the module's tables were not reserved: \(error)")
    }
    if let answer = exchange.answer {
      host.log.info("the module answered to the first vr_hugepage_config: \(answer)")
    }
    try check(exchange, treatment)
    return TableReservation(exchange: exchange, treatments: treatment?.steps ?? [])
  }

  /// Where the tables are, or the failure as a command reports it.
  static func tables(_ host: HostAccess) throws(CommandFailure) -> TablesState {
    do {
      return try host.tables.tables()
    } catch {
      throw CommandFailure(.module, "where the module's tables are can't be told: \(error)")
    }
  }

  /// Nil when the measuring itself fails, which must not end a preparation.
  private static func treat(
    _ host: HostAccess, _ settings: ModuleSettings, within bound: MemoryTreatment.Bound
  ) -> MemoryTreatment? {
    do {
      let memory = try MemoryObservation(root: host.root, release: host.kernelRelease, settings: settings)
      var treatment = try MemoryTreatment(for: memory.memory.gates(isLoaded: true), on: host.root)
      try treatment.run(within: bound, on: host.root, by: host.treatment, pacing: host.pacing)
      for step in treatment.steps { host.log.warning("\(MemoryText.summary(step))") }
      return treatment
    } catch {
      host.log.warning("memory was not treated: \(error)")
      return nil
    }
  }

  /// What the module did is read from its codes and from the tables' state; one alone is no proof.
  private static func check(_ exchange: TableExchange, _ treatment: MemoryTreatment?) throws(CommandFailure) {
    guard let answer = exchange.answer else { return }
    switch (answer.code, answer.outcome) {
    // Somebody gave it huge pages since it was asked, and it does nothing more.
    case (0, _), (-17, _), (_, .alreadyInitialised): break
    case (-12, _):
      throw CommandFailure(
        .memory,
        "the module found no memory for its tables (\(answer)) and kept none of it; the vRouter agent would fail the same way: free and compact memory, make the tables smaller (VROUTER_MODULE_FIT), or reserve earlier after boot"
          + (treatment.map(table) ?? ""))
    case (_, .noDevice):
      throw CommandFailure(
        .module,
        "the module made its tables, but not the device that shows them to the vRouter agent (\(answer)); read the kernel's log (dmesg)"
      )
    default:
      throw CommandFailure(
        .module,
        "the module did not make its tables (\(answer)), and won't when the vRouter agent asks; check VROUTER_MODULE_OPTIONS, and read the kernel's log (dmesg)"
      )
    }
    guard exchange.tables.areThere else {
      throw CommandFailure(
        .module,
        "the module answered that its tables are made (\(answer)), but shows no device for them; read the kernel's log (dmesg)"
      )
    }
  }

  private static func table(_ treatment: MemoryTreatment) -> String {
    guard let gate = treatment.gates.last, let verdict = treatment.verdicts.last else { return "" }
    return "\n" + treatment.steps.map { "\n\(MemoryText.summary($0))" }.joined() + "\n"
      + MemoryText.table(gate.name, verdict, treatment.supply)
  }
}
