import ArgumentParser
import HostFiles
import Netlink

/// `capture`: what detection sees of this host, for `detect --from` elsewhere.
struct CaptureCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture",
    abstract: "Saves what detection sees of this host to a folder, for detect --from on any other.",
    discussion: """
      The folder must be new or empty; only its owner can look into it. It holds netlink datagrams, host files as read, \
      resolved names and the settings that detection looks at: no secrets, but names and addresses of this host. Nothing \
      else is changed.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var report: ReportOptions

  @Argument(help: ArgumentHelp("The folder to write; this program's path, not below --root."))
  var folder: String

  var format: OutputFormat { report.output }

  func execute() throws(CommandFailure) -> ExitCode {
    let settings = try common.readSettings(for: .looking)
    let wanted = DetectionSettings(settings.host)
    let recorder = CaptureRecorder()
    let observer = recorder.observer(files: try common.openRoot())
    let snapshot = try observer.observed(for: wanted)
    let capture = recorder.capture(
      hostName: observer.hostName, settings: settings.host.capturedVariables)
    // Asked of what was recorded, and not only hoped for.
    guard try capture.observer.observed(for: wanted) == snapshot else {
      throw CommandFailure(
        .failed, "what was recorded doesn't lead to what was seen: report this as a defect")
    }
    let time = Int64(HostClock.seconds())
    let circumstances = CaptureManifest.Circumstances(
      agentVersion: version, kernelRelease: SystemHostNames.kernelRelease(), takenAt: time)
    let target = CaptureFolder(path: CommonOptions.absolute(folder))
    let manifest = try target.write(capture.encoded(at: time), circumstances)
    let result = CaptureReport(
      folder: target.path, manifest: manifest,
      detection: Result { () throws(DetectionError) in
        try Detector(snapshot: snapshot, settings: wanted).decide(explained: false)
      })
    switch report.output {
    case .json: Output.report(JSON.document(result))
    case .text: Output.report(result.text)
    }
    return .done
  }
}

/// What was captured.
struct CaptureReport: Encodable {
  let folder: String
  let files: [CaptureManifest.File]
  /// What detection decided there: the interface, or nil with the reason beside it.
  let interface: String?
  let undecided: String?

  init(folder: String, manifest: CaptureManifest, detection: Result<Decision, DetectionError>) {
    self.folder = folder
    files = manifest.files
    switch detection {
    case .success(let decision): (interface, undecided) = (decision.interface.name, nil)
    case .failure(let error): (interface, undecided) = (nil, error.message)
    }
  }

  var text: String {
    let bytes = files.reduce(0) { $0 + $1.size }
    let decision =
      interface.map { "detection chooses \($0) here" } ?? "detection is undecided here: \(undecided ?? "")"
    return "captured to \(folder): \(files.count) files, \(bytes) bytes; \(decision)\n"
  }
}
