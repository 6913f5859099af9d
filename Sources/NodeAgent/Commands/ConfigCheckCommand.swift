import ArgumentParser
import HostFiles
import Logging

/// `config check`: how a configuration differs from the one that `prepare` would write.
struct ConfigCheckCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract:
      "Tells in which keys a configuration differs from the one that prepare would write. Nothing is changed.",
    discussion: """
      contrail-vrouter-agent.conf is read as the vRouter agent reads it, the other files as Python's configparser does; \
      comments and order don't count, nor whether a boolean is true or 1. Secrets are shown as (set) or (unset). Exit code 0 \
      when nothing differs, 4 when something does, 3 when the agent can't start with the file, or what reads it refuses it.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var report: ReportOptions

  @Argument(
    help: ArgumentHelp(
      "The file to check; without it, the files of this host.",
      discussion:
        "A path of this program's, not below --root. Its name tells which file it is; another name than those that prepare writes stands for contrail-vrouter-agent.conf."
    ))
  var file: String?

  var format: OutputFormat { report.output }

  func execute() throws(CommandFailure) -> ExitCode {
    let root = try common.openRoot()
    let files = try ConfigurationRendering(common, log: common.makeLogger()).files.all
    var result = ConfigurationCheckReport()
    if let file {
      let name = file.split(separator: "/").last
      guard let wanted = files.first(where: { $0.name == name.map(String.init) }) ?? files.first else {
        return .failed
      }
      let path = CommonOptions.absolute(file)
      Self.check(file, wanted, &result) { () throws(HostFileError) in try HostRoot.running.readBytes(path) }
    } else {
      for wanted in files {
        Self.check(wanted.path, wanted, &result) { () throws(HostFileError) in
          try root.readBytes(wanted.path)
        }
      }
    }
    switch report.output {
    case .json: Output.report(JSON.document(result))
    case .text: Output.report(result.text)
    }
    guard !result.agrees else { return .done }
    return result.isUsable ? .findingsWithWarnings : .findingsWithErrors
  }

  private static func check(
    _ shown: String, _ wanted: ConfigurationFile, _ result: inout ConfigurationCheckReport,
    _ read: () throws(HostFileError) -> [UInt8]
  ) {
    do throws(HostFileError) {
      let text = String(decoding: try read(), as: UTF8.self)
      let check = ConfigurationCheck(text, wanted: wanted)
      result.add(check, file: shown, path: wanted.path)
    } catch {
      result.add(failure: error.description, file: shown, path: wanted.path)
    }
  }
}
