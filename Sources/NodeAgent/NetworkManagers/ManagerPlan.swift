/// What each manager will be told of a takeover, and what can't be told. Pure.
///
/// vhost0 is spoken for before it exists. The interface is only when the takeover is sure: a manager that lets go of it
/// removes its addresses there, so that a roll-back before never has to touch a manager.
struct ManagerPlan: Sendable, Equatable {
  /// Before vhost0 is created: that it is to be left alone. A failure ends the takeover.
  private(set) var beforeVhost: [ManagerStep] = []
  /// Once the probes have passed: that the interface is to be left alone, too. A failure is a warning.
  private(set) var atCommit: [ManagerStep] = []
  /// Besides: the DHCP clients that stand still from then on.
  private(set) var halts: [DHCPClientHalt] = []
  /// Then, too: the client that renews the address on vhost0.
  private(set) var follow: DHCPFollow?
  /// What an operator should know.
  private(set) var warnings: [String] = []
  /// Why the settings ask for what isn't to be had; nothing may be begun then.
  private(set) var refusal: String?
  /// Whether the interface has an address by DHCP.
  private(set) var usesDHCP = false

  init(_ observation: ManagerObservation, dhcp: DHCPPolicy, nic: String, vhost: String) {
    usesDHCP = observation.usesDHCP
    let words = ManagerWords(observation: observation, nic: nic, vhost: vhost)
    let follows = dhcp == .follow && observation.usesDHCP
    let following = follows ? Self.following(observation, on: vhost) : nil
    if follows, following == nil { followByClient(observation, words, vhost) }
    for name in [nic, vhost] where !DropIn.canName(name) {
      warnings.append(words.unnameable(name))
    }
    guard warnings.isEmpty else { return }
    for manager in observation.managers {
      switch manager.kind {
      case .networkManager: tellNetworkManager(manager, nic, vhost)
      case .networkd: tellNetworkd(manager, nic, vhost, following: following)
      case .dhcpClient:
        if let command = manager.command {
          halts.append(DHCPClientHalt(client: manager.name, interface: nic, command: command))
        }
      default: break
      }
    }
    warnings += words.warnings(follows: follows)
  }

  /// The plan for an interface that keeps what it has, as each of several below one vhost0 does: its manager goes on, and only
  /// vhost0 is spoken for.
  func leavingInterface(_ nic: String) -> ManagerPlan {
    var plan = self
    (plan.atCommit, plan.halts, plan.follow, plan.refusal) = ([], [], nil, nil)
    plan.warnings = usesDHCP ? [ManagerWords.unheardServer(nic)] : []
    return plan
  }

  /// A dhclient on vhost0 in the place of the interface's; refused where it isn't a dhclient that has the address.
  private mutating func followByClient(
    _ observation: ManagerObservation, _ words: ManagerWords, _ vhost: String
  ) {
    let facts = observation.facts
    let planned: Result<DHCPFollow, DHCPFollow.Refusal> =
      observation.isDHClients
      ? DHCPFollow.planned(facts, addresses: observation.addresses, vhost: vhost)
      : .failure(.init(words.withoutClient))
    switch planned {
    case .success(let planned): follow = planned
    // It is followed already, by what may be gone by now: a takeover that makes good a part leaves that as it is.
    case .failure where facts[DHCPFollow.unitPath] != nil:
      follow = DHCPFollow(
        interface: facts.nic, vhost: vhost, leaseFile: ManagerPaths.dhclientLeases,
        unit: facts[DHCPFollow.unitPath] ?? "")
    case .failure(let error): refusal = words.followRefusal(error.reason)
    }
  }

  private mutating func tellNetworkManager(_ manager: RecognisedManager, _ nic: String, _ vhost: String) {
    func step(_ interface: String, _ telling: ManagerStep.Telling) -> ManagerStep {
      ManagerStep(
        manager: .networkManager, interface: interface, path: DropIn.networkManagerPath(interface),
        content: DropIn.networkManager(leaving: interface),
        telling: manager.isRunning == false ? .nothing : telling, mustAnswer: manager.isRunning == true,
        purpose: "tell NetworkManager to leave \(interface) alone")
    }
    beforeVhost.append(step(vhost, .reload))
    if manager.manages != false { atCommit.append(step(nic, .letGo)) }
  }

  private mutating func tellNetworkd(
    _ manager: RecognisedManager, _ nic: String, _ vhost: String, following: String?
  ) {
    func step(_ interface: String, _ content: String, _ purpose: String) -> ManagerStep {
      ManagerStep(
        manager: .networkd, interface: interface, path: DropIn.networkdPath(interface), content: content,
        telling: manager.isRunning == false ? .nothing : .reload, mustAnswer: manager.isRunning == true,
        purpose: "tell systemd-networkd to \(purpose)")
    }
    beforeVhost.append(step(vhost, DropIn.networkd(leaving: vhost), "leave \(vhost) alone"))
    if manager.manages != false {
      atCommit.append(step(nic, DropIn.networkd(leaving: nic), "leave \(nic) alone"))
    }
    if let following {
      atCommit.append(step(vhost, following, "renew the address on \(vhost)"))
    }
  }

  /// The file by which networkd renews on vhost0; nil where it isn't networkd that has the lease, or who asked isn't known.
  private static func following(_ observation: ManagerObservation, on vhost: String) -> String? {
    guard let networkd = observation[.networkd], networkd.manages == true, networkd.usesDHCP == true,
      networkd.isRunning != false,
      let lease = observation.facts[ManagerPaths.networkdLease(observation.facts.index)].flatMap(
        NetworkdLease.init)
    else { return nil }
    let state = observation.facts[ManagerPaths.networkdLink(observation.facts.index)].map(KeyFile.init)
    let files =
      [state?["NETWORK_FILE"]].compactMap(\.self)
      + (state?["NETWORK_FILE_DROPINS"]?.split(whereSeparator: \.isWhitespace).map(String.init) ?? [])
    let options = files.compactMap { observation.facts[$0] }.flatMap { KeyFile($0).entries }
      .filter { ["DHCP", "DHCPv4"].contains($0.section) }.map { (key: $0.key, value: $0.value) }
    return DropIn.networkd(following: lease, on: vhost, options: options)
  }
}
