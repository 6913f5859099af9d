/// A network interface, as the kernel describes it (rtnetlink(7), linux/if_link.h).
public struct Link: Sendable, Hashable {
  /// The interface's number: unique in its network namespace at any moment, from 1.
  public var index: Int
  /// The name, at most 15 bytes; it can change.
  public var name: String
  /// Kind of a software interface, such as `bridge`, `vxlan` or `vhost`; `nil` for hardware and loopback.
  public var kind: String?
  /// What the hardware speaks.
  public var hardwareType: HardwareType
  /// Up, running, loopback and so on.
  public var flags: LinkFlags
  /// The state of RFC 2863.
  public var operationalState: OperationalState = .unknown
  /// Whether a carrier is detected, as the driver says; it means little while the interface is down.
  public var carrier: Bool?
  /// Largest packet in bytes.
  public var mtu: Int = 0
  /// Ethernet address in use; `nil` if it has none of six bytes.
  public var macAddress: MACAddress?
  /// Ethernet address that the hardware came with (5.6 and later).
  public var permanentMACAddress: MACAddress?
  /// Index of the bond, bridge, team or VRF that this is a port of.
  public var masterIndex: Int?
  /// Index of the interface that this one lies on, such as a VLAN's parent, or is paired with (veth). It counts
  /// in the namespace ``lowerNamespaceID`` if there is one, else in this one.
  public var lowerIndex: Int?
  /// Identifies the namespace of ``lowerIndex`` where that is another one; a number of this namespace's own.
  public var lowerNamespaceID: Int?
  /// What few look at; ``LinkRest``.
  var rest = LinkRest()

  /// Makes a link.
  public init(index: Int, name: String, hardwareType: HardwareType = .ethernet, flags: LinkFlags = []) {
    self.index = index
    self.name = name
    self.hardwareType = hardwareType
    self.flags = flags
  }

  /// Switched on by its administrator.
  public var isUp: Bool { flags.contains(.up) }
  /// The lower layer is up: a cable is in, a peer is there.
  public var isLowerUp: Bool { flags.contains(.lowerUp) }
  /// A loopback interface.
  public var isLoopback: Bool { flags.contains(.loopback) }

  /// Whether it goes by a name, be it the name or an alternative one.
  public func isNamed(_ name: String) -> Bool {
    self.name == name || alternativeNames.contains(name)
  }
}

/// Flags of an interface (netdevice(7), linux/if.h).
public struct LinkFlags: OptionSet, Sendable, Hashable {
  /// The kernel's bits.
  public let rawValue: UInt32
  /// Makes flags from the kernel's bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Switched on by its administrator (`IFF_UP`).
  public static let up = Self(rawValue: 1 << 0)
  /// Can broadcast (`IFF_BROADCAST`).
  public static let broadcast = Self(rawValue: 1 << 1)
  /// Loopback (`IFF_LOOPBACK`).
  public static let loopback = Self(rawValue: 1 << 3)
  /// Has one peer only (`IFF_POINTOPOINT`).
  public static let pointToPoint = Self(rawValue: 1 << 4)
  /// Ready to carry packets (`IFF_RUNNING`).
  public static let running = Self(rawValue: 1 << 6)
  /// Doesn't resolve neighbours (`IFF_NOARP`).
  public static let noARP = Self(rawValue: 1 << 7)
  /// Receives what isn't for it (`IFF_PROMISC`).
  public static let promiscuous = Self(rawValue: 1 << 8)
  /// Receives every multicast frame (`IFF_ALLMULTI`), as an administrator said.
  public static let allMulticast = Self(rawValue: 1 << 9)
  /// Has ports, such as a bond (`IFF_MASTER`).
  public static let master = Self(rawValue: 1 << 10)
  /// Is a port, such as a bond's (`IFF_SLAVE`).
  public static let slave = Self(rawValue: 1 << 11)
  /// Can multicast (`IFF_MULTICAST`).
  public static let multicast = Self(rawValue: 1 << 12)
  /// The lower layer is up (`IFF_LOWER_UP`).
  public static let lowerUp = Self(rawValue: 1 << 16)
  /// Up but waiting, such as for 802.1X (`IFF_DORMANT`).
  public static let dormant = Self(rawValue: 1 << 17)
}

/// What an interface's hardware speaks (linux/if_arp.h).
public struct HardwareType: RawRepresentable, Sendable, Hashable {
  /// The kernel's number (`ARPHRD_…`).
  public let rawValue: UInt16
  /// Makes a type from the kernel's number.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Ethernet, and whatever looks like it (`ARPHRD_ETHER`).
  public static let ethernet = Self(rawValue: 1)
  /// InfiniBand (`ARPHRD_INFINIBAND`).
  public static let infiniBand = Self(rawValue: 32)
  /// IP in IP (`ARPHRD_TUNNEL`).
  public static let ipTunnel = Self(rawValue: 768)
  /// Loopback (`ARPHRD_LOOPBACK`).
  public static let loopback = Self(rawValue: 772)
  /// GRE (`ARPHRD_IPGRE`).
  public static let gre = Self(rawValue: 778)
  /// Packets without a link header, such as WireGuard's or a tun's (`ARPHRD_NONE`).
  public static let none = Self(rawValue: 0xfffe)
}

/// Operational state of an interface (RFC 2863, `IF_OPER_…` in linux/if.h).
public enum OperationalState: UInt8, Sendable, Hashable, CaseIterable {
  /// The driver doesn't say, which is normal for loopback and tun; also for numbers not known here.
  case unknown = 0
  /// Something is missing, usually hardware.
  case notPresent = 1
  /// Cannot carry packets.
  case down = 2
  /// The interface that it lies on is down.
  case lowerLayerDown = 3
  /// In a test mode.
  case testing = 4
  /// Waiting for something outside, such as 802.1X.
  case dormant = 5
  /// Carries packets.
  case up = 6
}

extension OperationalState: CustomStringConvertible {
  /// The state as `ip link` writes it.
  public var description: String {
    switch self {
    case .unknown: "UNKNOWN"
    case .notPresent: "NOTPRESENT"
    case .down: "DOWN"
    case .lowerLayerDown: "LOWERLAYERDOWN"
    case .testing: "TESTING"
    case .dormant: "DORMANT"
    case .up: "UP"
    }
  }
}
