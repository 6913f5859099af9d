/// `vr_interface_req`: an interface of the module (a "vif"), or a question about one.
///
/// Numbers and types of the fields: sandesh/vr.sandesh of tf-vrouter, checked against captures of `vif`. What isn't set is
/// written as 0 or empty, as `vif` does.
public struct VRouterInterface: VRouterMessage {
  /// `vr_interface_req`
  public static let name = "vr_interface_req"
  /// ``index`` in a question that looks for an interface by its ``link`` or ``interfaceName``.
  public static let noIndex: Int32 = -1

  /// In field 1: ``MessageOperation``.
  public var operation: Int32 = 0
  /// Which CPU's counters are asked for: 0 or -1 (all bits) for all.
  public var core: UInt32 = 0
  /// ``Kind``
  public var type: Int32 = 0
  /// ``Flags``
  public var flags: Int32 = 0
  /// Routing instance; 65535 is none.
  public var vrf: Int32 = 0
  /// The interface's index in the module.
  public var index: Int32 = 0
  /// Which router; there is only 0.
  public var router: Int32 = 0
  /// The index of its link in the initial network namespace; 0 is none.
  public var link: Int32 = 0
  /// The link's MTU with its Ethernet header.
  public var mtu: Int32 = 0
  /// Its name; what isn't UTF-8 is replaced.
  public var interfaceName = ""
  /// What passed.
  public var counters = Counters()
  /// How many hold it.
  public var references: Int32 = 0
  /// In the request of a list: the index behind which it begins; -1 for all.
  public var marker: Int32 = 0
  /// MAC address: 6 bytes, or none.
  public var mac: [UInt8] = []
  /// IPv4 address, as a number.
  public var ipv4: UInt32 = 0
  /// Upper half of its IPv6 address.
  public var ipv6High: UInt64 = 0
  /// Lower half of its IPv6 address.
  public var ipv6Low: UInt64 = 0
  /// Known to the module alone.
  public var context: Int32 = 0
  /// Index of its mirror; 255 is none.
  public var mirror: Int16 = 0
  /// Speed in Mbit/s; -1 is unknown.
  public var speed: Int32 = 0
  /// 0 half, 1 full; 255 or -1 is unknown.
  public var duplex: Int32 = 0
  /// VLAN of a sub-interface.
  public var vlan: Int16 = 0
  /// Index of the interface above which it is; -1 is none.
  public var parent: Int32 = 0
  /// Next hop.
  public var nextHop: Int32 = 0
  /// In the request that adds a host's interface: the indexes of **all** physical interfaces that were added. With fewer
  /// of them the module crashes the kernel.
  public var crossConnect: [Int32] = []
  /// What belongs to the module's use as a switch.
  public var bridging = Bridging()
  /// How frames reach it: 0 virtual, 1 Ethernet, 2 a poll-mode driver, 3 a socket.
  public var transport: UInt8 = 0
  /// Flows that are put together.
  public var fatFlows = FatFlows()
  /// Index of its table for quality of service.
  public var qos: Int16 = 0
  /// What is put before mirrored packets, by direction.
  public var mirrorMetadataIn: [UInt8] = []
  /// See ``mirrorMetadataIn``.
  public var mirrorMetadataOut: [UInt8] = []
  /// Packets that were dropped.
  public var drops: UInt64 = 0
  /// Hardware queues.
  public var hardwareQueues: [Int16] = []
  /// Mode of a vhost-user socket.
  public var vhostUserMode: UInt8 = 0
  /// Routing instance for multicast; 65535 is none.
  public var multicastVRF: Int32 = 0
  /// Its UUID.
  public var uuid: [UInt8] = []
  /// What only a data path in user space tells.
  public var device = Device()
  /// Address on the loopback interface, with layer-3 multihoming.
  public var loopback: UInt32 = 0

  /// A message in which everything is 0 or empty.
  public init() {}

  /// Goes through its fields.
  public mutating func code(_ coder: inout some SandeshCoder) {
    coder.code(1, &operation)
    coder.code(2, &core)
    coder.code(3, &type)
    coder.code(4, &flags)
    coder.code(5, &vrf)
    coder.code(6, &index)
    coder.code(7, &router)
    coder.code(8, &link)
    coder.code(9, &mtu)
    coder.code(10, &interfaceName)
    counters.code(&coder)
    coder.code(36, &references)
    coder.code(37, &marker)
    coder.code(38, &mac)
    coder.code(39, &ipv4)
    coder.code(40, &ipv6High)
    coder.code(41, &ipv6Low)
    coder.code(42, &context)
    coder.code(43, &mirror)
    coder.code(44, &speed)
    coder.code(45, &duplex)
    coder.code(46, &vlan)
    coder.code(47, &parent)
    coder.code(48, &nextHop)
    coder.code(49, &crossConnect)
    coder.code(50, &bridging.sourceMAC)
    coder.code(51, &bridging.indexes)
    coder.code(52, &bridging.outerVLAN)
    coder.code(53, &transport)
    coder.code(54, &fatFlows.protocolPorts)
    coder.code(55, &qos)
    coder.code(56, &mirrorMetadataIn)
    coder.code(57, &mirrorMetadataOut)
    coder.code(58, &drops)
    coder.code(59, &hardwareQueues)
    coder.code(60, &bridging.isid)
    coder.code(61, &bridging.providerMAC)
    coder.code(62, &vhostUserMode)
    coder.code(63, &multicastVRF)
    coder.code(64, &uuid)
    fatFlows.code(&coder)
    device.code(&coder)
    coder.code(93, &loopback)
  }
}
