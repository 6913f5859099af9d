import Netlink
import Testing

@testable import NodeAgent

/// The frames byte by byte, against tables written down from the RFCs.
@Suite struct FrameTests {
  private static let mac = MACAddress(rawValue: 0x5254_000a_0002)
  private static let other = MACAddress(rawValue: 0x5254_00aa_bbcc)

  /// The bytes of a table: hexadecimal digits, with a comment from '#' on in each line.
  private static func bytes(_ table: String) -> [UInt8] {
    table.split(separator: "\n").flatMap { line in
      line.prefix { $0 != "#" }.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }
  }

  @Test func anARPRequest() throws {
    let mac = try #require(Self.mac)
    let frame = ARPFrame.request(for: IPv4Address(10, 0, 2, 2), from: IPv4Address(10, 0, 2, 15), mac)
    #expect(
      frame
        == Self.bytes(
          """
          ff ff ff ff ff ff  # to everybody
          52 54 00 0a 00 02  # from the interface
          08 06              # ARP
          00 01              # hardware: Ethernet
          08 00              # protocol: IPv4
          06 04              # lengths of their addresses
          00 01              # operation: request
          52 54 00 0a 00 02  # sender's MAC
          0a 00 02 0f        # sender: 10.0.2.15
          00 00 00 00 00 00  # target's MAC: asked for
          0a 00 02 02        # target: 10.0.2.2
          """))
  }

  @Test func anARPAnnouncement() throws {
    let frame = Announcement.Frame(
      .v4(IPv4Address(10, 0, 2, 15)), at: try #require(Self.mac), isRouter: false)
    #expect(
      frame.bytes
        == Self.bytes(
          """
          ff ff ff ff ff ff  # to everybody
          52 54 00 0a 00 02
          08 06              # ARP
          00 01 08 00 06 04
          00 01              # operation: request (RFC 5227 section 3 says why)
          52 54 00 0a 00 02
          0a 00 02 0f        # sender: 10.0.2.15
          00 00 00 00 00 00
          0a 00 02 0f        # target: the same
          """))
  }

  @Test func aNeighbourSolicitation() throws {
    let target = try #require(IPv6Address("2001:db8::12:3456"))
    let source = try #require(IPv6Address("fe80::1"))
    let frame = NeighbourDiscoveryFrame.solicitation(for: target, from: source, try #require(Self.mac))
    #expect(
      frame
        == Self.bytes(
          """
          33 33 ff 12 34 56  # the Ethernet group of ff02::1:ff12:3456 (RFC 2464 section 7)
          52 54 00 0a 00 02
          86 dd              # IPv6
          60 00 00 00        # version 6, no class, no flow label
          00 20              # 32 bytes follow
          3a ff              # ICMPv6, hop limit 255
          fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01
          ff 02 00 00 00 00 00 00 00 00 00 01 ff 12 34 56
          87 00              # neighbour solicitation
          92 33              # checksum (RFC 4443 section 2.3), computed by another program
          00 00 00 00        # reserved
          20 01 0d b8 00 00 00 00 00 00 00 00 00 12 34 56
          01 01 52 54 00 0a 00 02  # option: source link-layer address, 8 bytes
          """))
  }

  @Test(arguments: [(false, "20", "3f fd"), (true, "a0", "bf fc")])
  func aNeighbourAdvertisement(isRouter: Bool, flags: String, sum: String) throws {
    let address = try #require(IPv6Address("2001:db8::12:3456"))
    let frame = Announcement.Frame(.v6(address), at: try #require(Self.mac), isRouter: isRouter)
    #expect(
      frame.bytes
        == Self.bytes(
          """
          33 33 00 00 00 01  # the Ethernet group of ff02::1
          52 54 00 0a 00 02
          86 dd 60 00 00 00 00 20 3a ff
          20 01 0d b8 00 00 00 00 00 00 00 00 00 12 34 56
          ff 02 00 00 00 00 00 00 00 00 00 00 00 00 00 01
          88 00              # neighbour advertisement
          \(sum)              # checksum
          \(flags) 00 00 00  # override, unsolicited; router where it is one
          20 01 0d b8 00 00 00 00 00 00 00 00 00 12 34 56
          02 01 52 54 00 0a 00 02  # option: target link-layer address, 8 bytes
          """))
  }

  private static let arpReply = """
    52 54 00 0a 00 02 52 54 00 aa bb cc 08 06
    00 01 08 00 06 04
    00 02              # operation: reply
    52 54 00 aa bb cc  # sender's MAC
    0a 00 02 02        # sender: 10.0.2.2
    52 54 00 0a 00 02 0a 00 02 0f
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # padding to 60 bytes
    """

  @Test func anARPReplyIsRead() throws {
    let frame = Self.bytes(Self.arpReply)
    #expect(ARPFrame.reply(frame[...], from: IPv4Address(10, 0, 2, 2)) == Self.other)
    #expect(ARPFrame.reply(frame[...], from: IPv4Address(10, 0, 2, 3)) == nil)
    let request = ARPFrame.request(
      for: IPv4Address(10, 0, 2, 15), from: IPv4Address(10, 0, 2, 2), try #require(Self.mac))
    #expect(ARPFrame.reply(request[...], from: IPv4Address(10, 0, 2, 2)) == nil)
  }

  private static let advertisement = """
    52 54 00 0a 00 02 52 54 00 00 00 01 86 dd
    60 00 00 00 00 20 3a ff
    20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02
    20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 0f
    88 00 00 00 60 00 00 00
    20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02
    02 01 52 54 00 aa bb cc
    """

  @Test func anAdvertisementIsRead() throws {
    let gateway = try #require(IPv6Address("2001:db8::2"))
    let frame = Self.bytes(Self.advertisement)
    func mac(_ change: (inout [UInt8]) -> Void) -> MACAddress? {
      var changed = frame
      change(&changed)
      return NeighbourDiscoveryFrame.advertisement(changed[...], of: gateway)
    }
    #expect(mac { _ in } == Self.other)
    // Without the option it is who sent the frame.
    #expect(
      mac { frame in
        frame.removeLast(8)
        frame[19] = 24
      } == MACAddress(rawValue: 0x5254_0000_0001))
    #expect(mac { $0[21] = 254 } == nil, "a router may have passed it on")
    #expect(mac { $0[54] = 135 } == nil, "a solicitation")
    #expect(mac { $0[55] = 1 } == nil, "another code")
    #expect(mac { $0[77] = 3 } == nil, "another target")
    #expect(mac { $0[20] = 17 } == nil, "no ICMPv6")
    #expect(NeighbourDiscoveryFrame.advertisement(frame[...], of: .loopback) == nil)
    // An option of no length, and one beyond the end.
    #expect(mac { $0[79] = 0 } == MACAddress(rawValue: 0x5254_0000_0001))
    #expect(mac { $0[79] = 9 } == MACAddress(rawValue: 0x5254_0000_0001))
  }

  /// Frames come from anybody: every shortened one, and every one with a byte changed, is read without a trap.
  @Test func damagedFramesAreNoTrap() throws {
    let gateway = try #require(IPv6Address("2001:db8::2"))
    for table in [Self.arpReply, Self.advertisement] {
      let frame = Self.bytes(table)
      for length in 0..<42 {
        #expect(ARPFrame.reply(frame[..<length], from: IPv4Address(10, 0, 2, 2)) == nil)
        #expect(NeighbourDiscoveryFrame.advertisement(frame[..<length], of: gateway) == nil)
      }
      for (place, byte) in frame.indices.flatMap({ place in [0, 1, 127, 255].map { (place, $0) } }) {
        var damaged = frame
        damaged[place] = UInt8(byte)
        _ = ARPFrame.reply(damaged[...], from: IPv4Address(10, 0, 2, 2))
        _ = NeighbourDiscoveryFrame.advertisement(damaged[...], of: gateway)
        for family in AddressFamily.allCases { _ = EchoMessage(reply: damaged[14...], family: family) }
      }
    }
  }

  @Test func anEchoRequestAndItsReply() {
    let request = EchoMessage(family: .ipv4, identifier: 0x1234, sequence: 2).request
    #expect(request.prefix(2) == [8, 0])
    #expect(InternetChecksum.of(request) == 0)
    #expect(request[4..<8] == [0x12, 0x34, 0, 2])
    let header: [UInt8] = [0x45] + Array(repeating: 0, count: 19)
    let reply = header + [0] + request.dropFirst()
    #expect(
      EchoMessage(reply: reply[...], family: .ipv4)
        == EchoMessage(family: .ipv4, identifier: 0x1234, sequence: 2))
    #expect(EchoMessage(reply: (header + request)[...], family: .ipv4) == nil, "a request")
    #expect(EchoMessage(reply: header[...], family: .ipv4) == nil)
    let six = EchoMessage(family: .ipv6, identifier: 7, sequence: 0).request
    #expect(six.prefix(8) == [128, 0, 0, 0, 0, 7, 0, 0])
    #expect(EchoMessage(reply: ([129] + six.dropFirst())[...], family: .ipv6)?.identifier == 7)
    #expect(EchoMessage(reply: six[...], family: .ipv6) == nil)
  }
}
