/// What a route puts packets into (`LWTUNNEL_ENCAP_…` in linux/lwtunnel.h). The details stay unread, in the
/// `otherAttributes` of the route or path.
public struct EncapsulationType: RawRepresentable, Sendable, Hashable {
  /// The kernel's number.
  public let rawValue: UInt16
  /// Makes a type from the kernel's number.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// MPLS labels.
  public static let mpls = Self(rawValue: 1)
  /// An IPv4 tunnel.
  public static let ip = Self(rawValue: 2)
  /// An IPv6 tunnel.
  public static let ip6 = Self(rawValue: 4)
  /// An IPv6 segment routing header.
  public static let segmentRouting = Self(rawValue: 5)
  /// A BPF program.
  public static let bpf = Self(rawValue: 6)

  /// From an attribute of two bytes among unread ones; `nil` if it isn't there.
  init?(_ attributes: RawAttributes, _ type: UInt16) {
    var number: UInt16?
    attributes.forEach { attribute in
      if number == nil, attribute.type == type { number = try? attribute.payload.uint16() }
    }
    guard let number else { return nil }
    self.init(rawValue: number)
  }
}

extension EncapsulationType: CustomStringConvertible {
  /// The type as `ip` writes it.
  public var description: String {
    switch self {
    case .mpls: "mpls"
    case .ip: "ip"
    case .ip6: "ip6"
    case .segmentRouting: "seg6"
    case .bpf: "bpf"
    default: String(rawValue)
    }
  }
}

extension Route {
  /// What packets are put into; `nil`: nothing.
  public var encapsulationType: EncapsulationType? {
    EncapsulationType(otherAttributes, RouteAttribute.encapsulationType.rawValue)
  }
}

extension NextHop {
  /// What packets are put into; `nil`: nothing.
  public var encapsulationType: EncapsulationType? {
    EncapsulationType(otherAttributes, RouteAttribute.encapsulationType.rawValue)
  }
}
