import Testing

@testable import VRouter

/// Messages as the real tools and the real module exchanged them.
struct GoldenMessageTests {
  /// Every type that is known.
  static let types: [any VRouterMessage.Type] = [
    VRouterResponse.self, VRouterInterface.self, VRouterLimits.self, VRouterFlowTable.self,
    VRouterBridgeTable.self, HugePageConfiguration.self,
  ]

  /// What a message is when it is read as its type and written again.
  private func rewritten(_ message: SandeshMessage) -> [UInt8]? {
    func rewrite<Message: VRouterMessage>(_: Message.Type) -> [UInt8]? { Message(message)?.encoded }
    return Self.types.lazy.compactMap { rewrite($0) }.first
  }

  /// Both sides write all their fields in one order: nothing that was captured is lost or added.
  @Test(arguments: Capture.byTools) func whatIsReadIsWrittenAgain(_ name: String) throws {
    let datagrams = try Capture(name).datagrams
    #expect(!datagrams.isEmpty)
    for datagram in datagrams {
      let messages = try datagram.messages
      #expect(messages.flatMap(\.bytes) == datagram.payload)
      for message in messages {
        #expect(rewritten(message) == message.bytes, "\(message.name)")
      }
    }
  }

  /// Also where nothing is known of the fields.
  @Test(arguments: Capture.byTools + ["handmade"]) func fieldsAreWrittenAsTheyWere(_ name: String) throws {
    for datagram in try Capture(name).datagrams where !(datagram.payload.count == 40) {
      for message in try datagram.messages {
        var writer = SandeshWriter(message.name)
        for field in message.fields {
          writer.append(field.number, type: field.type, value: message.bytes[field.range])
        }
        #expect(writer.finished == message.bytes)
      }
    }
  }

  /// What this library sends is what the tools sent.
  @Test func requests() throws {
    func sent(_ name: String, _ number: Int = 0) throws -> [UInt8] {
      try Capture(name).requests[number].payload
    }
    var limits = VRouterLimits()
    limits.operation = MessageOperation.get.rawValue
    #expect(try sent("info") == limits.encoded)
    var flows = VRouterFlowTable()
    flows.operation = VRouterFlowTable.get
    #expect(try sent("tables_get") == flows.encoded)
    var bridge = VRouterBridgeTable()
    bridge.operation = MessageOperation.get.rawValue
    #expect(try sent("tables_get", 1) == bridge.encoded)
    #expect(try sent("hpcfg_empty") == HugePageConfiguration().encoded)
    #expect(try sent("get") == VRouterInterface.get(index: 2).encoded)
    #expect(try sent("add_eth0") == VRouterInterface.get(link: 2).encoded)
    #expect(try sent("list0") == VRouterInterface.dump(after: -1).encoded)
    #expect(try sent("del_eth0") == VRouterInterface.delete(named: "eth0").encoded)

    var card = VRouterInterface()
    card.type = VRouterInterface.Kind.physical.rawValue
    card.flags = VRouterInterface.Flags.vhostPhysical.rawValue
    (card.index, card.link, card.interfaceName) = (2, 2, "eth0")
    card.mac = [0x52, 0x54, 0, 0x12, 0x34, 0x56]
    card.multicastVRF = 65535
    #expect(try sent("add_eth0", 1) == card.encoded)
    var host = card
    host.type = VRouterInterface.Kind.host.rawValue
    (host.flags, host.index, host.link, host.interfaceName) = (0, 7, 7, "vhost0")
    host.crossConnect = [2]
    #expect(try sent("add_vhost0", 1) == host.encoded)
  }

  private func answer<Message: VRouterMessage>(
    _ name: String, _ type: Message.Type, request: Int = 0
  ) throws -> Message {
    let answer = try Capture(name).answers(to: request)[0]
    let messages = try Capture.Datagram(isAnswer: true, bytes: answer).messages
    return try #require(messages.compactMap { Message($0) }.first)
  }

  @Test func answers() throws {
    #expect(try answer("add_bad", VRouterResponse.self, request: 0).code == -2)
    #expect(try answer("add_bad", VRouterResponse.self, request: 1).code == -19)
    #expect(try answer("hpcfg_empty", VRouterResponse.self).code == 0)
    #expect(
      HugePageConfiguration.Outcome(try answer("hpcfg_empty", HugePageConfiguration.self).outcome)
        == .withoutHugePages)
    let flows = try answer("tables_get", VRouterFlowTable.self)
    // (524288 + 105472) entries of 256 bytes.
    #expect((flows.size, flows.device, flows.path, flows.cpus) == (161_218_560, 245, "", 1))
    #expect(flows.holdsByCPU == [0])
    let bridge = try answer("tables_get", VRouterBridgeTable.self, request: 1)
    #expect((bridge.size, bridge.device, bridge.path) == (20_185_088, 245, ""))
    let limits = try answer("info", VRouterLimits.self)
    #expect((limits.mplsLabels, limits.nextHops, limits.vrfs) == (5120, 524288, 4096))
    #expect((limits.bridgeEntries, limits.flowEntries) == (262144, 524288))
    #expect((limits.interfaces, limits.mirrors, limits.dropLogSize, limits.group) == (4355, 255, 200, 9))
    #expect(limits.dataPath.flowHoldLimit == 8192)
    #expect(limits.buildInformation.hasPrefix("{\"build-info\": ["))
  }

  @Test func anInterface() throws {
    let eth0 = try answer("get", VRouterInterface.self)
    #expect(eth0.type == VRouterInterface.Kind.physical.rawValue)
    #expect(
      VRouterInterface.Flags(rawValue: eth0.flags) == [.vhostPhysical, .layer2, .layer3, .crossConnect])
    #expect((eth0.index, eth0.link, eth0.mtu, eth0.interfaceName) == (2, 2, 1514, "eth0"))
    #expect(eth0.mac == [0x52, 0x54, 0, 0x12, 0x34, 0x56])
    #expect((eth0.counters.outputBytes, eth0.counters.outputPackets) == (266, 3))
    #expect(eth0.counters.queueErrorsByCore == [0])
    #expect((eth0.speed, eth0.duplex, eth0.parent, eth0.mirror) == (-1, 255, -1, 255))
    #expect((eth0.references, eth0.multicastVRF) == (1, 65535))
  }

  /// Every field has a place of its own: none is written over another's, and each comes back.
  @Test func eachFieldHasItsPlace() throws {
    struct Numbering: SandeshCoder {
      var next: UInt8 = 0
      var numbers: [UInt16] = []

      mutating func count(_ number: UInt16) -> UInt8 {
        numbers.append(number)
        next = next % 100 + 1
        return next
      }
      mutating func code<Value: SandeshInteger>(_ number: UInt16, _ value: inout Value) {
        value = Value(count(number))
      }
      mutating func code<Value: SandeshInteger>(_ number: UInt16, _ values: inout [Value]) {
        values = [Value(count(number)), 0]
      }
      mutating func code(_ number: UInt16, _ text: inout String) { text = "\(count(number))" }
    }
    func check<Message: VRouterMessage>(_: Message.Type) throws {
      var message = Message()
      var numbering = Numbering()
      message.code(&numbering)
      #expect(numbering.numbers == numbering.numbers.sorted())
      #expect(Set(numbering.numbers).count == numbering.numbers.count)
      let read = try SandeshMessage.decode(message.encoded)
      #expect(read.map(\.name) == [Message.name])
      #expect(read[0].fields.map(\.number) == numbering.numbers)
      #expect(Message(read[0]) == message)
    }
    for type in Self.types { try check(type) }
  }
}
