import SystemPackage

@testable import Netlink

extension Target {
  /// ERROR and DONE with their extended acks.
  ///
  /// An input is a byte of choice, a length, as many bytes of a request, then the payload of the ERROR or DONE.
  static let acknowledgements = Target(
    name: "acks", shape: .bytes,
    seeds: {
      Golden.all.compactMap { exchange in
        guard let answer = exchange.answers.last else { return nil }
        let type: UInt16 = answer.number(at: 4)
        let flags: UInt16 = answer.number(at: 6)
        guard type == 2 || type == 3, exchange.request.count < 256 else { return nil }
        let choice = (type == 2 ? 1 : 0) | (flags & 0x100 == 0 ? 0 : 2) | (flags & 0x200 == 0 ? 0 : 4)
        return [UInt8(choice), UInt8(exchange.request.count)] + exchange.request + answer.dropFirst(16)
      }
    }
  ) { input in
    let choice = input.first ?? 0
    let request = Array(input.dropFirst(2).prefix(Int(input.dropFirst().first ?? 0)))
    let payload = input.dropFirst(2 + request.count)
    var flags: MessageFlags = []
    if choice & 2 != 0 { flags.insert(.capped) }
    if choice & 4 != 0 { flags.insert(.extendedAck) }
    if choice & 8 != 0 { flags.insert(.dumpInterrupted) }
    let type = choice & 1 != 0 ? ControlType.error : .done
    var datagram: [UInt8] = []
    datagram.append(UInt32(16 + payload.count))
    datagram.append(type.rawValue)
    datagram.append(flags.rawValue)
    datagram.append(UInt32(7))
    datagram.append(UInt32(4711))
    datagram += payload

    var reader = AnswerReader(request: request, sequence: 7, portID: 4711)
    do throws(WireError) {
      let progress = try reader.read(WireReader(datagram.rawSpan)) { (_) throws(WireError) in
        broken("an ERROR or DONE is no data")
      }
      switch progress {
      case .nothing, .more, .enough: broken("an ERROR or DONE ends the exchange")
      case .ended:
        let code: Int32 = datagram.number(at: 16)
        hold(code == 0, "errno \(code) is no success")
      case .refused(let errno, let extendedAck):
        hold((1..<4096).contains(errno.rawValue), "\(errno.rawValue) is an errno")
        judge(extendedAck, request: request)
        holdOneLine("\(NetlinkError("try", .refused(errno), extendedAck: extendedAck))")
      }
    } catch {
      Self.holdOffset(error, within: datagram.count)
    }
  }

  private static func judge(_ extendedAck: ExtendedAck?, request: [UInt8]) {
    guard let extendedAck else { return }
    holdOneLine(extendedAck.description)
    hold(
      (extendedAck.offset ?? 0) >= 0 && (extendedAck.missingInside ?? 0) >= 0, "offsets are no less than 0")
    if extendedAck.attributeType != nil {
      let offset = extendedAck.offset ?? .max
      hold(offset >= 16 && offset <= request.count - 4, "a named attribute is one of the request")
    }
    if let policy = extendedAck.policy { Self.holdRoundTrip(policy) }
  }
}
