/// What only interfaces of one kind have (`IFLA_INFO_DATA` in linux/if_link.h): kept apart, as most links have none, and
/// there may be thousands. Kinds that aren't here have
/// their attributes in ``Link/kindAttributes``; a veth's other end is ``Link/lowerIndex``.
public indirect enum LinkDetails: Sendable, Hashable {
  /// A bond.
  case bond(BondDetails)
  /// A VLAN on another interface.
  case vlan(VLANDetails)
  /// A VRF.
  case vrf(VRFDetails)
  /// A bridge of the kernel's own.
  case bridge(BridgeDetails)
  /// A macvlan or macvtap on another interface.
  case macvlan(MacvlanDetails)
  /// An ipvlan or ipvtap on another interface.
  case ipvlan(IPVLANDetails)
  /// A VXLAN tunnel.
  case vxlan(VXLANDetails)
}

/// What an interface has as the port of its master (`IFLA_INFO_SLAVE_DATA` in linux/if_link.h). Masters that
/// aren't here, such as teams and Open vSwitch, tell nothing this way.
public indirect enum PortDetails: Sendable, Hashable {
  /// Of a bond.
  case bond(BondPortDetails)
  /// Of a bridge.
  case bridge(BridgePortDetails)
  /// Of a VRF, with its table.
  case vrf(VRFDetails)
}

/// Details that are read one attribute after the other.
protocol LinkAttributes {
  /// What is meant where the kernel says nothing.
  init()
  /// Takes an attribute over; says whether it belongs here.
  mutating func read(_ attribute: borrowing NetlinkAttribute) throws(WireError) -> Bool
}

extension LinkAttributes {
  /// Reads attributes and keeps those that aren't read.
  init(_ attributes: consuming AttributeCursor, unread: inout RawAttributes) throws(WireError) {
    self.init()
    while let attribute = try attributes.next() {
      if try !read(attribute) { unread.append(attribute) }
    }
  }
}

extension LinkDetails {
  /// Reads what an interface of a kind says; `nil` and everything unread for kinds that aren't known.
  init?(
    kind: String, _ attributes: consuming AttributeCursor, unread: inout RawAttributes
  ) throws(WireError) {
    switch kind {
    case "bond": self = .bond(try BondDetails(attributes, unread: &unread))
    case "vlan": self = .vlan(try VLANDetails(attributes, unread: &unread))
    case "vrf": self = .vrf(try VRFDetails(attributes, unread: &unread))
    case "bridge": self = .bridge(try BridgeDetails(attributes, unread: &unread))
    case "macvlan", "macvtap": self = .macvlan(try MacvlanDetails(attributes, unread: &unread))
    case "ipvlan", "ipvtap": self = .ipvlan(try IPVLANDetails(attributes, unread: &unread))
    case "vxlan": self = .vxlan(try VXLANDetails(attributes, unread: &unread))
    default:
      while let attribute = try attributes.next() { unread.append(attribute) }
      return nil
    }
  }
}

extension PortDetails {
  /// Reads what a port of a kind of master says; `nil` and everything unread for kinds that aren't known.
  init?(
    kind: String, _ attributes: consuming AttributeCursor, unread: inout RawAttributes
  ) throws(WireError) {
    switch kind {
    case "bond": self = .bond(try BondPortDetails(attributes, unread: &unread))
    case "bridge": self = .bridge(try BridgePortDetails(attributes, unread: &unread))
    case "vrf": self = .vrf(try VRFDetails(attributes, unread: &unread))
    default:
      while let attribute = try attributes.next() { unread.append(attribute) }
      return nil
    }
  }
}
