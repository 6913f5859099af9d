import ArgumentParser
import HostFiles
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

  var format: OutputFormat { report.output }

  func execute() throws(CommandFailure) -> ExitCode {
    let settings = DetectionSettings(try common.readSettings().host)
    let observer = KernelNetworkObserver(files: try common.openRoot())
    if brief, report.output == .text, let decision = try decideBriefly(observer, settings) {
      Output.report(DetectionText.brief(decision))
      return .done
    }
    let snapshot = try observer.observed(for: settings)
    do {
      let decision = try Detector(snapshot: snapshot, settings: settings).decide(explained: !brief)
      Output.report(render(decision))
      return .done
    } catch {
      Output.report(render(error))
      throw CommandFailure(.undecided, "\(error.message); \(error.remedy)", isReported: true)
    }
  }

  /// The decision where it takes no list of all links; why there is none is said with all of them at hand.
  private func decideBriefly(
    _ observer: KernelNetworkObserver, _ settings: DetectionSettings
  ) throws(CommandFailure) -> Decision? {
    do {
      guard let snapshot = try observer.observeBriefly(for: settings) else { return nil }
      return try? Detector(snapshot: snapshot, settings: settings).decide(explained: false)
    } catch {
      throw CommandFailure(.failed, "the network can't be observed: \(error)")
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
}
