import Netlink

/// One change to the kernel's network that a takeover makes, or takes back.
///
/// Each can be made again: what is so already counts as done.
enum TakeoverOperation: Sendable, Hashable {
  /// A link of kind `vhost` is made, down, with its MAC address: set later, the module makes it another one.
  case makeVhost(TakeoverDevice)
  case removeLink(name: String, index: Int)
  /// A link is switched on.
  case raise(name: String, index: Int)
  /// A link is switched off.
  case lower(name: String, index: Int)
  /// A link's largest packet changes.
  case setMTU(name: String, index: Int, Int)
  /// A link receives every multicast frame, or only what its addresses ask for again.
  case hearMulticast(Bool, name: String, index: Int)
  /// A file of /proc/sys or /sys gets a value.
  case setControl(path: String, value: String)
  case address(Change, Address, on: String)
  case route(Change, Route, names: [Int: String])
  case nextHop(NextHopObject, names: [Int: String])
  case rule(Change, RoutingRule)
  case neighbour(Change, Neighbour, on: String)
  /// The module gets a physical interface.
  case addCard(TakeoverDevice)
  /// The module gets the host's interface, over all physical ones.
  case addHost(TakeoverDevice, over: [TakeoverDevice])
  case removeVif(name: String)
  /// Others are told that this node's addresses are reached by the link.
  case announce([IPAddress], by: TakeoverDevice)
}

extension TakeoverOperation {
  /// Whether it takes something away that others may rest on: such an operation never shares a datagram with any other kind.
  var isDestructive: Bool {
    switch self {
    case .removeLink, .removeVif, .lower: true
    case .address(let change, _, _), .rule(let change, _), .neighbour(let change, _, _): change == .delete
    case .route(let change, _, _): change == .delete
    case .makeVhost, .raise, .setMTU, .hearMulticast, .setControl, .nextHop, .addCard, .addHost, .announce:
      false
    }
  }

  /// The message, where it is one of rtnetlink.
  var request: NetlinkRequest? {
    switch self {
    case .makeVhost(let device):
      var settings = LinkChange(mtu: device.mtu, macAddress: device.mac)
      if let master = device.master { settings.master = .index(master) }
      var link = NewLink(device.name, NewLinkKind("vhost"), settings: settings)
      link.index = device.index
      return link.request
    case .removeLink(_, let index): return Link.deletion(index: index)
    case .raise(_, let index): return LinkChange(isUp: true).request(linkIndex: index)
    case .lower(_, let index): return LinkChange(isUp: false).request(linkIndex: index)
    case .setMTU(_, let index, let mtu): return LinkChange(mtu: mtu).request(linkIndex: index)
    case .hearMulticast(let isOn, _, let index):
      var change = LinkChange()
      if isOn { change.setFlags = .allMulticast } else { change.clearedFlags = .allMulticast }
      return change.request(linkIndex: index)
    case .address(let change, let address, _): return address.request(change)
    case .route(let change, let route, _): return route.request(change)
    case .nextHop(let object, _): return object.request(.replace)
    case .rule(let change, let rule): return rule.request(change)
    case .neighbour(let change, let neighbour, _): return neighbour.request(change)
    case .setControl, .addCard, .addHost, .removeVif, .announce: return nil
    }
  }
}
