import KernelModule
import Netlink

/// What the agent's configuration needs to know about the host.
struct ConfigurationFacts: Sendable, Equatable {
  /// An interface that vhost0 stands on.
  struct PhysicalInterface: Sendable, Equatable {
    var name: InterfaceName
    var mac: MACAddress
    /// This node's address on it, with its prefix length.
    var address: IPPrefix?
    /// Whether it is a VLAN of another link.
    var isVLAN = false
    /// The card's place on the PCI bus, of a VLAN the one below it; nil for what is neither such a card nor a bond.
    var pciPlace: PCIPlace?
  }

  /// At least one; with several, in the order in which they are written.
  var physicalInterfaces: [PhysicalInterface]
  /// vhost0's address with its prefix length; until vhost0 exists, the address that it will take over.
  var vhostAddress: IPPrefix
  /// The same with the prefix of its network, where the address itself doesn't have it; and who told.
  var vhostNetwork: Sourced<IPPrefix>?
  /// What makes that address a doubtful one for the vRouter agent.
  var addressDoubt: String?
  /// Whether ``vhostAddress`` was read from vhost0 itself.
  var vhostExists: Bool
  /// With layer-3 multihoming: this node's address on the loopback interface, in the range of `L3MH_CIDR`; nil where it
  /// has none.
  var loopbackAddress: IPAddress?
  /// The gateways that were found; `VROUTER_GATEWAY` wins over them.
  var gateways: [IPAddress]
  /// Whether the default route is over vhost0, or will be once it took the physical interface's routes over.
  var defaultRouteIsOverVhost: Bool
  /// This node's address on the interface that leads to `VROUTER_GATEWAY`, or else to the first control node.
  var controlNetworkAddress: IPAddress
  /// The address of the interface with the default route: what nodes that nobody named stand for.
  var defaultAddress: IPAddress?
  /// The name to which vhost0's address resolves, by the hosts file or DNS.
  var nameOfVhostAddress: String?
  /// The host's fully qualified name, or its short one where it has no other.
  var hostName: String
  /// The hugetlbfs mounts, as they will be when the vRouter agent starts, in the order in which they were made.
  var hugePageMounts: [HugePages.Mount] = []
  /// What `K8S_TOKEN_FILE` holds.
  var token = KubernetesToken.absent
  /// Why the physical interface was chosen; nil where that isn't known.
  var interfaceReason: String?
  /// Where the gateway was found; nil where that isn't known.
  var gatewayReason: String?
}
