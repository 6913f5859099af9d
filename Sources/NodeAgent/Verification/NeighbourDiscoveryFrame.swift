import Netlink

/// Neighbour discovery of IPv6 over Ethernet (RFC 4861, RFC 2464).
enum NeighbourDiscoveryFrame {
  private static let solicitationType: UInt8 = 135
  private static let advertisementType: UInt8 = 136
  private static let nextHeader: UInt8 = 58
  /// Neighbour discovery takes only packets that no router can have passed on.
  private static let hopLimit: UInt8 = 255

  /// Asks who has an address, from an address of the sender's own: to the solicited-node group, with the sender's MAC
  /// address as an option (RFC 4861 section 4.3).
  static func solicitation(
    for target: IPv6Address, from source: IPv6Address, _ mac: MACAddress
  ) -> [UInt8] {
    packet(
      to: solicitedNodeGroup(of: target), from: source, mac,
      // Type, code, checksum, reserved; the source link-layer address option, 8 bytes long.
      body: [solicitationType, 0, 0, 0, 0, 0, 0, 0] + target.bytes + [1, 1] + mac.bytes)
  }

  /// Tells every node on the link that an address is at a MAC: an unsolicited advertisement with the override flag
  /// (RFC 4861 section 7.2.6).
  ///
  /// - Parameter isRouter: whether this host forwards IPv6 on the interface: who hears of a router that it isn't one
  ///   stops using it.
  static func advertisement(of address: IPv6Address, at mac: MACAddress, isRouter: Bool) -> [UInt8] {
    packet(
      to: allNodes, from: address, mac,
      // Flags: router, solicited, override; the target link-layer address option, 8 bytes long.
      body: [advertisementType, 0, 0, 0, isRouter ? 0xa0 : 0x20, 0, 0, 0] + address.bytes + [2, 1] + mac.bytes
    )
  }

  /// The MAC address at which a frame says that an address is; nil unless it is an advertisement of it. Without the
  /// option it is the frame's own sender.
  static func advertisement(_ frame: ArraySlice<UInt8>, of address: IPv6Address) -> MACAddress? {
    guard frame.count >= 14 + 40 + 24, frame.bigEndian(at: 12) == EthernetFrame.ipv6 else { return nil }
    let packet = frame.dropFirst(14)
    let header = Array(packet.prefix(40))
    let length = Int(packet.bigEndian(at: 4))
    guard header[0] >> 4 == 6, header[6] == nextHeader, header[7] == hopLimit, length >= 24,
      packet.count >= 40 + length
    else { return nil }
    let body = Array(packet.dropFirst(40).prefix(length))
    guard body[0] == advertisementType, body[1] == 0, Array(body[8..<24]) == address.bytes else { return nil }
    return option(2, of: body.dropFirst(24)) ?? MACAddress(bytes: frame.dropFirst(6).prefix(6))
  }

  /// The MAC address in the first option of a type; each option says its length in units of 8 bytes.
  private static func option(_ type: UInt8, of options: ArraySlice<UInt8>) -> MACAddress? {
    var rest = options
    while rest.count >= 8, let first = rest.first {
      let length = Int(rest[rest.startIndex + 1]) * 8
      guard length > 0, length <= rest.count else { return nil }
      if first == type { return MACAddress(bytes: rest.dropFirst(2).prefix(6)) }
      rest = rest.dropFirst(length)
    }
    return nil
  }

  /// ff02::1
  static let allNodes = IPv6Address(rawValue: 0xff02 << 112 | 1)

  /// ff02::1:ff00:0/104 with the address's last 24 bits (RFC 4291 section 2.7.1).
  static func solicitedNodeGroup(of address: IPv6Address) -> IPv6Address {
    IPv6Address(rawValue: 0xff02 << 112 | 0x1_ff00_0000 | address.rawValue & 0xff_ffff)
  }

  /// The Ethernet group of an IPv6 group (RFC 2464 section 7).
  private static func ethernetGroup(of group: IPv6Address) -> [UInt8] {
    [0x33, 0x33] + group.bytes.suffix(4)
  }

  private static func packet(
    to group: IPv6Address, from source: IPv6Address, _ mac: MACAddress, body: [UInt8]
  ) -> [UInt8] {
    let sum = checksum(body, from: source, to: group)
    let body = body[..<2] + EthernetFrame.bigEndian(sum) + body[4...]
    return EthernetFrame.header(to: ethernetGroup(of: group), from: mac, type: EthernetFrame.ipv6)
      + [0x60, 0, 0, 0] + EthernetFrame.bigEndian(UInt16(body.count)) + [nextHeader, hopLimit]
      + source.bytes + group.bytes + body
  }

  /// Over the pseudo header and the message, whose own sum is still 0 (RFC 4443 section 2.3).
  private static func checksum(_ body: [UInt8], from source: IPv6Address, to group: IPv6Address) -> UInt16 {
    let pseudo = source.bytes + group.bytes + [0, 0] + EthernetFrame.bigEndian(UInt16(body.count))
    return InternetChecksum.of(pseudo + [0, 0, 0, nextHeader] + body)
  }
}

/// The checksum of the Internet's protocols (RFC 1071).
enum InternetChecksum {
  static func of(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for place in stride(from: 0, to: bytes.count, by: 2) {
      sum += UInt32(bytes[place]) << 8 | UInt32(place + 1 < bytes.count ? bytes[place + 1] : 0)
    }
    while sum >> 16 != 0 { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(sum)
  }
}
