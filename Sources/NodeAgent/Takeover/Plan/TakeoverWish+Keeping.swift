import Netlink

extension TakeoverWish {
  /// A vhost0 that does its work keeps its MAC address when its only interface has another by now, as a bond whose first
  /// port was released: to be given the new one it would have to be made anew, and all that goes by it would be cut.
  func keepingMAC(of state: TakeoverState) -> TakeoverWish {
    guard state.cards.count == 1, let vhost = state.vhost, let mac = vhost.mac, mac != self.mac,
      state.vif(of: vhost) != nil, !state.hasNoCard, state.otherCards.isEmpty, state.holdsAlone(vhost)
    else { return self }
    var kept = self
    kept.mac = mac
    return kept
  }

  static func keptMAC(_ vhost: TakeoverDevice, _ card: TakeoverDevice) -> String {
    "vhost0 keeps the MAC address \(vhost.mac?.description ?? "none"), while \(card.name) has \(card.mac?.description ?? "none") by now: making it anew would cut what goes by it; run vrouter-node-agent cleanup and prepare when no workload runs"
  }
}
