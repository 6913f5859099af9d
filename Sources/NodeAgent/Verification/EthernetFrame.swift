import Netlink

/// Frames as bytes, from the Ethernet header on; the card or its driver pads short ones.
enum EthernetFrame {
  /// The frame types that are used here (linux/if_ether.h).
  static let arp: UInt16 = 0x0806
  static let ipv6: UInt16 = 0x86dd

  static let broadcast: [UInt8] = Array(repeating: 0xff, count: 6)

  static func header(to destination: [UInt8], from source: MACAddress, type: UInt16) -> [UInt8] {
    destination + source.bytes + bigEndian(type)
  }

  static func bigEndian(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }
}

extension ArraySlice<UInt8> {
  /// The 16-bit number at a place from the slice's start.
  func bigEndian(at offset: Int) -> UInt16 {
    UInt16(self[startIndex + offset]) << 8 | UInt16(self[startIndex + offset + 1])
  }
}
