import HostFiles
import KernelModule
import Netlink
import Readiness

/// What was seen of a host at one moment: what a plan and a diagnosis rest on.
struct HostObservation: Sendable {
  let network: NetworkSnapshot
  /// The choice of interface and gateway that follows from it.
  let detection: Result<Decision, DetectionError>
  /// How long it was waited for a decision.
  var waited: Duration = .zero
  let names: ObservedNames
  /// The module, or why it could not be looked at.
  let moduleResult: Result<ModuleObservation, CommandFailure>
  /// The agent's configuration, nil when there is none, or why it could not be read.
  let configurationResult: Result<PresentConfiguration?, CommandFailure>
  let readiness: ReadinessCheck.Verdict
  /// The module's tables, or why they can't be asked about; nil inside when they aren't to be reserved, or there is no
  /// module to ask.
  var tablesResult: Result<TablesState?, CommandFailure> = .success(nil)
  /// What vhost0 is to take over, or why it can't be looked at; nil inside where nothing is decided, or nothing to be
  /// taken over.
  var takeoverResult: Result<TakeoverState?, CommandFailure> = .success(nil)

  /// What of the host can contradict the settings.
  var contradictions = ContradictionFacts()

  /// What the managers of the chosen interfaces would be told of a takeover.
  var managers: [ManagerPlan] = []

  /// How it stands with the DHCP client that renews the address on vhost0; nil where there is none.
  var follow: DHCPFollowState?

  /// What names the chosen interfaces besides addresses and routes, where vhost0 is to take over.
  var bound: [BoundFacts] = []

  /// The configuration files beside the agent's, by path: nil inside when there is none, or why it could not be read.
  var companions: [String: Result<PresentConfiguration?, CommandFailure>] = [:]
  /// The rest of the host that is to be made ready.
  var node = NodeObservation()

  /// What matters to the configuration files alone.
  var seen = ConfigurationObservation()

  /// A configuration file that is there.
  struct PresentConfiguration: Sendable, Equatable {
    let content: [UInt8]
    /// Whether nobody but owner and group may read it, as it holds secrets.
    let isPrivate: Bool
    /// Owner and group.
    var owner: (user: UInt32, group: UInt32) = (0, 0)

    static func == (left: Self, right: Self) -> Bool {
      left.content == right.content && left.isPrivate == right.isPrivate && left.owner == right.owner
    }
  }

  /// The agent's configuration, or the failure as a command reports it.
  func configuration() throws(CommandFailure) -> PresentConfiguration? { try configurationResult.get() }

  /// A configuration file, or the failure as a command reports it; nil when there is none.
  func configuration(at path: String) throws(CommandFailure) -> PresentConfiguration? {
    guard path != AgentConfiguration.path else { return try configuration() }
    return try companions[path]?.get()
  }

  /// The paths of those files that aren't as they are to be.
  func stale(
    _ files: [ConfigurationFile], ownership: FileOwnership
  ) throws(CommandFailure) -> [String] {
    var stale: [String] = []
    for file in files {
      let present = try configuration(at: file.path)
      let isCurrent =
        present?.content == file.bytes && present?.isPrivate == true
        && present.map { ownership.fits(user: $0.owner.user, group: $0.owner.group) } == true
      if !isCurrent { stale.append(file.path) }
    }
    return stale
  }

  /// The module, or the failure as a command reports it.
  func module() throws(CommandFailure) -> ModuleObservation { try moduleResult.get() }

  /// The module's tables, or the failure as a command reports it.
  func tables() throws(CommandFailure) -> TablesState? { try tablesResult.get() }

  /// What vhost0 is to take over, or the failure as a command reports it.
  func takeover() throws(CommandFailure) -> TakeoverState? { try takeoverResult.get() }

  /// The decision, or the failure as a command reports it.
  func decided() throws(CommandFailure) -> Decision {
    do {
      return try detection.get()
    } catch {
      let patience = waited > .zero ? " (after waiting \(waited.seconds) for \(error.awaits ?? "it"))" : ""
      throw CommandFailure(
        .undecided,
        "\(error.message)\(patience); \(error.remedy)\n\n\(DetectionText.undecided(error))")
    }
  }
}

extension HostObservation {
  /// Looks at a host. Nothing is changed.
  ///
  /// - Parameter waits: whether to wait, as long as the settings allow, for what a decision lacks and time may bring.
  init(_ host: HostAccess, settings: Settings, waits: Bool = false) throws(CommandFailure) {
    let wanted = DetectionSettings(settings.host)
    let observed = try DecisionWait(
      observer: host.network, watcher: host.watcher, settings: wanted,
      limit: waits ? settings.host.linkWait.value : .zero, pacing: host.pacing, log: host.log,
      isEnding: host.isEnding
    ).run()
    let network = observed.snapshot
    let detection = observed.detection
    self.network = network
    self.detection = detection
    waited = observed.waited
    let module = Result { () throws(CommandFailure) in
      try ModuleObservation(host, settings: settings.module, links: network.links)
    }
    moduleResult = module
    if settings.module.reservesTables.value, (try? module.get())?.loaded?.phase == .live {
      tablesResult = Result { () throws(CommandFailure) in try TableReservation.tables(host) }
    }
    if settings.host.takesOver.value, let takeover = host.takeover, let decision = try? detection.get() {
      takeoverResult = Result { () throws(CommandFailure) in
        try takeover.observe(TakeoverSubject(decision, settings: settings.host))
      }
      let nics = decision.choices.compactMap { choice in
        network.links.first { $0.index == choice.interface.index }
      }
      bound = nics.map { takeover.bound(to: $0, among: network.links) }
      managers = nics.map { nic in
        ManagerPlan(
          NetworkManagers.observe(root: host.root, nic: nic, addresses: network.addresses),
          dhcp: settings.host.dhcp.value, nic: nic.name, vhost: TakeoverWish.vhostName)
      }
    }
    follow = DHCPFollowState.observe(on: host.root)
    let configuration = Result { () throws(CommandFailure) in
      try Self.configuration(AgentConfiguration.path, host.root)
    }
    configurationResult = configuration
    for path in ConfigurationFiles.companionPaths {
      companions[path] = Result { () throws(CommandFailure) in try Self.configuration(path, host.root) }
    }
    seen = ConfigurationObservation(
      host, settings: settings, links: network.links,
      chosen: (try? detection.get())?.choices.map(\.interface.index) ?? [])
    let present = (try? configuration.get()).flatMap {
      try? INIDocument(parsing: String(decoding: $0.content, as: UTF8.self))
    }
    node = NodeObservation(
      host, settings: settings, decision: try? detection.get(), links: network.links, present: present,
      usesDHCP: managers.contains { $0.usesDHCP })
    names = ObservedNames(
      host.names, address: (try? detection.get())?.address.address,
      present: present?.values(section: "DEFAULT", key: "agent_name").first, within: wanted.resolveTimeout)
    readiness = ReadinessCheck(root: host.root).verdict()
    contradictions = ContradictionFacts(settings, on: host.root, own: host.own)
  }

  private static func configuration(
    _ path: String, _ root: HostRoot
  ) throws(CommandFailure) -> PresentConfiguration? {
    do {
      let status = try root.status(path)
      guard status.kind == .regular else {
        throw CommandFailure(.configuration, "\(path) is no regular file; remove or rename what is there")
      }
      return PresentConfiguration(
        content: try root.readBytes(path), isPrivate: status.permissions == ConfigurationFile.mode,
        owner: (status.user, status.group))
    } catch let failure as CommandFailure {
      throw failure
    } catch let error as HostFileError where error.isNotFound {
      return nil
    } catch {
      throw CommandFailure(.configuration, "\(error)")
    }
  }
}
