import VRouter

/// What must not be tried: what would crash or corrupt the module, and what could not be undone.
extension TakeoverContext {
  /// - Throws: why nothing is begun.
  func requireSafety(of plan: TakeoverPlan) throws(CommandFailure) {
    if let objection = journalObjection(root) {
      throw CommandFailure(
        .failed,
        "vhost0 does not take over, since the journal that would undo it can't be kept: \(objection)")
    }
    let state = plan.before
    guard let limit = state.vifLimit else {
      throw CommandFailure(
        .module,
        "vhost0 does not take over: "
          + (state.moduleProblem ?? "the module \(HostAccess.moduleName) isn't loaded"))
    }
    for device in state.cards + [plan.vhost] where device.index >= limit - Self.ownInterfaces {
      throw CommandFailure(
        .module,
        "vhost0 does not take over: \(device.name) has the index \(device.index), and the module was loaded for indexes below \(limit - Self.ownInterfaces); load it with a larger vr_interfaces (VROUTER_MODULE_OPTIONS)"
      )
    }
    // An index that is taken would be changed into this one.
    for device in state.cards + [plan.vhost] where state.vif(of: device) == nil {
      if let vif = state.vifs.first(where: { $0.index == device.index }) {
        throw CommandFailure(
          .module,
          "vhost0 does not take over: the module's interface \(vif.index) is \(vif.name), and \(device.name) would get that number; stop the vRouter agent, or reboot"
        )
      }
    }
    if let vhost = state.vhost, vhost.mac == plan.wish.mac, vhost.master != state.cards.first?.master {
      throw CommandFailure(
        .failed,
        "vhost0 does not take over: it is there and isn't in the same VRF as \(state.cards.map(\.name).joined(separator: ", ")); run vrouter-node-agent cleanup first"
      )
    }
    for card in state.cards {
      if let vif = state.vif(of: card), vif.kind != VRouterInterface.Kind.physical.rawValue {
        throw CommandFailure(
          .module,
          "vhost0 does not take over: the module has \(card.name) already, as an interface of another kind (\(vif.kind)); stop the vRouter agent, or reboot"
        )
      }
    }
    // vhost0's list of cross connects is said once, in the request that adds it.
    if !state.hasNoCard, state.vif(of: plan.vhost) != nil,
      let missing = state.cards.first(where: { state.vif(of: $0) == nil })
    {
      throw CommandFailure(
        .module,
        "vhost0 does not take over: it lies over other physical interfaces already, and adding \(missing.name) to them crashes the kernel; run vrouter-node-agent cleanup first"
      )
    }
    try requireNoOtherCard(state)
  }

  /// A physical interface that vhost0 doesn't lie over would be left out of its cross connects.
  private func requireNoOtherCard(_ state: TakeoverState) throws(CommandFailure) {
    if let other = state.otherCards.first {
      throw CommandFailure(
        .module,
        "vhost0 does not take over: the module has the physical interface \(other.name) besides \(state.cards.map(\.name).joined(separator: ", ")), and a vhost0 that leaves one out crashes the kernel; run vrouter-node-agent cleanup first, or name it in PHYSICAL_INTERFACE too"
      )
    }
  }

  /// Of a vhost0 that is to be made anew, or of an earlier takeover by other interfaces, with all that goes by it.
  ///
  /// - Parameter earlier: what the journal tells of that takeover.
  /// - Throws: why it has to be taken back by an operator.
  func requireSameCards(
    _ state: TakeoverState, _ earlier: TakeoverJournal.Head?
  ) throws(CommandFailure) {
    guard state.vhost != nil, let earlier, Set(earlier.subject.cards) != Set(subject.cards) else { return }
    throw CommandFailure(
      .module,
      "nothing was changed: vhost0 has taken over from \(earlier.subject.cards.joined(separator: ", ")), and is now to take over from \(subject.cards.joined(separator: ", ")); run vrouter-node-agent cleanup first, or name the same in PHYSICAL_INTERFACE"
    )
  }

  /// - Throws: why vhost0 can't be made anew by itself.
  func requireUnused(_ state: TakeoverState) throws(CommandFailure) {
    try requireNoOtherCard(state)
    var users = state.vifs.filter { Cleanup.workloads.contains($0.kind) }.map {
      "the interface \($0.name) of a workload"
    }
    do {
      users += try DeviceUser.observe(on: root).map {
        "process \($0.process) (\($0.command)), which has \($0.path) open"
      }
    } catch {
      throw CommandFailure(.module, "nothing was changed: \(error)")
    }
    guard users.isEmpty else {
      throw CommandFailure(
        .module,
        "nothing was changed: vhost0 has another MAC address than it is to have and would have to be made anew, and the vRouter is in use: \(users.joined(separator: ", ")); move the workloads away, stop the vRouter agent, and run vrouter-node-agent cleanup"
      )
    }
  }

  /// The module gives its last indexes to interfaces of its own (pkt1, pkt3).
  private static let ownInterfaces = 3
}
