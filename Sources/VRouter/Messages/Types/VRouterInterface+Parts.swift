extension VRouterInterface {
  /// What the module's interfaces are (include/vr_interface.h of tf-vrouter).
  public enum Kind: Int32, Sendable {
    /// The host's own: vhost0.
    case host = 0
    /// To the vRouter agent.
    case agent = 1
    /// A network card.
    case physical = 2
    /// Of a virtual machine or container.
    case virtual = 3
    /// Link-local addresses of Xen.
    case xenLinkLocal = 4
    /// A simple gateway.
    case gateway = 5
    /// Of a virtual machine, by VLAN.
    case virtualVLAN = 6
    /// pkt1, pkt2, pkt3: packets that are steered between CPUs.
    case statistics = 7
    /// A VLAN of a card.
    case vlan = 8
    /// Frames for somebody who watches.
    case monitoring = 9
  }

  /// What an interface does (include/vr_interface.h of tf-vrouter).
  public struct Flags: OptionSet, Sendable, Hashable {
    /// The module's bits.
    public let rawValue: Int32
    /// Makes flags from the module's bits.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Its packets make flows.
    public static let policy = Self(rawValue: 0x1)
    /// What comes in at the card goes to the host and back, as long as there is no vRouter agent.
    public static let crossConnect = Self(rawValue: 0x2)
    /// Checksums are left to the card.
    public static let checksumOffload = Self(rawValue: 0x20)
    /// It routes.
    public static let layer3 = Self(rawValue: 0x40)
    /// It bridges.
    public static let layer2 = Self(rawValue: 0x80)
    /// DHCP goes to the vRouter agent.
    public static let dhcp = Self(rawValue: 0x100)
    /// A card that belongs to the host's interface.
    public static let vhostPhysical = Self(rawValue: 0x200)
  }

  /// Counters since the interface was added. The kernel's data path counts the first six; the others are those of a
  /// data path in user space, by queue, port and device.
  public struct Counters: Sendable, Equatable {
    /// Received.
    public var inputBytes: Int64 = 0
    /// Received.
    public var inputPackets: Int64 = 0
    /// Received in vain.
    public var inputErrors: Int64 = 0
    /// Sent.
    public var outputBytes: Int64 = 0
    /// Sent.
    public var outputPackets: Int64 = 0
    /// Sent in vain.
    public var outputErrors: Int64 = 0
    /// Fields 17 and 18.
    public var queueInput: [Int64] = [0, 0]
    /// Errors at the queue, by CPU.
    public var queueErrorsByCore: [Int64] = []
    /// Fields 20 to 35, in their order: queue, port, device.
    public var others = [Int64](repeating: 0, count: 16)

    /// Everything 0.
    public init() {}

    mutating func code(_ coder: inout some SandeshCoder) {
      coder.code(11, &inputBytes)
      coder.code(12, &inputPackets)
      coder.code(13, &inputErrors)
      coder.code(14, &outputBytes)
      coder.code(15, &outputPackets)
      coder.code(16, &outputErrors)
      Self.code(&coder, 17, &queueInput, count: 2)
      coder.code(19, &queueErrorsByCore)
      Self.code(&coder, 20, &others, count: 16)
    }

    /// Fields of their own, with numbers one after the other; what is missing of them is 0.
    private static func code(
      _ coder: inout some SandeshCoder, _ first: UInt16, _ values: inout [Int64], count: Int
    ) {
      values = Array((values + [Int64](repeating: 0, count: count)).prefix(count))
      for index in values.indices { coder.code(first + UInt16(index), &values[index]) }
    }
  }

  /// What belongs to the module's use as a switch.
  public struct Bridging: Sendable, Equatable {
    /// Address of a parent's sub-interface.
    public var sourceMAC: [UInt8] = []
    /// Interfaces bridged with it.
    public var indexes: [Int32] = []
    /// Outer VLAN.
    public var outerVLAN: Int16 = 0
    /// Service of provider backbone bridging.
    public var isid: UInt32 = 0
    /// Address for provider backbone bridging.
    public var providerMAC: [UInt8] = []

    /// Everything 0 or empty.
    public init() {}
  }

  /// Flows that are put together: by protocol and port, but for addresses, by prefix.
  public struct FatFlows: Sendable, Equatable {
    /// Protocol and port, in one number each.
    public var protocolPorts: [Int32] = []
    /// IPv4 addresses that are left out.
    public var excludedIPv4: [UInt64] = []
    /// Upper halves of IPv6 addresses that are left out.
    public var excludedIPv6High: [UInt64] = []
    /// Lower halves of them.
    public var excludedIPv6Low: [UInt64] = []
    /// Lengths of their prefixes.
    public var excludedIPv6Lengths: [UInt16] = []
    /// By source.
    public var source = Prefixes()
    /// By destination.
    public var destination = Prefixes()

    /// Prefixes by which addresses are put together.
    public struct Prefixes: Sendable, Equatable {
      /// Upper halves of the prefixes' addresses.
      public var high: [UInt64] = []
      /// Lower halves of them.
      public var low: [UInt64] = []
      /// Lengths of the prefixes.
      public var masks: [UInt8] = []
      /// Lengths of the prefixes that count as one.
      public var aggregateLengths: [UInt8] = []

      /// Empty.
      public init() {}

      mutating func code(_ coder: inout some SandeshCoder, from first: UInt16) {
        coder.code(first, &high)
        coder.code(first + 1, &low)
        coder.code(first + 2, &masks)
        coder.code(first + 3, &aggregateLengths)
      }
    }

    /// Empty.
    public init() {}

    /// Fields 65 to 84; ``protocolPorts`` is apart from them.
    mutating func code(_ coder: inout some SandeshCoder) {
      coder.code(65, &excludedIPv4)
      coder.code(66, &excludedIPv6High)
      coder.code(67, &excludedIPv6Low)
      coder.code(68, &excludedIPv6Lengths)
      source.code(&coder, from: 77)
      destination.code(&coder, from: 81)
    }
  }

  /// What only a data path in user space tells: the card's state, its names, the ports of its bond.
  public struct Device: Sendable, Equatable {
    /// Whether the card is up.
    public var status: UInt8 = 0
    /// The card's name.
    public var name: [UInt8] = []
    /// Its driver's name.
    public var driver: [UInt8] = []
    /// Ports of a bond.
    public var bondPortCount: UInt8 = 0
    /// Their names.
    public var bondPorts: [UInt8] = []
    /// Their drivers' names.
    public var bondDrivers: [UInt8] = []
    /// VLAN of the card.
    public var vlanTag: UInt32 = 0
    /// Name of the VLAN's link.
    public var vlanName: [UInt8] = []

    /// Everything 0 or empty.
    public init() {}

    mutating func code(_ coder: inout some SandeshCoder) {
      coder.code(85, &status)
      coder.code(86, &name)
      coder.code(87, &driver)
      coder.code(88, &bondPortCount)
      coder.code(89, &bondPorts)
      coder.code(90, &bondDrivers)
      coder.code(91, &vlanTag)
      coder.code(92, &vlanName)
    }
  }
}

extension VRouterInterface {
  /// A question about the interface with an index.
  public static func get(index: Int32) -> VRouterInterface {
    var message = VRouterInterface(.get)
    message.index = index
    message.link = Self.noIndex
    return message
  }

  /// A question about the interface of a link.
  public static func get(link: Int32) -> VRouterInterface {
    var message = VRouterInterface(.get)
    message.index = Self.noIndex
    message.link = link
    return message
  }

  /// A question about the interfaces behind an index; -1 for all.
  public static func dump(after marker: Int32) -> VRouterInterface {
    var message = VRouterInterface(.dump)
    message.marker = marker
    return message
  }

  /// The request that removes the interface of a name.
  public static func delete(named name: String) -> VRouterInterface {
    var message = VRouterInterface(.delete)
    message.index = Self.noIndex
    message.interfaceName = name
    return message
  }

  private init(_ operation: MessageOperation) {
    self.init()
    self.operation = operation.rawValue
  }
}
