/// The kernel's answer to "which way would a packet to this address go" (`ip route get`).
public struct RouteReply: Sendable, Hashable {
  /// The address that was asked about.
  public var destination: IPAddress
  /// The gateway; `nil` if the destination is attached directly or is this host.
  public var gateway: IPAddress?
  /// Index of the interface that the packet would leave by.
  public var outputIndex: Int?
  /// The source address that the packet would get.
  public var preferredSource: IPAddress?
  /// `unicast` for what leaves the host, `local` for the host's own addresses, and so on.
  public var type: RouteType
  /// The table that the route was found in; `nil` if the kernel didn't say. Until a rule is added, IPv4's local
  /// table is part of the main one, and the kernel then says `main` for local addresses too.
  public var table: RouteTable?
  /// The metric of the route (IPv6 only: the kernel leaves it out for IPv4).
  public var metric: UInt32
  /// The MTU that the route itself sets.
  public var mtu: Int?

  /// The address is one of this host's own.
  public var isLocal: Bool { type == .local }
}

extension RouteReply {
  /// The part of an answered route that says which way a packet takes.
  public init(_ route: Route, for destination: IPAddress) {
    self.destination = destination
    gateway = route.gateway
    outputIndex = route.outputIndex
    preferredSource = route.preferredSource
    type = route.type
    table = route.table.rawValue == 0 ? nil : route.table
    metric = route.metric
    mtu = route.mtu
  }
}

extension Route {
  /// The largest packet in bytes that the route itself sets (`RTAX_MTU`).
  public var mtu: Int? { metrics.mtu }
}
