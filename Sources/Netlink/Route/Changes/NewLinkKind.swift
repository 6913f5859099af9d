/// A kind of interface with what making one needs.
public struct NewLinkKind: Sendable, Hashable {
  /// The kernel's name of the kind, such as `bridge`.
  public let name: String
  /// The attributes of `IFLA_INFO_DATA`.
  let data: KindData

  /// A kind without details: `dummy`, `ifb`, `bridge`, `vhost` and others.
  public init(_ name: String) {
    self.init(name) { _ in }
  }

  /// A kind with attributes of its own.
  ///
  /// - Parameters:
  ///   - name: the kernel's name of the kind.
  ///   - body: adds the attributes of `IFLA_INFO_DATA`.
  public init(_ name: String, _ body: (inout NetlinkRequest) -> Void) {
    self.name = name
    var request = NetlinkRequest("", type: 0)
    body(&request)
    data = KindData(payload: request.payload, problem: request.problem)
  }

  /// A kind's attributes, and the first of them that can't be sent.
  struct KindData: Sendable, Hashable {
    let payload: [UInt8]
    let problem: WireError?
  }

  /// A bridge as it is without options.
  public static let bridge = Self("bridge")
  /// An interface that leads nowhere.
  public static let dummy = Self("dummy")

  /// A pair of interfaces, of which the other one is described here. The kernel can't switch it on before both
  /// exist (ENOTCONN).
  public static func veth(peer name: String, settings: LinkChange = LinkChange()) -> Self {
    Self("veth") { data in
      // VETH_INFO_PEER: a struct ifinfomsg and attributes, as in a message.
      data.append(nested: 1, marked: false) { peer in
        NewLink(name, NewLinkKind(""), settings: settings).append(to: &peer)
      }
    }
  }

  /// A VLAN on another interface.
  public static func vlan(_ details: VLANDetails) -> Self {
    Self("vlan") { data in
      data.append(attribute: VLANDetails.Attribute.id.rawValue, details.id)
      if details.tag != .customer {
        data.append(attribute: VLANDetails.Attribute.tag.rawValue, details.tag.rawValue.bigEndian)
      }
      // Only the flags that differ from a new VLAN's are changed.
      let changed = details.flags.symmetricDifference(.reordersHeader)
      if !changed.isEmpty {
        data.append(nested: VLANDetails.Attribute.flags.rawValue, marked: false) { flags in
          flags.append(details.flags.intersection(changed).rawValue)
          flags.append(changed.rawValue)
        }
      }
    }
  }

  /// A VRF with its table.
  public static func vrf(_ table: RouteTable) -> Self {
    Self("vrf") { $0.append(attribute: VRFDetails.tableAttribute, table.rawValue) }
  }

  /// A bond. Only what differs from a bond without options is sent; ports, and with them the active and the
  /// primary one, come later.
  public static func bond(_ details: BondDetails) -> Self {
    Self("bond") { data in
      let plain = BondDetails()
      func append<Value: FixedWidthInteger>(
        _ attribute: BondDetails.Attribute, _ value: Value, _ plain: Value
      ) {
        if value != plain { data.append(attribute: attribute.rawValue, value) }
      }
      append(.mode, details.mode.rawValue, plain.mode.rawValue)
      append(.carrierInterval, details.carrierInterval, plain.carrierInterval)
      append(.upDelay, details.upDelay, plain.upDelay)
      append(.downDelay, details.downDelay, plain.downDelay)
      append(.arpInterval, details.arpInterval, plain.arpInterval)
      append(.hashPolicy, details.hashPolicy.rawValue, plain.hashPolicy.rawValue)
      append(.minimumPorts, details.minimumPorts, plain.minimumPorts)
      append(.lacpRate, UInt8(details.hasFastLACP ? 1 : 0), 0)
    }
  }

  /// A macvlan on another interface.
  public static func macvlan(_ mode: MacvlanMode) -> Self {
    Self("macvlan") { $0.append(attribute: MacvlanDetails.modeAttribute, mode.rawValue) }
  }

  /// An ipvlan on another interface.
  public static func ipvlan(_ details: IPVLANDetails) -> Self {
    Self("ipvlan") { data in
      data.append(attribute: IPVLANDetails.Attribute.mode.rawValue, details.mode.rawValue)
      data.append(attribute: IPVLANDetails.Attribute.flags.rawValue, details.flags)
    }
  }

  /// A VXLAN tunnel.
  public static func vxlan(_ details: VXLANDetails) -> Self {
    Self("vxlan") { data in
      typealias Attribute = VXLANDetails.Attribute
      if let lowerIndex = details.lowerIndex {
        data.append(attribute: Attribute.lower.rawValue, lowerIndex, as: UInt32.self)
      }
      data.append(attribute: Attribute.id.rawValue, details.id)
      if let local = details.local {
        data.append(attribute: (local.family == .ipv4 ? Attribute.local : .localIPv6).rawValue, local)
      }
      if let remote = details.remote {
        data.append(
          attribute: (remote.family == .ipv4 ? Attribute.group : .groupIPv6).rawValue, remote)
      }
      data.append(attribute: Attribute.learns.rawValue, UInt8(details.learns ? 1 : 0))
      data.append(attribute: Attribute.port.rawValue, details.port.bigEndian)
      if details.isExternal { data.append(attribute: Attribute.external.rawValue, UInt8(1)) }
    }
  }
}
