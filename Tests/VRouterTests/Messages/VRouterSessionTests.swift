import Netlink
import Testing

@testable import VRouter

/// Conversations with a module that is imagined, or replayed from a capture.
struct VRouterSessionTests {
  /// Answers as captured, and notes what was sent.
  private func replay(_ name: String, _ log: FakeModule.Log = .init()) throws -> VRouterSession {
    let capture = try Capture(name)
    return try FakeModule.session(log: log) { _, number in capture.answers(to: number) }
  }

  private func answering(_ code: Int32, _ objects: [UInt8] = []) throws -> VRouterSession {
    try FakeModule.session { _, _ in [FakeModule.answer(FakeModule.response(code, objects))] }
  }

  /// Whole datagrams as the tools sent them, but for the sequence number.
  @Test func whatIsSentIsWhatTheToolsSent() throws {
    func check(_ name: String, _ body: (inout VRouterSession) throws -> Void) throws {
      let log = FakeModule.Log()
      var session = try replay(name, log)
      try body(&session)
      let captured = try Capture(name).requests.map(\.bytes)
      #expect(!log.requests.isEmpty)
      for (sent, expected) in zip(log.requests, captured) {
        #expect(sent[..<8] + sent[12...] == expected[..<8] + expected[12...], "\(name)")
      }
    }
    try check("info") { _ = try $0.limits() }
    try check("tables_get") {
      _ = try $0.flowTable()
      _ = try $0.bridgeTable()
    }
    try check("hpcfg_empty") { _ = try $0.configure(HugePageConfiguration()) }
    try check("get") { _ = try $0.interface(index: 2) }
    try check("list1") { _ = try $0.interfaces() }
    try check("del_eth0") { try $0.delete(named: "eth0") }
  }

  @Test func answersAsCaptured() throws {
    var info = try replay("info")
    #expect(try info.limits().interfaces == 4355)
    var tables = try replay("tables_get")
    #expect(try tables.flowTable().device == 245)
    #expect(try tables.bridgeTable().size == 20_185_088)
    var configuration = try replay("hpcfg_empty")
    #expect(
      try configuration.configure(HugePageConfiguration())
        == HugePageAnswer(code: 0, outcome: .withoutHugePages))
    var before = try replay("list0")
    #expect(try before.interfaces().map(\.interfaceName) == ["pkt3", "pkt1"])
    var after = try replay("list1")
    #expect(try after.interfaces().map(\.interfaceName) == ["eth0", "vhost0", "pkt3", "pkt1"])
  }

  @Test func whatIsMissingIsNone() throws {
    var missing = try answering(-2)
    #expect(try missing.interface(index: 9) == nil)
    #expect(try missing.interface(link: 9) == nil)
    var deleted = try replay("del_nosuch")
    let error = #expect(throws: VRouterError.self) { try deleted.delete(named: "nosuch0") }
    #expect(error?.code == -19 && error?.subject == "nosuch0")
  }

  /// The code decides, and says what to do.
  @Test(
    arguments: [
      (-1, "could not read"), (-2, "No such file"), (-12, "memory"), (-22, "Invalid"), (-95, "not supported"),
      (-102, "ENETRESET"), (-100_000, "-100000"), (Int32.min, "-2147483648"),
    ] as [(Int32, String)]) func codesAreErrors(_ code: Int32, _ words: String) throws
  {
    var session = try answering(code, VRouterLimits().encoded)
    let error = #expect(throws: VRouterError.self) { try session.limits() }
    #expect(error?.code == code)
    #expect(
      error?.description.lowercased().contains(words.lowercased()) == true, "\(String(describing: error))")
    // What the tables' message says is for the caller to judge.
    var configuring = try answering(code)
    #expect(
      try configuring.configure(HugePageConfiguration()) == HugePageAnswer(code: code, outcome: nil))
  }

  /// By the module's own way of counting, and by the rules; with each number of bytes of padding.
  @Test(arguments: 0..<4) func theAttributesLengthIsUnderstood(_ length: Int) throws {
    for byTheRules in [false, true] {
      var limits = VRouterLimits()
      limits.buildInformation = String(repeating: "x", count: 40 + length)
      limits.group = 0x7fff
      let payload = FakeModule.response(0, limits.encoded)
      var session = try FakeModule.session { _, _ in [FakeModule.answer(payload, byTheRules: byTheRules)] }
      #expect(try session.limits() == limits)
    }
  }

  /// Lists that don't fit one answer: asked for again with the last one's index.
  @Test func longListsAreReadToTheirEnd() throws {
    let more: Int32 = 1 << 30
    func part(_ indexes: [Int32], _ more: Int32 = 0) -> [[UInt8]] {
      let objects = indexes.flatMap { index in
        var interface = VRouterInterface()
        interface.index = index
        return interface.encoded
      }
      return [
        FakeModule.answer(FakeModule.response(Int32(indexes.count) | more), isPart: true),
        FakeModule.answer(objects, isPart: true), FakeModule.done,
      ]
    }
    let log = FakeModule.Log()
    var session = try FakeModule.session(log: log) { _, number in
      [part([0, 3, 7], more), part([8, 4000], more), part([4353])][number]
    }
    #expect(try session.interfaces().map(\.index) == [0, 3, 7, 8, 4000, 4353])
    let markers = try log.requests.map { request in
      try Capture.Datagram(isAnswer: false, bytes: request).messages[0].number(37, as: Int32.self)
    }
    #expect(markers == [-1, 7, 4000])

    var empty = try answering(0)
    #expect(try empty.interfaces().isEmpty)
    // Without progress there would be no end.
    for parts in [[part([1], more), part([1], more)], [part([], more)], [part([-1], more)]] {
      var session = try FakeModule.session { _, number in parts[min(number, parts.count - 1)] }
      #expect(throws: VRouterError.self) { try session.interfaces() }
    }
    // Fewer or more than announced.
    for objects in [[], [1, 2] as [Int32]] {
      var session = try FakeModule.session { _, _ in
        [FakeModule.answer(FakeModule.response(1), isPart: true)] + part(objects).dropFirst()
      }
      let error = #expect(throws: VRouterError.self) { try session.interfaces() }
      #expect(error?.description.contains("1 interfaces announced, \(objects.count) told") == true)
    }
  }

  static let unusable: [(String, [[UInt8]])] = [
    ("nothing", [FakeModule.answer([])]),
    ("no code", [FakeModule.answer(VRouterLimits().encoded)]),
    ("a code that is no answer", [FakeModule.answer(VRouterResponse().encoded)]),
    ("no object", [FakeModule.answer(FakeModule.response(0))]),
    ("another object", [FakeModule.answer(FakeModule.response(0, VRouterBridgeTable().encoded))]),
    ("a cut off object", [FakeModule.answer(FakeModule.response(0, VRouterLimits().encoded.dropLast(9)))]),
    ("another attribute", [FakeModule.answer(FakeModule.response(0, VRouterLimits().encoded), attribute: 2)]),
  ]

  @Test(arguments: unusable) func anAnswerThatCantBeUsed(_ name: String, _ answers: [[UInt8]]) throws {
    var session = try FakeModule.session { _, _ in answers }
    let error = #expect(throws: VRouterError.self, "\(name)") { try session.limits() }
    #expect(error?.code == nil, "\(name)")
    #expect(
      error?.description.contains("cannot read the module's limits: ") == true, "\(String(describing: error))"
    )
  }

  /// An attribute that says more than is there.
  @Test func alengthBeyondTheMessage() throws {
    var bytes = FakeModule.answer(FakeModule.response(0))
    bytes[21] = 0xff
    let answer = bytes
    var session = try FakeModule.session { _, _ in [answer] }
    #expect(throws: VRouterError.self) { try session.limits() }
  }

  @Test func theKernelsOwnAnswers() throws {
    // The family knows no such command, the message isn't allowed, nothing comes.
    for (code, words) in [(-95, "not supported"), (-1, "not permitted"), (-22, "Invalid")]
      as [(Int32, String)]
    {
      var session = try FakeModule.session { request, _ in [FakeModule.error(code, of: request)] }
      let error = #expect(throws: VRouterError.self) { try session.limits() }
      #expect(error?.code == nil)
      #expect(
        error?.description.lowercased().contains(words.lowercased()) == true, "\(String(describing: error))")
    }
    var silent = try FakeModule.session { _, _ in [] }
    let error = #expect(throws: VRouterError.self) { try silent.limits() }
    #expect(error?.description.contains("no answer") == true)
  }

  @Test func withoutTheModuleThereIsNoSession() {
    let error = #expect(throws: VRouterError.self) {
      _ = try FakeModule.session(hasFamily: false) { _, _ in [] }
    }
    #expect(error?.description.contains("the module isn't loaded; load it") == true)
  }

  /// A list of cross connects that leaves out a card crashes the kernel: it never gets there.
  @Test func aHostsInterfaceNamesAllCards() throws {
    var cards: [VRouterInterface] = []
    for index in 1...2 as ClosedRange<Int32> {
      var card = VRouterInterface()
      (card.index, card.type) = (index, VRouterInterface.Kind.physical.rawValue)
      cards.append(card)
    }
    let listed = cards.flatMap(\.encoded)
    func add(_ crossConnect: [Int32]) throws -> Int {
      let log = FakeModule.Log()
      var session = try FakeModule.session(log: log) { _, number in
        [FakeModule.answer(number == 0 ? FakeModule.response(2, listed) : FakeModule.response(0))]
      }
      var host = VRouterInterface()
      (host.interfaceName, host.crossConnect) = ("vhost0", crossConnect)
      defer { #expect(log.requests.count == (crossConnect == [1, 2] ? 2 : 1)) }
      try session.add(host)
      return log.requests.count
    }
    #expect(try add([1, 2]) == 2)
    for refused in [[], [1], [1, 0], [1, -1]] as [[Int32]] {
      let error = #expect(throws: VRouterError.self) { try add(refused) }
      #expect(error?.description.contains("crash") == true)
    }
  }
}
