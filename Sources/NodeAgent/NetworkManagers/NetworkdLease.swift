/// What systemd-networkd keeps of a DHCPv4 lease in /run/systemd/netif/leases.
struct NetworkdLease: Equatable {
  /// Who asked, as the server knows it (RFC 2132 9.14, RFC 4361): another identifier would be given another address.
  enum Identifier: Equatable {
    /// The interface's MAC address, which vhost0 has, too.
    case mac
    /// An interface's number and a host's identifier with its type.
    case duid(iaid: UInt32, type: UInt16, data: [UInt8])

    /// The lines of a .network file's `[DHCPv4]` section that give this identifier (systemd.network(5)).
    var lines: String {
      switch self {
      case .mac: "ClientIdentifier=mac\n"
      case .duid(let iaid, let type, let data):
        """
        ClientIdentifier=duid
        IAID=\(iaid)
        DUIDType=\(type)
        DUIDRawData=\(data.map(Self.hex).joined(separator: ":"))

        """
      }
    }

    private static func hex(_ byte: UInt8) -> String {
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }

  let identifier: Identifier

  /// Reads the file; nil where it doesn't tell who asked.
  init?(_ text: String) {
    guard let digits = KeyFile(text)["CLIENTID"], digits.utf8.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    var rest = Substring(digits)
    while !rest.isEmpty {
      guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    switch bytes.first {
    // The type of hardware and its address.
    case 1 where bytes.count == 7: identifier = .mac
    case 255 where bytes.count > 7:
      identifier = .duid(
        iaid: bytes[1...4].reduce(0) { $0 << 8 | UInt32($1) }, type: UInt16(bytes[5]) << 8 | UInt16(bytes[6]),
        data: Array(bytes[7...]))
    default: return nil
    }
  }
}
