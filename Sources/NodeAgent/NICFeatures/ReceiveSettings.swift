import Netlink

/// How an interface receives, as its driver says: read and shown, and left as it is.
struct ReceiveSettings: Sendable, Equatable {
  var rings: InterfaceRings?
  var channels: InterfaceChannels?
  var coalescing: InterfaceCoalescing?

  /// What there is of it, in the words of ethtool(8); nil where the driver has nothing of it.
  var text: String? {
    let parts = [rings.flatMap(Self.text), channels.flatMap(Self.text), coalescing.flatMap(Self.text)]
      .compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private static func text(_ rings: InterfaceRings) -> String? {
    line(
      "rings",
      [amount("rx", rings.receive, rings.receiveLimit), amount("tx", rings.transmit, rings.transmitLimit)])
  }

  private static func text(_ channels: InterfaceChannels) -> String? {
    line(
      "channels",
      [
        amount("rx", channels.receive, channels.receiveLimit),
        amount("tx", channels.transmit, channels.transmitLimit),
        amount("combined", channels.combined, channels.combinedLimit),
      ])
  }

  private static func text(_ coalescing: InterfaceCoalescing) -> String? {
    line(
      "coalescing",
      [
        coalescing.receiveMicroseconds.map { "rx-usecs \($0)" },
        coalescing.receiveFrames.map { "rx-frames \($0)" },
        coalescing.transmitMicroseconds.map { "tx-usecs \($0)" },
        coalescing.transmitFrames.map { "tx-frames \($0)" },
        coalescing.adaptsReceive.map { "adaptive-rx \($0 ? "on" : "off")" },
        coalescing.adaptsTransmit.map { "adaptive-tx \($0 ? "on" : "off")" },
      ])
  }

  private static func amount(_ name: String, _ value: UInt32?, _ limit: UInt32?) -> String? {
    // A kind that the driver doesn't have is none of at most none.
    guard let value, value > 0 || limit ?? 0 > 0 else { return nil }
    return "\(name) \(value)" + (limit.map { " of \($0)" } ?? "")
  }

  private static func line(_ name: String, _ parts: [String?]) -> String? {
    let parts = parts.compactMap(\.self)
    return parts.isEmpty ? nil : "\(name) \(parts.joined(separator: ", "))"
  }
}
