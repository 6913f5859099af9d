import Netlink
import Readiness

/// A vhost0 that something else brings up (`KERNEL_INIT_VHOST0=false`), as it is now.
struct ForeignVhost: Sendable, Equatable {
  var name = TakeoverWish.vhostName
  var index: Int
  /// The kernel's name for its kind.
  var kind: String?
  var mac: MACAddress?
  var isUp: Bool
  /// Those that others know the node by.
  var addresses: [IPPrefix]

  init(index: Int, kind: String?, mac: MACAddress?, isUp: Bool, addresses: [IPPrefix]) {
    (self.index, self.kind, self.mac, self.isUp) = (index, kind, mac, isUp)
    self.addresses = addresses
  }

  init(_ link: Link, addresses: [Address]) {
    self.init(
      index: link.index, kind: link.kind, mac: link.macAddress, isUp: link.isUp,
      addresses: addresses.filter {
        $0.linkIndex == link.index && $0.isTakenOver && !$0.flags.contains(.tentative)
      }
      .map(\.prefix))
  }

  /// Among what was seen of a host; nil while there is none.
  static func seen(_ snapshot: NetworkSnapshot) -> ForeignVhost? {
    snapshot.links.first { $0.name == TakeoverWish.vhostName }.map {
      ForeignVhost($0, addresses: snapshot.addresses)
    }
  }

  /// What it has to be.
  struct Wanted: Sendable, Equatable {
    var mac: MACAddress
    /// The node's address, as it goes into the vRouter agent's configuration; nil where several interfaces have one each.
    var address: IPAddress?

    init(mac: MACAddress, address: IPAddress?) { (self.mac, self.address) = (mac, address) }

    init(_ decision: Decision) throws(CommandFailure) {
      let isMultihomed = decision.choices.count > 1
      guard let mac = isMultihomed ? Detector.multihomedMAC : decision.interface.mac else {
        throw CommandFailure(
          .undecided,
          "interface \(decision.interface.name) has no MAC address, and vhost0 needs one; name another in PHYSICAL_INTERFACE"
        )
      }
      self.init(mac: mac, address: isMultihomed ? nil : decision.address.address)
    }

    /// What a vhost0 still lacks; nil when it is as it has to be.
    func lack(_ vhost: ForeignVhost?) -> String? {
      guard let vhost else { return "there is no vhost0" }
      guard vhost.kind == "vhost" else {
        return
          "vhost0 is no interface of the vrouter module, but \(vhost.kind.map { "of kind \($0)" } ?? "hardware")"
      }
      guard vhost.mac == mac else {
        return "vhost0 has the MAC address \(vhost.mac?.description ?? "none"), and its interface's is \(mac)"
      }
      guard vhost.isUp else { return "vhost0 is down" }
      guard !vhost.addresses.isEmpty else { return "vhost0 has no address" }
      if let address, !vhost.addresses.contains(where: { $0.address == address }) {
        return
          "vhost0 has \(vhost.addresses.map { "\($0)" }.joined(separator: ", ")), and not \(address), the node's address"
      }
      return nil
    }
  }
}

/// Looks at vhost0: what tests put another in the place of.
protocol VhostObserver: Sendable {
  /// Nil while there is none.
  func vhost() throws(NetlinkError) -> ForeignVhost?
}

/// The network namespace in which this process runs.
struct KernelVhostObserver: VhostObserver {
  func vhost() throws(NetlinkError) -> ForeignVhost? {
    var netlink = try RouteNetlink()
    guard let link = try netlink.link(named: TakeoverWish.vhostName) else { return nil }
    return ForeignVhost(link, addresses: try netlink.addresses(linkIndex: link.index))
  }
}
