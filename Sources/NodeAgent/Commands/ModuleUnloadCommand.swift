import ArgumentParser
import HostFiles
import KernelModule
import Logging
import Netlink
import Readiness

/// `module unload`: takes the module out of the kernel when nothing is lost by it.
struct ModuleUnloadCommand: AgentCommand {
  static let configuration = CommandConfiguration(
    commandName: "unload",
    abstract: "Unloads the module, unless something would be lost or the kernel would crash.",
    discussion: """
      Refused while a link of kind vhost exists, while a process has the module's tables open, or while an option is \
      in effect with which unloading crashes the kernel. The module's reference count is 0 in all of these cases.
      """)

  @OptionGroup var common: CommonOptions

  func execute() throws(CommandFailure) -> ExitCode {
    let root = try common.openRoot()
    // Of all settings one matters here: a mistake in another must not keep the module in.
    let limit = common.loadSettings().settings.module.loadTimeout.value
    let host = try HostAccess.running(
      root: root, log: common.makeLogger(), loadLimit: limit)
    let text = try LockedRun(root: root, command: "module unload").run { () throws(CommandFailure) in
      try unload(host)
    }
    Output.report(text)
    return .done
  }

  private func unload(_ host: HostAccess) throws(CommandFailure) -> String {
    let links = try host.network.observed(for: DetectionSettings()).links
    let check = try UnloadCheck(host, links: links)
    guard check.isLoaded else { return "module \(HostAccess.moduleName) is not loaded: nothing to do\n" }
    let blockers = check.blockers()
    guard blockers.isEmpty else {
      throw CommandFailure(
        .module,
        "module \(HostAccess.moduleName) was not unloaded:\n"
          + blockers.map { "  \($0)" }.joined(separator: "\n"))
    }
    try remove(host)
    return "module \(HostAccess.moduleName) unloaded; the node is not ready until prepare runs again\n"
  }

  /// The readiness file goes before the module does; when the kernel keeps the module, nothing has changed and it
  /// comes back.
  private func remove(_ host: HostAccess) throws(CommandFailure) {
    let claim = try? host.root.readBytes(ReadyFile.path)
    do {
      try host.root.remove(ReadyFile.path)
    } catch {
      throw CommandFailure(
        .failed, "the readiness file can't be removed, so that nothing was unloaded: \(error)")
    }
    let failure: String?
    do {
      failure = try ModuleUnloader(host: host.root, backend: host.modules).unload(HostAccess.moduleName)?
        .description
    } catch {
      failure = error.description
    }
    guard let failure else { return }
    do {
      if let claim { try host.root.replace(ReadyFile.path, with: claim, mode: 0o644) }
    } catch {
      host.log.warning(
        "the node is as ready as before, but its readiness file could not be put back: \(error)")
    }
    throw CommandFailure(.module, failure)
  }
}
