import ArgumentParser
import Glibc
import HostFiles
import Logging
import Readiness

/// `run`: the sidecar's job.
struct RunCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Prepares this host as prepare does, then stays: checks readiness and logs each change of it.",
    discussion: """
      Ends with exit code 0 on SIGTERM or SIGINT and leaves module, configuration and readiness file as they are: \
      the vRouter goes on forwarding without this program. Ends at once when the preparation fails.
      """)

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("Seconds between two checks of readiness.", valueName: "seconds"))
  var interval = 10

  func validate() throws {
    guard (1...3600).contains(interval) else {
      throw ValidationError("--interval takes 1 to 3600 seconds, not \(interval)")
    }
  }

  func execute() throws(CommandFailure) -> ExitCode {
    // Blocked from the beginning: a signal during the preparation ends the program after it, never within it.
    let signals = EndSignals()
    let log = common.makeLogger()
    let root = try common.openRoot()
    var renewal: TokenRenewal?
    do {
      let run = PreparationRun(common: common, root: root, log: log, isEnding: EndSignals.arePending)
      let outcome = try run.prepare()
      log.notice("ready: \(outcome.summary)")
      renewal = TokenRenewal(outcome.plan.loadBalancer, root: root, own: .running, log: log)
    } catch {
      // Asked to end while it waited for a carrier or an address, or for vhost0: the network is as it was.
      guard [.undecided, .vhost].contains(error.code), let signal = signals.wait(seconds: 0) else {
        throw error
      }
      log.notice("ending on signal \(signal) before the node was prepared: \(error.description)")
      return .done
    }
    var previous = ReadinessCheck(root: root).verdict()
    var lease = LeaseWatch(root: root)
    while true {
      if let signal = signals.wait(seconds: interval) {
        log.notice("ending on signal \(signal); the data path is left as it is")
        return .done
      }
      renewal?.run()
      let verdict = ReadinessCheck(root: root).verdict()
      if verdict.description != previous.description {
        log.log(level: verdict.isReady ? .notice : .error, "\(verdict)")
      }
      previous = verdict
      lease.look(log)
    }
  }
}

/// The signals by which a container or an operator ends a program.
private struct EndSignals {
  private var set = sigset_t()

  /// Blocks them for this thread, so that they wait to be taken.
  init() {
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, SIGTERM)
    unsafe sigaddset(&set, SIGINT)
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Whether one of them waits to be taken (sigpending(2)).
  static let arePending: @Sendable () -> Bool = {
    var pending = sigset_t()
    guard unsafe sigpending(&pending) == 0 else { return false }
    return unsafe sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1
  }

  /// Waits for one of them (sigtimedwait(2)); nil when the time is over.
  func wait(seconds: Int) -> CInt? {
    var set = set
    var limit = timespec(tv_sec: seconds, tv_nsec: 0)
    let signal = unsafe sigtimedwait(&set, nil, &limit)
    return signal > 0 ? signal : nil
  }
}
