/// What is to be different about an interface. What isn't said stays as it is: of the flags, only those bits are
/// sent as to be changed (`ifi_change`) that are named here.
///
/// ```swift
/// var change = LinkChange()
/// change.isUp = true
/// change.mtu = 9000
/// try netlink.change(linkIndex: 3, change)
/// ```
public struct LinkChange: Sendable, Hashable {
  /// Switched on or off.
  public var isUp: Bool?
  /// Flags to be set, besides up.
  public var setFlags: LinkFlags = []
  /// Flags to be cleared, besides up.
  public var clearedFlags: LinkFlags = []
  /// Largest packet in bytes.
  public var mtu: Int?
  /// The bond, bridge, team or VRF that it becomes a port of.
  public var master: Master?
  /// Ethernet address.
  public var macAddress: MACAddress?
  /// Name, at most 15 bytes.
  public var name: String?

  /// What an interface becomes a port of.
  public enum Master: Sendable, Hashable {
    /// The interface with an index.
    case index(Int)
    /// Nothing.
    case none
  }

  /// Changes nothing.
  public init() {}

  /// Changes nothing but what is said.
  public init(
    isUp: Bool? = nil, mtu: Int? = nil, master: Master? = nil, macAddress: MACAddress? = nil,
    name: String? = nil
  ) {
    self.isUp = isUp
    self.mtu = mtu
    self.master = master
    self.macAddress = macAddress
    self.name = name
  }

  /// The flags that are sent as to be changed.
  var changedFlags: LinkFlags {
    setFlags.union(clearedFlags).union(isUp == nil ? [] : .up)
  }

  /// The message that makes the change to the interface with an index.
  public func request(linkIndex: Int) -> NetlinkRequest {
    var request = NetlinkRequest("change the link", on: "index \(linkIndex)", type: Link.messageType)
    append(header: &request, linkIndex: linkIndex)
    append(attributes: &request)
    return request
  }

  /// Adds a `struct ifinfomsg`: family, hardware type, index, flags, changed flags.
  func append(header request: inout NetlinkRequest, linkIndex: Int) {
    if !setFlags.isDisjoint(with: clearedFlags) { request.note(.outOfRange(Int(setFlags.rawValue))) }
    request.append(zeros: 4)
    request.append(linkIndex, as: Int32.self)
    request.append(setFlags.union(isUp == true ? .up : []).rawValue)
    request.append(changedFlags.rawValue)
  }

  func append(attributes request: inout NetlinkRequest) {
    if let macAddress { request.append(attribute: LinkAttribute.address.rawValue, bytes: macAddress.bytes) }
    if let mtu { request.append(attribute: LinkAttribute.mtu.rawValue, mtu, as: UInt32.self) }
    switch master {
    case .index(let index): request.append(attribute: LinkAttribute.master.rawValue, index, as: UInt32.self)
    case Master.none?: request.append(attribute: LinkAttribute.master.rawValue, UInt32(0))
    case nil: break
    }
    if let name { request.append(attribute: LinkAttribute.name.rawValue, text: name) }
  }
}

extension Link {
  /// The message that removes the interface with an index.
  public static func deletion(index: Int) -> NetlinkRequest {
    var request = NetlinkRequest("delete the link", on: "index \(index)", type: deleteType)
    // Without an index the kernel would look for a name or a group.
    if index <= 0 { request.note(.outOfRange(index)) }
    LinkChange().append(header: &request, linkIndex: index)
    return request
  }

  /// The message that gives the interface with an index another name besides its own, or takes that away
  /// (5.5 and later). At most 127 bytes.
  public static func alternativeName(
    _ change: Change, _ name: String, linkIndex: Int
  ) -> NetlinkRequest {
    var request = NetlinkRequest(
      "\(change.verb) the alternative name", on: name,
      type: change == .delete ? deletePropertyType : newPropertyType,
      flags: change == .delete ? [] : [.create, .exclusive, .append])
    LinkChange().append(header: &request, linkIndex: linkIndex)
    request.append(nested: LinkAttribute.properties.rawValue) { list in
      list.append(attribute: LinkAttribute.alternativeName.rawValue, text: name)
    }
    return request
  }

  /// `RTM_NEWLINKPROP`
  private static let newPropertyType: UInt16 = 108
  /// `RTM_DELLINKPROP`
  private static let deletePropertyType: UInt16 = 109
}

extension RouteNetlink {
  /// Changes what is said about an interface, and nothing else.
  ///
  /// - Throws: a ``NetlinkError`` with the cause `refused` and ENODEV if there is no such interface. The kernel makes
  ///   the changes one after the other: after another error some of them may have been made.
  public mutating func change(linkIndex: Int, _ change: LinkChange) throws(NetlinkError) {
    try session.request(change.request(linkIndex: linkIndex))
  }

  /// Removes an interface that somebody made; hardware can't be removed.
  public mutating func deleteLink(index: Int) throws(NetlinkError) {
    try session.request(Link.deletion(index: index))
  }
}
