import Testing

@testable import Netlink

/// Whatever the bytes are, reading them ends with a value or an error.
@Suite("Mutated answers")
struct MutationTests {
  private func mutate(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
      let position = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0...5, using: &random) {
      case 0: bytes[position] = UInt8.random(in: .min ... .max, using: &random)
      case 1: bytes[position] ^= 1 << UInt8.random(in: 0...7, using: &random)
      case 2: bytes.removeLast(Int.random(in: 0...min(40, bytes.count), using: &random))
      case 3: bytes.insert(contentsOf: bytes.prefix(Int.random(in: 0...40, using: &random)), at: position)
      case 4:
        // Lengths are where parsers break: 0, small, huge.
        let length = [0, 1, 3, 4, 15, 16, 0x7fff, 0xffff].randomElement(using: &random) ?? 0
        let aligned = position & ~3
        guard aligned + 1 < bytes.count else { continue }
        bytes.replaceSubrange(aligned...aligned + 1, with: little(UInt16(length)))
      default: bytes.removeSubrange(position..<min(bytes.count, position + 4))
      }
    }
    return bytes
  }

  @Test("Every message and attribute of mutated captures is read or refused")
  func mutations() {
    let seed = UInt64.random(in: .min ... .max)
    print("seed of the mutations: \(seed)")
    var random = SeededRandom(seed: seed)
    var read = 0
    var refused = 0
    for round in 0..<300 {
      for exchange in Golden.all {
        for answer in exchange.answers {
          let bytes = round == 0 ? answer : mutate(answer, &random)
          do {
            try readEverything(bytes, request: exchange.request)
            read += 1
          } catch {
            refused += 1
            #expect(error.offset >= 0 && error.offset <= bytes.count + 4096, "seed \(seed)")
          }
        }
      }
    }
    #expect(read > 500 && refused > 500, "seed \(seed): \(read) read, \(refused) refused")
  }

  @Test("Sessions end with a value or an error over mutated answers")
  func sessions() {
    let seed = UInt64.random(in: .min ... .max)
    print("seed of the mutated sessions: \(seed)")
    for (number, exchange) in Golden.all.enumerated() {
      var random = SeededRandom(seed: seed &+ UInt64(number))
      var netlink = RouteNetlink(
        NetlinkSession(
          FakeKernel { request in
            request.replay(exchange.answers).map { piece in
              guard case .datagram(let bytes, _) = piece else { return piece }
              return .datagram(mutate(bytes, &random))
            }
          }, timeout: .milliseconds(10)))
      for _ in 0..<20 {
        _ = try? netlink.links()
        _ = try? netlink.link(named: "v0")
        _ = try? netlink.addresses()
        _ = try? netlink.routes(table: nil)
        _ = try? netlink.route(to: .v4(.loopback))
        _ = try? netlink.route(to: .v6(.loopback))
        _ = try? netlink.rules()
        _ = try? netlink.neighbours()
        _ = try? netlink.nextHopObjects()
        _ = try? netlink.nextHopObject(id: 10)
        _ = try? netlink.entry(to: .v4(.loopback))
      }
    }
  }

  private func readEverything(_ bytes: [UInt8], request: [UInt8]) throws(WireError) {
    var cursor = MessageCursor(WireReader(bytes.rawSpan))
    while let message = try cursor.next() {
      switch ControlType(rawValue: message.header.type) {
      case nil:
        _ = try Link(message)
        _ = try Address(message)
        _ = try Route(message)
        _ = try RoutingRule(message)
        _ = try Neighbour(message)
        _ = try NextHopObject(message)
        _ = try QueueingDiscipline(message)
        _ = try TrafficFilter(message)
        if message.header.type == SocketDiagnostics.byFamily {
          _ = try BoundSocket(.udp, message.payload)
          _ = try BoundSocket(packet: message.payload)
        }
        let interface = NFTInterface(name: "eth0", index: 3)
        _ = try NFTables.hook(message, interface)
        _ = try NFTables.flowTable(message, interface)
        _ = try NFTables.hasElement(message, .arrivingName, interface)
        var found = NFTables.Found()
        try found.add(message, interface)
      case .error where message.payload.count >= 20:
        _ = try ExtendedAck(AttributeCursor(try message.payload.suffix(from: 20)), request: request)
      case .done where message.payload.count >= 4:
        _ = try ExtendedAck(AttributeCursor(try message.payload.suffix(from: 4)), request: request)
      default: break
      }
    }
  }
}
