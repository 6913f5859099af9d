import ArgumentParser
import HostFiles
import KernelModule
import Logging

/// `detect`: which interface and gateway, and why.
struct DetectCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect",
    abstract: "Tells which interface and gateway the vRouter will use, and why.",
    discussion: "Every interface is listed with the reason why it was or wasn't chosen. Nothing is changed.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var report: ReportOptions

  @Flag(help: "Print only the answer: interface, address and gateway.")
  var brief = false

  @Flag(
    help: "Wait as prepare does, up to VROUTER_WAIT_FOR_LINK, for what may come with time, such as a carrier."
  )
  var wait = false

  @Option(
    help: ArgumentHelp(
      "A folder that capture wrote: decide as on that host at that time.",
      discussion: "Settings of the environment and of --env-file win over the captured ones.",
      valueName: "folder"))
  var from: String?

  var format: OutputFormat { report.output }

  private var isExplained: Bool { !brief || report.output == .json }

  func validate() throws {
    guard !wait || from == nil else {
      throw ValidationError("nothing comes with time to a capture: --wait or --from")
    }
  }

  func execute() throws(CommandFailure) -> ExitCode {
    guard let from else { return try decideHere() }
    let capture = try Capture(folder: CommonOptions.absolute(from))
    let settings = try common.readSettings(for: .looking, over: capture.settings)
    let wanted = DetectionSettings(settings.host)
    return try answer(capture.observer.decide(for: wanted, explained: isExplained))
  }

  private func decideHere() throws(CommandFailure) -> ExitCode {
    let log = common.makeLogger()
    let settings = try common.readSettings(for: .looking, log: log)
    let wanted = DetectionSettings(settings.host)
    var observer = KernelNetworkObserver(files: try common.openRoot())
    if brief, report.output == .text {
      // Names are resolved once, whichever look decides.
      let known = KnownNames(observer.resolver.resolve(wanted.names, within: wanted.resolveTimeout))
      if !wait { observer.resolver = known }
      var quick = observer
      quick.resolver = known
      if let decision = try quick.decideBriefly(for: wanted), !wait || !decision.mayGainGateway {
        return try answer(.success(decision))
      }
    }
    guard wait else { return try answer(observer.decide(for: wanted, explained: isExplained)) }
    let patience = DecisionWait(
      observer: observer, watcher: KernelNetworkWatcher(), settings: wanted,
      limit: settings.host.linkWait.value, pacing: MonotonicPacing(), log: log, explains: isExplained)
    return try answer(patience.run().detection)
  }

  private func answer(_ detection: Result<Decision, DetectionError>) throws(CommandFailure) -> ExitCode {
    switch detection {
    case .success(let decision):
      if brief, report.output == .text {
        let log = common.makeLogger()
        for warning in decision.warnings { log.warning("\(warning)") }
      }
      Output.report(render(decision))
      return .done
    case .failure(let error):
      Output.report(render(error))
      throw CommandFailure(.undecided, "\(error.message); \(error.remedy)", isReported: true)
    }
  }

  private func render(_ decision: Decision) -> String {
    switch report.output {
    case .json: JSON.document(DetectionReport(decision))
    case .text where brief: DetectionText.brief(decision)
    case .text: DetectionText.full(decision)
    }
  }

  private func render(_ error: DetectionError) -> String {
    switch report.output {
    case .json: JSON.document(DetectionReport(error))
    case .text where brief: ""
    case .text: DetectionText.undecided(error)
    }
  }
}

extension NetworkObserver {
  /// Observes, with the failure as a command reports it.
  func observed(for settings: DetectionSettings) throws(CommandFailure) -> NetworkSnapshot {
    do {
      return try observe(for: settings)
    } catch {
      throw CommandFailure(.failed, "the network can't be observed: \(error)")
    }
  }

  /// Observes everything, and decides.
  ///
  /// - Parameter explained: whether to find out what would change the answer, too.
  func decide(
    for settings: DetectionSettings, explained: Bool
  ) throws(CommandFailure) -> Result<Decision, DetectionError> {
    let snapshot = try observed(for: settings)
    return Result { () throws(DetectionError) in
      try Detector(snapshot: snapshot, settings: settings).decide(explained: explained)
    }
  }

  /// The decision where it takes no list of all links; nil where it does, or where there is none: why, can only be said
  /// with all of them at hand.
  func decideBriefly(for settings: DetectionSettings) throws(CommandFailure) -> Decision? {
    do {
      guard let snapshot = try observeBriefly(for: settings) else { return nil }
      return try? Detector(snapshot: snapshot, settings: settings).decide(explained: false)
    } catch {
      throw CommandFailure(.failed, "the network can't be observed: \(error)")
    }
  }
}
