import Netlink

/// Which interface of a host is the one that was remembered, whatever it is called now.
struct IdentityMatch {
  /// Nil where none is, or several may be.
  let link: Link?
  /// Whether only the place of the hardware tells, as it has another MAC address: a card that was replaced, or a machine
  /// that was made anew.
  let isReplaced: Bool

  init(_ known: RememberedIdentity.Interface, in network: HostNetwork) {
    let scored = network.links.compactMap { link in Self.score(link, known, network).map { (link, $0) } }
    let best = scored.map(\.1).max()
    let winners = scored.filter { $0.1 == best }
    link = winners.count == 1 ? winners[0].0 : nil
    isReplaced = best == .place
  }

  /// How sure it is, the surest last.
  enum Score: Comparable {
    /// The name of something that has no hardware.
    case name
    /// Only the place on the bus.
    case place
    /// The address in use.
    case mac
    case macAndName
    /// The address that the hardware came with.
    case permanentMAC
    case permanentMACAndPlace
    case permanentMACAndName
    case everything
  }

  private static func score(
    _ link: Link, _ known: RememberedIdentity.Interface, _ network: HostNetwork
  ) -> Score? {
    guard link.kind == known.kind, link.kind != "vhost" else { return nil }
    let isPlace =
      known.parentDevice != nil && known.parentDevice == link.parentDevice
      && known.parentBus == link.parentBus
    let isName = link.isNamed(known.name)
    if let permanent = known.permanentMAC, let own = link.permanentMACAddress, permanent == own {
      return isPlace
        ? (isName ? .everything : .permanentMACAndPlace) : (isName ? .permanentMACAndName : .permanentMAC)
    }
    // Cards that came with other addresses are other cards, whatever address they use now.
    let isOtherCard = known.permanentMAC != nil && link.permanentMACAddress != nil
    if !isOtherCard, let mac = known.mac, mac == link.macAddress { return isName ? .macAndName : .mac }
    if isPlace { return .place }
    // A bond takes its address from a port, so that it may have another one each time.
    return known.kind != nil && isName && known.parentDevice == nil ? .name : nil
  }
}

extension RememberedIdentity.Interface: CustomStringConvertible {
  /// The name and what tells the hardware: `eth0 (52:54:00:00:00:01, pci 0000:3b:00.0)`.
  var description: String {
    let facts = [
      (permanentMAC ?? mac)?.description, parentDevice.map { "\(parentBus ?? "device") \($0)" },
    ].compactMap(\.self)
    return facts.isEmpty ? name : "\(name) (\(facts.joined(separator: ", ")))"
  }
}
