/// An address family that this library reads: the numbers are the kernel's (`AF_INET`, `AF_INET6`).
public enum AddressFamily: UInt8, Sendable, Hashable, CaseIterable {
  /// IPv4 (`AF_INET`).
  case ipv4 = 2
  /// IPv6 (`AF_INET6`).
  case ipv6 = 10

  /// Bits in an address: 32 or 128.
  public var addressBits: Int { self == .ipv4 ? 32 : 128 }
}

extension AddressFamily: CustomStringConvertible {
  /// `IPv4` or `IPv6`.
  public var description: String { self == .ipv4 ? "IPv4" : "IPv6" }
}

/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address stays IPv6.
public enum IPAddress: Sendable, Hashable {
  /// An IPv4 address.
  case v4(IPv4Address)
  /// An IPv6 address.
  case v6(IPv6Address)

  /// Which of the two it is.
  public var family: AddressFamily {
    switch self {
    case .v4: .ipv4
    case .v6: .ipv6
    }
  }

  /// The four or sixteen bytes in the order in which they go over the wire.
  public var bytes: [UInt8] {
    switch self {
    case .v4(let address): address.bytes
    case .v6(let address): address.bytes
    }
  }

  /// The IPv4 address, if it is one.
  public var ipv4: IPv4Address? {
    if case .v4(let address) = self { address } else { nil }
  }

  /// The IPv6 address, if it is one.
  public var ipv6: IPv6Address? {
    if case .v6(let address) = self { address } else { nil }
  }

  /// 0.0.0.0 or ::
  public var isUnspecified: Bool { self == .v4(.any) || self == .v6(.any) }

  /// In 127.0.0.0/8, or ::1.
  public var isLoopback: Bool {
    switch self {
    case .v4(let address): address.isLoopback
    case .v6(let address): address.isLoopback
    }
  }

  /// In 169.254.0.0/16 or fe80::/10.
  public var isLinkLocal: Bool {
    switch self {
    case .v4(let address): address.isLinkLocal
    case .v6(let address): address.isLinkLocal
    }
  }

  /// In 224.0.0.0/4 or ff00::/8.
  public var isMulticast: Bool {
    switch self {
    case .v4(let address): address.isMulticast
    case .v6(let address): address.isMulticast
    }
  }
}

extension IPAddress: Comparable {
  /// IPv4 before IPv6, then by number.
  public static func < (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.v4(let left), .v4(let right)): left < right
    case (.v6(let left), .v6(let right)): left < right
    case (.v4, .v6): true
    case (.v6, .v4): false
    }
  }
}

extension IPAddress: LosslessStringConvertible {
  /// Reads an IPv4 or IPv6 address; `nil` unless the whole text is one.
  public init?(_ description: String) {
    if let address = IPv4Address(description) {
      self = .v4(address)
    } else if let address = IPv6Address(description) {
      self = .v6(address)
    } else {
      return nil
    }
  }

  /// The address as text.
  public var description: String {
    switch self {
    case .v4(let address): address.description
    case .v6(let address): address.description
    }
  }
}
