import HostFiles
import KernelModule
import Logging

/// What a takeover works with besides the kernel.
struct TakeoverContext: Sendable {
  let root: HostRoot
  let subject: TakeoverSubject
  /// Finds out whether the node is reached.
  var verifier: any TakeoverVerifier
  /// How long that waits for an answer, for the journal.
  var verifyLimit = Duration.seconds(15)
  /// Tells the host's network managers.
  var managers: any TakeoverManagers = NoManagers()
  /// What they are told, for the journal.
  var managerSteps = ManagerSteps()
  var moments = PreparationMoments { _ in }
  var makeGuardian: @Sendable () throws(TakeoverError) -> TakeoverGuardian = { () throws(TakeoverError) in
    .none
  }
  /// Why no journal can be kept on the host; nil when one can.
  var journalObjection: @Sendable (HostRoot) -> String? = { RunFolder($0).objection }
  /// Waits between two attempts at an undoing.
  var pacing: any Pacing = MonotonicPacing()
  var now: @Sendable () -> Int64 = { Int64(HostClock.seconds()) }
  let log: Logger

  func journal() throws(CommandFailure) -> TakeoverJournal? {
    do {
      return try TakeoverJournal.read(from: root)
    } catch {
      throw CommandFailure(.failed, "nothing was changed: \(error)")
    }
  }

  func bootID() throws(CommandFailure) -> String {
    do {
      return try root.readValue("/proc/sys/kernel/random/boot_id")
    } catch {
      throw CommandFailure(.failed, "nothing was changed: \(error)")
    }
  }
}

/// When it is found out whether the node is reached: the words of the log.
enum VerificationMoment: String, Sendable {
  /// By vhost0, while the physical interfaces still have the addresses.
  case moved = "after"
  /// By vhost0 alone.
  case committed = "confirmed"
}

/// Finds out whether the node is reached: what tests put another in the place of.
protocol TakeoverVerifier: Sendable {
  /// Looks what works before anything is changed.
  ///
  /// - Returns: what has to work afterwards; nil: nothing has to.
  /// - Throws: when nothing works that would prove anything afterwards.
  func before() throws(CommandFailure) -> Verification?

  /// Why the node isn't reached as before; none when it is.
  func after(_ moment: VerificationMoment, _ verification: Verification?, by vhost: TakeoverDevice)
    -> [String]
}

/// Tells the host's network managers what isn't theirs: what tests put another in the place of.
protocol TakeoverManagers: Sendable {
  /// vhost0 isn't theirs, before it is there.
  func beforeVhost() throws(TakeoverError)
  /// Nor are the physical interfaces any more, which still have their addresses. What can't be told is a warning.
  func atCommit() -> [String]
  /// All is theirs again; what can't be told is a warning.
  ///
  /// - Parameter isCommitted: whether ``atCommit()`` may have been told.
  func undo(isCommitted: Bool) -> [String]
}

/// A host without any.
struct NoManagers: TakeoverManagers {
  func beforeVhost() throws(TakeoverError) {}
  func atCommit() -> [String] { [] }
  func undo(isCommitted: Bool) -> [String] { [] }
}

/// Nobody asks.
struct NoVerification: TakeoverVerifier {
  func before() throws(CommandFailure) -> Verification? { nil }
  func after(_ moment: VerificationMoment, _ verification: Verification?, by vhost: TakeoverDevice)
    -> [String]
  { [] }
}
