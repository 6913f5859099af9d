import Netlink

/// Echo request and reply of ICMP (RFC 792) and ICMPv6 (RFC 4443).
struct EchoMessage: Equatable {
  let family: AddressFamily
  let identifier: UInt16
  let sequence: UInt16

  private static let filling = Array("vrouter-node-agent".utf8)

  /// The request. ICMPv6's checksum is the kernel's business (RFC 3542 section 3.1), as it depends on addresses.
  var request: [UInt8] {
    let type: UInt8 = family == .ipv4 ? 8 : 128
    let rest = EthernetFrame.bigEndian(identifier) + EthernetFrame.bigEndian(sequence) + Self.filling
    let sum = family == .ipv4 ? InternetChecksum.of([type, 0, 0, 0] + rest) : 0
    return [type, 0] + EthernetFrame.bigEndian(sum) + rest
  }

  /// Reads what a raw socket received; nil unless it is an echo reply. IPv4 comes with its header (raw(7)), IPv6 without.
  init?(reply bytes: ArraySlice<UInt8>, family: AddressFamily) {
    var message = bytes
    if family == .ipv4 {
      guard let first = bytes.first, first >> 4 == 4 else { return nil }
      message = bytes.dropFirst(Int(first & 15) * 4)
    }
    guard message.count >= 8, message.first == (family == .ipv4 ? 0 : 129),
      message[message.startIndex + 1] == 0
    else { return nil }
    self.init(
      family: family, identifier: message.bigEndian(at: 4), sequence: message.bigEndian(at: 6))
  }

  init(family: AddressFamily, identifier: UInt16, sequence: UInt16) {
    (self.family, self.identifier, self.sequence) = (family, identifier, sequence)
  }
}
