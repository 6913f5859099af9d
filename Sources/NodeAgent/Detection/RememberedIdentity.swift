import Netlink

/// The interfaces that the last successful run chose, by what outlives a change of their names, and the settings under
/// which they were chosen.
struct RememberedIdentity: Sendable, Hashable, Codable {
  /// In the order in which they were chosen; at least one.
  var interfaces: [Interface]
  /// The settings that a choice depends on, by parameter, as text: the identity says nothing under any others.
  var settings: [String: String]

  /// One interface.
  struct Interface: Sendable, Hashable, Codable {
    /// What it was called.
    var name: String
    /// The kernel's name for its kind ("bond", "vlan" …); nil for a network card.
    var kind: String?
    /// The address that the hardware came with.
    var permanentMAC: MACAddress?
    /// The address in use.
    var mac: MACAddress?
    /// The bus of the device behind it, such as `pci`.
    var parentBus: String?
    /// The device on that bus.
    var parentDevice: String?
    /// This node's address on it.
    var address: IPPrefix?

    /// As the strategy that makes `permanent_mac` of it reads it back.
    private enum CodingKeys: String, CodingKey {
      case name, kind, mac, parentBus, parentDevice, address
      case permanentMAC = "permanentMac"
    }
  }
}
