/// What a route says about the connections that take it (`RTA_METRICS`; `RTAX_…` in linux/rtnetlink.h).
public struct RouteMetrics: Sendable, Hashable {
  /// The numbers, by the kernel's number of the metric.
  private(set) var numbers: [UInt16: UInt32] = [:]
  /// The congestion control algorithm, such as `bbr`; `nil`: the host's.
  public var congestionControl: String?
  /// Metrics that aren't numbers and aren't known here, as they came.
  public var otherAttributes = RawAttributes()

  /// No metrics.
  public init() {}

  /// There are none.
  public var isEmpty: Bool { self == RouteMetrics() }

  /// A metric's number; `nil` if the route doesn't say.
  public subscript(metric: RouteMetric) -> UInt32? {
    get { numbers[metric.rawValue] }
    set { numbers[metric.rawValue] = newValue }
  }

  /// The largest packet in bytes.
  public var mtu: Int? { self[.mtu].map(Int.init) }

  /// Whether a metric stays as it is whatever the kernel learns (`ip route … mtu lock 1400`).
  public func isLocked(_ metric: RouteMetric) -> Bool {
    metric.rawValue < 32 && (self[.locks] ?? 0) >> UInt32(metric.rawValue) & 1 == 1
  }

  /// Reads the attributes of an `RTA_METRICS`.
  init(_ attributes: consuming AttributeCursor) throws(WireError) {
    while let attribute = try attributes.next() {
      if attribute.type == RouteMetric.congestionControlType {
        congestionControl = attribute.payload.text()
      } else if attribute.payload.count == MemoryLayout<UInt32>.size {
        numbers[attribute.type] = try attribute.payload.uint32()
      } else {
        otherAttributes.append(attribute)
      }
    }
  }
}

/// A metric of a route that is a number (`RTAX_…` in linux/rtnetlink.h).
public struct RouteMetric: RawRepresentable, Sendable, Hashable {
  /// The kernel's number.
  public let rawValue: UInt16
  /// Makes a metric from the kernel's number.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// One bit for each metric that doesn't change.
  public static let locks = Self(rawValue: 1)
  /// Largest packet in bytes.
  public static let mtu = Self(rawValue: 2)
  /// Largest window in bytes that is offered to peers.
  public static let window = Self(rawValue: 3)
  /// First estimate of the round-trip time, in eighths of a millisecond.
  public static let roundTripTime = Self(rawValue: 4)
  /// Largest segment in bytes that is offered to peers.
  public static let advertisedMSS = Self(rawValue: 8)
  /// Routers that packets may pass.
  public static let hopLimit = Self(rawValue: 10)
  /// Segments that may be sent before the first answer.
  public static let initialCongestionWindow = Self(rawValue: 11)
  /// Shortest time before something is sent again, in milliseconds.
  public static let minimumRetransmission = Self(rawValue: 13)
  /// Segments that peers may send at first.
  public static let initialReceiveWindow = Self(rawValue: 14)

  /// `RTAX_CC_ALGO`, which is text.
  static let congestionControlType: UInt16 = 16
}
