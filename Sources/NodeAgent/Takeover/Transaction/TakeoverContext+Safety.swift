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
        .module, "vhost0 does not take over: the module \(HostAccess.moduleName) isn't loaded")
    }
    for device in state.cards + [plan.vhost] where device.index >= limit - Self.ownInterfaces {
      throw CommandFailure(
        .module,
        "vhost0 does not take over: \(device.name) has the index \(device.index), and the module was loaded for indexes below \(limit - Self.ownInterfaces); load it with a larger vr_interfaces (VROUTER_MODULE_OPTIONS)"
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
    // A physical interface that vhost0 doesn't lie over would be left out of its cross connects.
    let known = Set(state.cards.compactMap { state.vif(of: $0)?.index })
    let others = state.vifs.filter {
      $0.kind == VRouterInterface.Kind.physical.rawValue && !known.contains($0.index)
    }
    if let other = others.first {
      throw CommandFailure(
        .module,
        "vhost0 does not take over: the module has the physical interface \(other.name) besides \(state.cards.map(\.name).joined(separator: ", ")), and a vhost0 that leaves one out crashes the kernel; run vrouter-node-agent cleanup first, or name it in PHYSICAL_INTERFACE too"
      )
    }
  }

  /// The module gives its last indexes to interfaces of its own (pkt1, pkt3).
  private static let ownInterfaces = 3
}
