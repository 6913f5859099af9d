import HostFiles
import KernelModule
import Logging
import Netlink
import Readiness
import VRouter

/// Takes back what preparing a host did: the exact reverse, and again nothing where nothing is left.
struct Cleanup {
  let host: HostAccess
  let settings: Settings
  /// Also while workloads' interfaces are there, or the vRouter agent runs.
  let isForced: Bool
  var moments = PreparationMoments { _ in }

  /// What was done, as sentences; and what was left, and why.
  struct Outcome: Sendable, Equatable, Encodable {
    var done: [String] = []
    var left: [String] = []
  }

  func run() throws(CommandFailure) -> Outcome {
    var outcome = Outcome()
    let claim = claim()
    try requireNoWorkloads()
    try withdraw(&outcome)
    moments.reached("after:cleanup/withdraw")
    if settings.host.orchestrator.value == .kubernetes { CNIFiles.remove(from: host.root, &outcome) }
    try undoTakeover(&outcome)
    moments.reached("after:cleanup/takeover")
    try unload(&outcome)
    moments.reached("after:cleanup/module")
    try undoHostChanges(&outcome)
    moments.reached("after:cleanup/host")
    if let path = try ModuleInstallation.undo(on: host) { outcome.done.append("removed \(path)") }
    try removeFiles(claim, &outcome)
    return outcome
  }

  private func claim() -> ReadyFile? {
    (try? host.root.readBytes(ReadyFile.path)).flatMap { try? ReadyFile(parsing: $0) }
  }

  private func withdraw(_ outcome: inout Outcome) throws(CommandFailure) {
    do {
      if try host.root.remove(ReadyFile.path) { outcome.done.append("the node is declared not ready") }
    } catch {
      throw CommandFailure(
        .failed, "the node can't be declared not ready, so nothing was changed: \(error)")
    }
  }
}

/// The takeover.
extension Cleanup {
  static let workloads: Set<Int32> = [
    VRouterInterface.Kind.virtual.rawValue, VRouterInterface.Kind.virtualVLAN.rawValue,
    VRouterInterface.Kind.gateway.rawValue,
  ]

  /// - Throws: when something passes through the module that would be cut off.
  private func requireNoWorkloads() throws(CommandFailure) {
    guard !isForced, isLive else { return }
    var found: [String] = []
    switch host.vifs.foreignVifs() {
    case .named: break
    case .unknown(let reason):
      throw CommandFailure(
        .module, "the module can't be asked for its interfaces, and nothing was changed: \(reason)")
    }
    do {
      var module = try VRouterSession()
      found += try module.interfaces().filter { Self.workloads.contains($0.type) }
        .map { "the interface \($0.interfaceName) of a workload" }
      found += try DeviceUser.observe(on: host.root).map {
        "process \($0.process) (\($0.command)), which has \($0.path) open"
      }
    } catch {
      throw CommandFailure(.module, "nothing was changed: \(error)")
    }
    guard found.isEmpty else {
      throw CommandFailure(
        .module,
        "nothing was changed, as the vRouter is in use: \(found.joined(separator: ", ")); move the workloads away and stop the vRouter agent, or use --force"
      )
    }
  }

  private var isLive: Bool {
    (try? LoadedModule.observe(HostAccess.moduleName, on: host.root))??.phase == .live
  }

  private func undoTakeover(_ outcome: inout Outcome) throws(CommandFailure) {
    let journal: TakeoverJournal?
    do {
      journal = try TakeoverJournal.read(from: host.root)
    } catch {
      throw CommandFailure(.failed, "nothing was changed: \(error)")
    }
    let subject: TakeoverSubject
    if let journal {
      subject = journal.head.subject
    } else {
      guard let found = try self.subject() else { return endFollower(&outcome) }
      subject = found
    }
    let context = TakeoverContext(
      root: host.root, subject: subject, verifier: NoVerification(),
      managers: HostManagers(
        journal?.head.managers ?? .found(of: subject.cards, on: host.root), root: host.root),
      moments: moments, log: host.log)
    var run = TakeoverRun(try RunningTakeover.kernel(host.root), context)
    do throws(TakeoverError) {
      try run.lookForCards(journal?.head)
    } catch {
      throw CommandFailure(.failed, "nothing was changed: \(error)")
    }
    try run.undo(by: journal, added: journal == nil ? podRoutes(try run.observe()) : [])
    let (present, gone) = (run.changes.present, run.changes.gone.map(\.name))
    if !present.isEmpty {
      outcome.done.append("vhost0 gave its addresses and routes back to \(present.joined(separator: ", "))")
    }
    outcome.left += gone.map { "\($0) is not there any more, and got nothing back" }
    if present.isEmpty { outcome.done.append("vhost0 is gone, with what it had") }
  }

  /// The DHCP client for a vhost0 that is gone, which an earlier cleanup could not end.
  private func endFollower(_ outcome: inout Outcome) {
    guard let follow = ManagerSteps.found(of: [TakeoverWish.vhostName], on: host.root).follow else { return }
    do {
      try DHCPFollower(root: host.root).undo(follow)
      outcome.done.append("ended \(DHCPFollow.unitName)")
    } catch {
      outcome.left.append("\(error)")
    }
  }

  /// Without a journal, the module tells which interfaces vhost0 stands on.
  private func subject() throws(CommandFailure) -> TakeoverSubject? {
    let links = try host.network.observed(for: DetectionSettings()).links
    let vhost = links.first { $0.kind == "vhost" && $0.name == TakeoverWish.vhostName }
    var (cards, gone): ([String], [String]) = ([], [])
    if isLive {
      do {
        var module = try VRouterSession()
        for vif in try module.interfaces() where vif.type == VRouterInterface.Kind.physical.rawValue {
          if let link = links.first(where: { $0.index == Int(vif.link) }) {
            cards.append(link.name)
          } else {
            gone.append(vif.interfaceName)
          }
        }
      } catch {
        throw CommandFailure(.module, "nothing was changed: \(error)")
      }
    }
    guard cards.isEmpty else { return TakeoverSubject(cards: cards + gone) }
    guard let vhost else { return gone.isEmpty ? nil : TakeoverSubject(cards: gone) }
    // It has no physical interface in the module: by its MAC address.
    let alike = links.filter {
      $0.kind != "vhost" && $0.macAddress == vhost.macAddress && $0.masterIndex == nil
    }
    guard let only = alike.first, alike.count == 1 else {
      // The module tells whose it was, and nobody is there to give it to.
      guard gone.isEmpty else { return TakeoverSubject(cards: gone) }
      throw CommandFailure(
        .undecided,
        "nothing was changed: vhost0 is there, and nothing tells whose addresses it has: no journal, no physical interface in the module, and \(alike.count) interfaces with its MAC address"
      )
    }
    return TakeoverSubject(cards: [only.name] + gone)
  }

  private func podRoutes(_ state: TakeoverState) -> [RouteKey] {
    guard settings.host.orchestrator.value == .kubernetes else { return [] }
    return state.routes.filter {
      settings.host.podSubnets.value.contains($0.destination) && $0.routeProtocol == .static
    }
    .map(RouteKey.init)
  }
}

/// The module and the files.
extension Cleanup {
  /// What of the host was made ready beside module and network. What can't be undone stays noted, for the next run.
  private func undoHostChanges(_ outcome: inout Outcome) throws(CommandFailure) {
    let changes = try HostChanges.read(from: host.root)
    var undone = Outcome()
    FeatureSwitch(host: host).undo(changes, &undone)
    FunctionMaker(host: host).undo(changes, &undone)
    HugePageReservation.undo(changes, on: host, &undone)
    outcome.done += undone.done
    outcome.left += undone.left
    if undone.left.isEmpty { try HostChanges.remove(from: host.root) }
  }

  private func unload(_ outcome: inout Outcome) throws(CommandFailure) {
    let links = try host.network.observed(for: DetectionSettings()).links
    let check = try UnloadCheck(host, links: links)
    guard check.isLoaded else { return }
    let blockers = check.blockers()
    guard blockers.isEmpty else {
      outcome.left += blockers.map { "the module stays loaded: \($0)" }
      return
    }
    do {
      if let failure = try ModuleUnloader(host: host.root, backend: host.modules).unload(
        HostAccess.moduleName)
      {
        outcome.left.append("the module stays loaded: \(failure)")
      } else {
        outcome.done.append("unloaded the module \(HostAccess.moduleName)")
      }
    } catch {
      outcome.left.append("the module stays loaded: \(error)")
    }
  }

  /// What this program wrote; what somebody else changed since stays.
  private func removeFiles(_ claim: ReadyFile?, _ outcome: inout Outcome) throws(CommandFailure) {
    do {
      try ConfigurationRemoval(root: host.root, claim: claim).run(&outcome)
      for path in [IdentityFile.path, StatusFile.path] where try host.root.remove(path) {
        outcome.done.append("removed \(path)")
      }
    } catch {
      throw CommandFailure(.failed, "what was written can't be removed: \(error)")
    }
  }
}
