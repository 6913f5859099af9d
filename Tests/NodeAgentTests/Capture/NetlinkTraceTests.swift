import Netlink
import Testing

@testable import NodeAgent

/// Netlink datagrams in a pcap file.
@Suite struct NetlinkTraceTests {
  static let exchanges = [
    RecordedExchange(request: [1, 2, 3, 4], datagrams: [[5, 6], [], [7]]),
    RecordedExchange(request: [8], datagrams: []),
    RecordedExchange(request: [9, 10], datagrams: [[UInt8](repeating: 11, count: 40_000)]),
  ]

  @Test func whatWasWrittenIsRead() throws {
    #expect(try NetlinkTrace.decode(NetlinkTrace.encode(Self.exchanges, at: 7)) == Self.exchanges)
    #expect(try NetlinkTrace.decode(NetlinkTrace.encode([], at: 7)) == [])
  }

  /// Byte for byte what pcap-savefile(5) and <https://www.tcpdump.org/linktypes/LINKTYPE_NETLINK.html> say.
  @Test func isAPcapFile() {
    let exchange = RecordedExchange(request: [0xaa], datagrams: [[0xbb, 0xcc]])
    let fileHeader: [UInt8] = [
      0xd4, 0xc3, 0xb2, 0xa1,  // magic number: microseconds, this byte order
      2, 0, 4, 0,  // version 2.4
      0, 0, 0, 0, 0, 0, 0, 0,  // unused
      0, 0, 0, 1,  // longest packet: 16 MiB
      253, 0, 0, 0,  // LINKTYPE_NETLINK
    ]
    let sent: [UInt8] = [
      0x00, 0xd2, 0x49, 0x6b, 0, 0, 0, 0,  // seconds, microseconds
      17, 0, 0, 0, 17, 0, 0, 0,  // captured length, length
      0, 4, 3, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // outgoing, ARPHRD_NETLINK, unused, NETLINK_ROUTE
      0xaa,
    ]
    let received: [UInt8] = [
      0x00, 0xd2, 0x49, 0x6b, 0, 0, 0, 0, 18, 0, 0, 0, 18, 0, 0, 0,
      0, 0, 3, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbb, 0xcc,
    ]
    #expect(NetlinkTrace.encode([exchange], at: 1_800_000_000) == fileHeader + sent + received)
  }

  /// A file that ends anywhere, or whose lengths lie, is refused or gives fewer exchanges; it never traps.
  @Test func isNotTrusted() throws {
    let whole = NetlinkTrace.encode(Array(Self.exchanges.prefix(2)), at: 7)
    var readable = 0
    for length in 0..<whole.count where (try? NetlinkTrace.decode(Array(whole[..<length]))) != nil {
      readable += 1
    }
    // Right after the header and after each of the five packets but the last.
    #expect(readable == 5)
    for position in whole.indices {
      for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
        var changed = whole
        changed[position] = value
        _ = try? NetlinkTrace.decode(changed)
      }
    }
    let orphan = NetlinkTrace.encode([RecordedExchange(request: [], datagrams: [])], at: 7)
    var answer = orphan
    answer[24 + 16 + 1] = 0
    #expect(throws: CaptureFlaw.self) { try NetlinkTrace.decode(answer) }
  }
}
