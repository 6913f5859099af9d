/// What a VRF, or a port of one, says (`IFLA_VRF_TABLE`, `IFLA_VRF_PORT_TABLE` in linux/if_link.h).
public struct VRFDetails: Sendable, Hashable {
  /// The table that routes of the VRF's interfaces are in.
  public var table: RouteTable

  /// Makes the details of a VRF.
  public init(table: RouteTable) {
    self.table = table
  }
}

extension VRFDetails: LinkAttributes {
  /// `IFLA_VRF_TABLE`, and the same number for ports.
  static let tableAttribute: UInt16 = 1

  init() { self.init(table: RouteTable(rawValue: 0)) }

  mutating func read(_ attribute: borrowing NetlinkAttribute) throws(WireError) -> Bool {
    guard attribute.type == Self.tableAttribute else { return false }
    table = RouteTable(rawValue: try attribute.payload.uint32())
    return true
  }
}
