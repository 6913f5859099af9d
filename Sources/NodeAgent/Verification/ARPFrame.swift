import Netlink

/// ARP for IPv4 over Ethernet (RFC 826).
enum ARPFrame {
  /// Asks who has an address, in the sender's own name, so that the answer comes to its MAC, and who is asked learns the
  /// sender's too. (An ARP probe with the sender 0.0.0.0, as of RFC 5227, would look for a conflict instead.)
  static func request(for target: IPv4Address, from source: IPv4Address, _ mac: MACAddress) -> [UInt8] {
    EthernetFrame.header(to: EthernetFrame.broadcast, from: mac, type: EthernetFrame.arp)
      + [0, 1, 8, 0, 6, 4, 0, 1] + mac.bytes + source.bytes + Array(repeating: 0, count: 6) + target.bytes
  }

  /// Tells every neighbour that an address is at a MAC: an ARP announcement, which is a request whose sender and target
  /// are the same (RFC 5227 section 2.3).
  static func announcement(of address: IPv4Address, at mac: MACAddress) -> [UInt8] {
    request(for: address, from: address, mac)
  }

  /// The MAC address at which a frame says that an address is; nil unless it is a reply from there.
  static func reply(_ frame: ArraySlice<UInt8>, from address: IPv4Address) -> MACAddress? {
    // Ethernet, IPv4, lengths, and the operation 2.
    let begin: [UInt8] = [0, 1, 8, 0, 6, 4, 0, 2]
    guard frame.count >= 42, frame.bigEndian(at: 12) == EthernetFrame.arp else { return nil }
    let body = frame.dropFirst(14)
    guard body.starts(with: begin), Array(body.dropFirst(14).prefix(4)) == address.bytes else { return nil }
    return MACAddress(bytes: body.dropFirst(8).prefix(6))
  }
}
