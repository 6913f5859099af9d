/// A socket of this network namespace that is bound to an interface (`SO_BINDTODEVICE` in socket(7), packet(7)), or that
/// the kernel bound to it for the scope of a link-local address.
public struct BoundSocket: Sendable, Hashable {
  /// What it speaks.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case tcp = "TCP"
    case udp = "UDP"
    /// A protocol of IP's own (raw(7)).
    case raw
    /// Frames (packet(7)).
    case packet
  }

  /// What it speaks.
  public var kind: Kind
  /// IPv4 or IPv6; `nil` for ``Kind/packet``.
  public var family: AddressFamily?
  /// Index of the interface.
  public var linkIndex: Int
  /// Its own port; of a raw socket the protocol's number; of a packet socket the Ethernet type, 3 being all of them
  /// (`ETH_P_ALL`).
  public var number: UInt16
  /// The socket's number in /proc/PID/fd.
  public var inode: UInt32

  /// Makes a socket.
  public init(_ kind: Kind, family: AddressFamily?, linkIndex: Int, number: UInt16, inode: UInt32) {
    (self.kind, self.family, self.linkIndex) = (kind, family, linkIndex)
    (self.number, self.inode) = (number, inode)
  }
}
