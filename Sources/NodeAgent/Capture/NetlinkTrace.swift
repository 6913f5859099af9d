import Netlink

/// Netlink datagrams as a pcap file, which Wireshark and tcpdump read too.
///
/// The format is that of <https://www.tcpdump.org/manpages/pcap-savefile.5.html> with LINKTYPE_NETLINK (253): each packet
/// begins with 16 bytes (big-endian: direction, ARPHRD_NETLINK, 10 unused ones, netlink protocol), then the datagram. A
/// packet that was sent begins an exchange; those that were received until the next one answer it.
enum NetlinkTrace {
  private static let magic: UInt32 = 0xa1b2_c3d4
  private static let linkType: UInt32 = 253
  private static let fileHeaderSize = 24
  private static let packetHeaderSize = 16
  private static let cookedHeaderSize = 16
  /// Larger packets are refused, by this program and by others.
  private static let longestPacket = 16 << 20

  /// To whom a packet went (`LINUX_SLL_…` in pcap/sll.h).
  private enum Direction: UInt16 {
    /// From the kernel to this program.
    case received = 0
    /// From this program to the kernel.
    case sent = 4
  }

  /// The file that holds exchanges.
  ///
  /// - Parameter time: seconds since 1970, of every packet: when each came isn't known, and plays no part.
  static func encode(_ exchanges: [RecordedExchange], at time: Int64) -> [UInt8] {
    var bytes: [UInt8] = []
    append(magic, &bytes)
    append(UInt16(2), &bytes)
    append(UInt16(4), &bytes)
    append(UInt64(0), &bytes)
    append(UInt32(longestPacket), &bytes)
    append(linkType, &bytes)
    for exchange in exchanges {
      append(exchange.request, .sent, time, &bytes)
      for datagram in exchange.datagrams { append(datagram, .received, time, &bytes) }
    }
    return bytes
  }

  private static func append(
    _ datagram: [UInt8], _ direction: Direction, _ time: Int64, _ bytes: inout [UInt8]
  ) {
    append(UInt32(truncatingIfNeeded: time), &bytes)
    append(UInt32(0), &bytes)
    append(UInt32(cookedHeaderSize + datagram.count), &bytes)
    append(UInt32(cookedHeaderSize + datagram.count), &bytes)
    append(direction.rawValue.bigEndian, &bytes)
    // ARPHRD_NETLINK
    append(UInt16(824).bigEndian, &bytes)
    bytes += [UInt8](repeating: 0, count: 10)
    append(UInt16(NetlinkProtocol.route.rawValue).bigEndian, &bytes)
    bytes += datagram
  }

  private static func append<Number: FixedWidthInteger>(_ number: Number, _ bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
    }
  }

  /// The exchanges that a file holds.
  static func decode(_ bytes: [UInt8]) throws(CaptureFlaw) -> [RecordedExchange] {
    guard bytes.count >= fileHeaderSize, number(bytes, 0) == magic, number(bytes, 20) == linkType else {
      throw CaptureFlaw("the netlink datagrams are no pcap file of netlink as this program writes it")
    }
    var exchanges: [RecordedExchange] = []
    var position = fileHeaderSize
    while position < bytes.count {
      guard bytes.count - position >= packetHeaderSize else { throw cut(position) }
      let size = Int(number(bytes, position + 8))
      let start = position + packetHeaderSize
      guard (cookedHeaderSize...longestPacket).contains(size), size <= bytes.count - start else {
        throw cut(position)
      }
      let datagram = Array(bytes[start + cookedHeaderSize..<start + size])
      switch Direction(rawValue: UInt16(bytes[start]) << 8 | UInt16(bytes[start + 1])) {
      case .sent: exchanges.append(RecordedExchange(request: datagram, datagrams: []))
      case .received where !exchanges.isEmpty: exchanges[exchanges.count - 1].datagrams.append(datagram)
      default: throw CaptureFlaw("the netlink datagram at byte \(position) answers nothing")
      }
      position = start + size
    }
    return exchanges
  }

  private static func cut(_ position: Int) -> CaptureFlaw {
    CaptureFlaw("the netlink datagram at byte \(position) is cut off or damaged")
  }

  private static func number(_ bytes: [UInt8], _ position: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[position + $1]) << UInt32($1 * 8) }
  }
}
