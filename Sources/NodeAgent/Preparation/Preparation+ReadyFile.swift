import HostFiles
import KernelModule
import Netlink
import Readiness

/// What the readiness file vouches for.
extension Preparation {
  func readyFile(configuration identity: FileIdentity) throws(CommandFailure) -> ReadyFile {
    do {
      guard let module = try LoadedModule.observe(HostAccess.moduleName, on: host.root) else {
        throw CommandFailure(.module, "the module \(HostAccess.moduleName) is not loaded any more")
      }
      let state = try takeoverState()
      // Never empty: ``Decision``.
      let interfaces = interfaces(state)
      return ReadyFile(
        bootID: try host.root.readValue("/proc/sys/kernel/random/boot_id"), writtenAt: host.now(),
        interface: interfaces[0], others: Array(interfaces.dropFirst()), vhost: try vhost(state),
        gateway: plan.decision.gateway.addresses.first?.description,
        module: .init(name: module.name, version: module.version, srcversion: module.sourceVersion),
        configuration: .init(path: AgentConfiguration.path, identity: identity))
    } catch let error as CommandFailure {
      throw error
    } catch {
      throw CommandFailure(.failed, "the facts of the readiness file can't be read: \(error)")
    }
  }

  /// What takes over, as it is now; nil where nothing does.
  private func takeoverState() throws(CommandFailure) -> TakeoverState? {
    guard plan.awaited == nil, let access = host.takeover, let forecast = plan.takeover else { return nil }
    return try access.observe(forecast.subject)
  }

  /// The physical interfaces; several have the addresses that each keeps.
  private func interfaces(_ state: TakeoverState?) -> [ReadyFile.Interface] {
    plan.decision.choices.map { choice in
      let link = choice.interface
      let kept = state.flatMap { state in
        state.isMultihomed ? state.addresses.filter { $0.linkIndex == link.index && $0.isTakenOver } : nil
      }
      return ReadyFile.Interface(
        name: link.name, index: Int64(link.index), mac: link.mac?.description ?? "",
        addresses: (kept ?? []).map { "\($0.prefix)" })
    }
  }

  /// vhost0; nil where nothing takes over.
  private func vhost(_ state: TakeoverState?) throws(CommandFailure) -> ReadyFile.Interface? {
    if let wanted = plan.awaited { return try foreignVhost(wanted) }
    guard let state else { return nil }
    guard let vhost = state.vhost else {
      throw CommandFailure(.failed, "vhost0 has taken over, and is gone again; run prepare again")
    }
    return ReadyFile.Interface(
      name: vhost.name, index: Int64(vhost.index), mac: vhost.mac?.description ?? "",
      addresses: state.addresses(of: vhost).filter(\.isTakenOver).map { "\($0.prefix)" })
  }

  /// The one that something else brought up, as it is now.
  private func foreignVhost(_ wanted: ForeignVhost.Wanted) throws(CommandFailure) -> ReadyFile.Interface? {
    let vhost = try VhostWait(host: host, wanted: wanted, limit: .zero).run()
    return ReadyFile.Interface(
      name: vhost.name, index: Int64(vhost.index), mac: vhost.mac?.description ?? "",
      addresses: vhost.addresses.map { "\($0)" })
  }
}
