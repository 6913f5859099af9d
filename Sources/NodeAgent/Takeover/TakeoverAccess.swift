import HostFiles
import Netlink

/// By which a preparation looks at what a takeover is about, and has it made: what tests put another in the place of.
protocol TakeoverAccess: Sendable {
  /// The state that a takeover would begin with.
  func observe(_ subject: TakeoverSubject) throws(CommandFailure) -> TakeoverState

  /// What names an interface besides its addresses and routes.
  func bound(to nic: Link, among links: [Link]) -> BoundFacts

  /// Has vhost0 take over, or undoes it.
  func takeOver(_ wish: TakeoverWish, _ context: TakeoverContext) throws(CommandFailure) -> TakeoverReport?
}

/// The running kernel.
struct RunningTakeover: TakeoverAccess {
  let root: HostRoot

  func observe(_ subject: TakeoverSubject) throws(CommandFailure) -> TakeoverState {
    do {
      var kernel = try RunningKernel(root: root)
      return try kernel.observe(subject)
    } catch {
      throw CommandFailure(.failed, "what vhost0 is to take over can't be looked at: \(error)")
    }
  }

  func bound(to nic: Link, among links: [Link]) -> BoundFacts { .observe(nic, among: links) }

  func takeOver(_ wish: TakeoverWish, _ context: TakeoverContext) throws(CommandFailure) -> TakeoverReport? {
    var run = TakeoverRun(try Self.kernel(root), context)
    switch try run.takeOver(wish) {
    case .nothingToDo: return nil
    case .done(let report): return report
    }
  }

  static func kernel(_ root: HostRoot) throws(CommandFailure) -> RunningKernel {
    do {
      return try RunningKernel(root: root)
    } catch {
      throw CommandFailure(.failed, "\(error)")
    }
  }
}

/// The takeover that a preparation plans.
struct TakeoverForecast: Sendable {
  let subject: TakeoverSubject
  let wish: TakeoverWish
  /// As it would be made now; it is worked out anew right before it is made.
  let plan: TakeoverPlan

  /// What the host's network managers will be told.
  let managers: ManagerSteps
  /// What is bound to the physical interfaces and won't follow, where something is to be taken over.
  let bound: [BoundToInterface]
  /// What an operator should know, where something is to be taken over.
  let warnings: [String]

  /// - Parameters:
  ///   - managers: of each chosen interface.
  ///   - bound: the same.
  ///   - links: all of the host's.
  init(
    _ decision: Decision, settings: HostSettings, state: TakeoverState, managers: [ManagerPlan],
    bound: [BoundFacts] = [], links: [Link] = []
  ) throws(CommandFailure) {
    subject = TakeoverSubject(decision, settings: settings)
    let asked = try TakeoverWish(decision, settings: settings)
    wish = asked.keepingMAC(of: state)
    plan = TakeoverPlan(state, wish: wish)
    guard !plan.isEmpty else {
      (self.managers, self.bound, warnings) = (ManagerSteps(), [], [])
      return
    }
    if let refusal = bound.lazy.compactMap(BoundToInterface.refusal).first {
      throw CommandFailure(.undecided, "vhost0 can't take over, and nothing was changed: \(refusal)")
    }
    let balanced = BalancedBond.all(below: decision, among: links)
    if settings.balancedBond.value == .refuse, let bond = balanced.first {
      throw CommandFailure(.undecided, "vhost0 can't take over, and nothing was changed: \(bond.refusal)")
    }
    let managers =
      state.isMultihomed
      ? zip(managers, subject.cards).map { $0.leavingInterface($1) } : managers
    if let refusal = managers.lazy.compactMap(\.refusal).first { throw CommandFailure(.settings, refusal) }
    var steps = ManagerSteps()
    for plan in managers {
      // Each speaks for vhost0.
      steps.beforeVhost += plan.beforeVhost.filter { !steps.beforeVhost.contains($0) }
      steps.atCommit += plan.atCommit.filter { !steps.atCommit.contains($0) }
      steps.halts += plan.halts
      steps.follow = plan.follow ?? steps.follow
    }
    self.managers = steps
    self.bound = bound.flatMap { BoundToInterface.all($0) }
    var warnings: [String] = []
    if let vhost = state.vhost, wish.mac != asked.mac {
      warnings.append(TakeoverWish.keptMAC(vhost, state.cards[0]))
    }
    warnings +=
      Self.unheard(state) + plan.lifetimeWarnings + (state.isMultihomed ? [] : state.duplicateWarnings)
    for route in wish.routes where state.foreignDestinations?.contains(route.destination) == true {
      warnings.append(
        "\(route.destination) of KUBERNETES_POD_SUBNETS leads elsewhere already (ip route show \(route.destination)): no route over vhost0 is added"
      )
    }
    for warning in managers.flatMap(\.warnings) + balanced.map(\.warning) + self.bound.map(\.text)
    where !warnings.contains(warning) { warnings.append(warning) }
    self.warnings = warnings
  }

  /// Of several interfaces the module leaves ARP to each, and nothing else: neighbours' questions of IPv6 arrive on vhost0,
  /// which has no such address.
  private static func unheard(_ state: TakeoverState) -> [String] {
    guard state.isMultihomed else { return [] }
    return state.cards.compactMap { card in
      let addresses = state.addresses(of: card).filter { $0.family == .ipv6 && $0.isTakenOver }
      guard !addresses.isEmpty else { return nil }
      return
        "of several interfaces below vhost0 each answers for its IPv4 addresses alone: \(card.name) won't be found by IPv6 any more (\(addresses.map { "\($0.prefix)" }.joined(separator: ", ")))"
    }
  }

  /// The moments at which it can be interrupted, in order, as ``PreparationMoments`` calls them.
  var moments: [String] { Self.moments(of: plan) }

  static func moments(of plan: TakeoverPlan) -> [String] {
    let (first, last) = (
      plan.steps.filter { !$0.kind.isCommit && $0.kind != .verify }, plan.steps.filter(\.kind.isCommit)
    )
    return ["after:take-over/journal"] + first.flatMap(\.moments)
      + ["before:take-over/verify", "after:take-over/verify", "before:take-over/commit"]
      + last.flatMap(\.moments) + ["before:take-over/confirm", "after:take-over/confirm"]
  }
}

extension TakeoverStep {
  fileprivate var moments: [String] {
    datagrams.indices.flatMap { number in
      ["before", "after"].map { "\($0):take-over/\(kind.rawValue)/\(number + 1)" }
    }
  }
}

extension TakeoverSubject {
  init(_ decision: Decision, settings: HostSettings) {
    let isKubernetes = settings.orchestrator.value == .kubernetes
    self.init(
      cards: decision.choices.map(\.interface.name),
      destinations: isKubernetes ? settings.podSubnets.value : nil)
  }
}

extension TakeoverWish {
  /// What settings and decision ask for: vhost0 has its interface's MAC address, or over several the common one.
  init(_ decision: Decision, settings: HostSettings) throws(CommandFailure) {
    let isMultihomed = decision.choices.count > 1
    guard let mac = isMultihomed ? Detector.multihomedMAC : decision.interface.mac else {
      throw CommandFailure(
        .undecided,
        "interface \(decision.interface.name) has no MAC address, and vhost0 needs one; name another in PHYSICAL_INTERFACE"
      )
    }
    self.init(mac: mac, mtu: decision.mtu)
    guard settings.orchestrator.value == .kubernetes else { return }
    for subnet in settings.podSubnets.value {
      guard !isMultihomed else {
        routes.append(Wanted(destination: subnet))
        continue
      }
      guard let gateway = decision.gateway.addresses.first(where: { $0.family == subnet.family }) else {
        continue
      }
      routes.append(Wanted(destination: subnet, gateway: gateway))
    }
  }
}
