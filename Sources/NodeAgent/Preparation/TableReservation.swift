import Logging
import VRouter

/// Has the module make the tables of the vRouter agent now, while memory is good, and not when that agent starts.
///
/// The state is the kernel's: whether the tables are there is asked of the module, before the message and after it. The message is
/// sent at most once in the life of a loaded module, since each registers the module's character device once more.
/// The kernel handles it before sending returns: a run that is killed leaves either nothing or the tables.
struct TableReservation: Sendable, Equatable {
  /// What the module answered; nil when the tables were there, and nothing was sent.
  let answer: HugePageAnswer?
  let tables: TablesState

  /// Reserves, unless the tables are there.
  static func run(on host: HostAccess) throws(CommandFailure) -> TableReservation {
    let before = try tables(host)
    guard !before.areThere else {
      host.log.info("the module's tables are there already: nothing is sent")
      return TableReservation(answer: nil, tables: before)
    }
    let answer: HugePageAnswer
    do {
      answer = try host.messenger.makeTables()
    } catch {
      throw CommandFailure(.module, "the module's tables were not reserved: \(error)")
    }
    host.log.info("the module answered to the first vr_hugepage_config: \(answer)")
    try check(answer)
    let after = try tables(host)
    guard after.areThere else {
      throw CommandFailure(
        .module,
        "the module answered that its tables are made (\(answer)), but shows no device for them; read the kernel's log (dmesg)"
      )
    }
    return TableReservation(answer: answer, tables: after)
  }

  private static func tables(_ host: HostAccess) throws(CommandFailure) -> TablesState {
    do {
      return try host.messenger.tables()
    } catch {
      throw CommandFailure(.module, "where the module's tables are can't be told: \(error)")
    }
  }

  private static func check(_ answer: HugePageAnswer) throws(CommandFailure) {
    switch (answer.code, answer.outcome) {
    case (0, _): return
    case (-17, _), (_, .alreadyInitialised):
      // Somebody gave it huge pages since it was asked.
      return
    case (-12, _):
      throw CommandFailure(
        .memory,
        "the module found no memory for its tables (\(answer)) and kept none of it; the vRouter agent would fail the same way: free and compact memory, make the tables smaller, or reserve earlier after boot"
      )
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
  }
}
