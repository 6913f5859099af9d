/// A part of a takeover, or of taking it back: operations that are made one after the other.
struct TakeoverStep: Sendable, Equatable {
  let kind: Kind
  let operations: [TakeoverOperation]

  /// In the order in which they come.
  enum Kind: String, Sendable, CaseIterable {
    case makeVhost = "make-vhost"
    case setControls = "set-controls"
    case raiseVhost = "raise-vhost"
    case addAddresses = "add-addresses"
    case addNeighbours = "add-neighbours"
    case addRules = "add-rules"
    case steerPackets = "steer-packets"
    /// What is for an IPv6 address of vhost0 comes to the physical interface as multicast that nobody there asks for.
    case hearMulticast = "hear-multicast"
    case removeHost = "remove-host"
    /// From the next one on, what the physical interfaces receive arrives on vhost0.
    case addCards = "add-cards"
    case addHost = "add-host"
    case moveConnectedRoutes = "move-connected-routes"
    case moveNextHops = "move-nexthop-objects"
    case moveRoutes = "move-routes"
    case dropRoutes = "drop-routes"
    case announce = "announce"
    /// Here it is found out whether the node is still reached. Everything behind it is the commit.
    case verify = "verify"
    case dropRules = "drop-rules"
    case dropNeighbours = "drop-neighbours"
    case dropAddresses = "drop-addresses"
    case settleAddresses = "settle-addresses"
    case restoreControls = "restore-controls"

    /// Whether it comes after it is known that the node is reached by vhost0.
    var isCommit: Bool {
      switch self {
      case .dropRules, .dropNeighbours, .dropAddresses, .settleAddresses, .restoreControls: true
      default: false
      }
    }
  }

  /// What goes to the kernel in one datagram. Only what is harmless in any order and when a part of it fails is sent
  /// together: routes that are put onto another interface, and those alone that are dropped.
  var datagrams: [[TakeoverOperation]] {
    switch kind {
    case .moveConnectedRoutes, .moveRoutes, .dropRoutes: operations.chunked(Self.mostTogether)
    default: operations.map { [$0] }
    }
  }

  private static let mostTogether = 64
}

extension Array {
  /// Its elements in groups of so many at most.
  func chunked(_ count: Int) -> [[Element]] {
    stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
  }
}
