import HostFiles
import Netlink
import Synchronization
import TestSupport
import Testing

@testable import NodeAgent

/// Physical interfaces that are pulled out, made anew or renamed under vhost0: `cleanup` ends all the same.
@Suite struct TakeoverCardChangeTests {
  private func afterATakeover(
    of network: TakeoverNetwork,
    _ body: (FakeTakeover, NotedManagers, _ before: FakeTakeoverKernel.Contents) throws -> Void
  ) throws {
    try withTemporaryRoot { root, _ in
      let kernel = try network.kernel()
      let before = kernel.contents
      let managers = NotedManagers()
      var takeover = try FakeTakeover(kernel, root)
      (takeover.cards, takeover.managers) = (network.cards, managers)
      try takeover.takeOver()
      try body(takeover, managers, before)
    }
  }

  private func pull(_ name: String, from kernel: FakeTakeoverKernel) throws {
    _ = kernel.apply(.removeLink(name: name, index: try kernel.index(name)))
  }

  private func rename(_ old: String, to new: String, in kernel: FakeTakeoverKernel) throws {
    let place = try #require(kernel.contents.links.firstIndex { $0.name == old })
    kernel.contents.links[place].name = new
    kernel.contents.controls = Dictionary(
      uniqueKeysWithValues: kernel.contents.controls.map {
        ($0.key.replacing("/\(old)/", with: "/\(new)/"), $0.value)
      })
  }

  /// Nothing of the takeover is left, and the next one may have the replacement.
  private func expectNothingLeft(
    _ takeover: FakeTakeover, _ managers: NotedManagers, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let kernel = takeover.kernel
    #expect(kernel.link("vhost0") == nil && kernel.contents.vifs.isEmpty, sourceLocation: sourceLocation)
    #expect(
      !kernel.contents.rules.contains { $0.names(anyOf: ["vhost0"]) }, sourceLocation: sourceLocation)
    #expect(!takeover.root.exists(TakeoverJournal.path), sourceLocation: sourceLocation)
    #expect(managers.undone == [true], sourceLocation: sourceLocation)
  }

  @Test(arguments: TakeoverNetwork.all)
  func oneThatIsGoneKeepsNothingFromBeingTakenBack(_ network: TakeoverNetwork) throws {
    try afterATakeover(of: network) { takeover, managers, before in
      let kernel = takeover.kernel
      let gone = try kernel.index("eth0")
      try pull("eth0", from: kernel)
      #expect(throws: Never.self) { try takeover.cleanUp() }
      try expectNothingLeft(takeover, managers)
      // What isn't its own is as it was.
      let others = before.addresses.filter { $0.linkIndex != gone }
      #expect(Set(kernel.contents.addresses).isSuperset(of: others))
      for path in NeighbourTableRoom.limits {
        #expect(kernel.contents.controls[path] == before.controls[path])
      }
    }
  }

  /// With vhost0 and all: the next run ends the journal, so that the interface's managers have it when it comes again.
  @Test(arguments: TakeoverNetwork.all) func vhostIsGoneToo(_ network: TakeoverNetwork) throws {
    try afterATakeover(of: network) { takeover, managers, _ in
      for name in ["vhost0", "eth0"] { try pull(name, from: takeover.kernel) }
      takeover.kernel.contents.vifs = []
      try takeover.recover()
      try expectNothingLeft(takeover, managers)
    }
  }

  @Test func theReplacementMayThenTakeOver() throws {
    try afterATakeover(of: TakeoverNetwork.all[0]) { takeover, _, _ in
      let kernel = takeover.kernel
      try pull("eth0", from: kernel)
      kernel.card("eth5", mac: "52:54:00:00:00:05")
      try kernel.address("eth5", "10.0.0.6/24")
      var next = takeover
      (next.cards, next.mac) = (["eth5"], MACAddress("52:54:00:00:00:05"))
      let error = #expect(throws: CommandFailure.self) { try next.takeOver() }
      #expect(error?.description.contains("run vrouter-node-agent cleanup first") == true)
      try takeover.cleanUp()
      try #require(try next.takeOver() != nil)
      #expect(kernel.contents.addresses.contains { "\($0.prefix)" == "10.0.0.6/24" })
    }
  }

  /// The journal is gone too: the module tells the name.
  @Test func withoutAJournal() throws {
    try afterATakeover(of: TakeoverNetwork.all[0]) { takeover, managers, _ in
      try pull("eth0", from: takeover.kernel)
      try TakeoverJournal.remove(from: takeover.root)
      try takeover.cleanUp()
      try expectNothingLeft(takeover, managers)
    }
  }

  /// At each moment of a takeover, which dies with it or undoes itself.
  @Test(arguments: [TakeoverNetwork.all[0], TakeoverNetwork.all[12]])
  func oneThatGoesInTheMiddle(_ network: TakeoverNetwork) throws {
    let all = try FakeTakeover.moments(of: network)
    #expect(all.count > 10)
    for name in all {
      try withTemporaryRoot { root, _ in
        let kernel = try network.kernel()
        nonisolated(unsafe) let shared = kernel
        var takeover = try FakeTakeover(kernel, root)
        takeover.cards = network.cards
        let index = try kernel.index("eth0")
        takeover.reached = { reached in
          if reached == name { _ = shared.apply(.removeLink(name: "eth0", index: index)) }
        }
        let result = Result { try takeover.takeOver() }
        takeover.reached = { _ in }
        #expect(throws: Never.self, "\(name): \(result)") { try takeover.recover() }
        #expect(throws: Never.self, "\(name): \(result)") { try takeover.cleanUp() }
        #expect(kernel.link("vhost0") == nil && kernel.contents.vifs.isEmpty, "\(name)")
        #expect(!root.exists(TakeoverJournal.path), "\(name)")
      }
    }
  }

  @Test(arguments: TakeoverNetwork.all)
  func oneThatIsCalledOtherwiseGetsItsOwnBack(_ network: TakeoverNetwork) throws {
    try afterATakeover(of: network) { takeover, managers, before in
      let kernel = takeover.kernel
      try rename("eth0", to: "ens3", in: kernel)
      try takeover.cleanUp()
      try expectNothingLeft(takeover, managers)
      try rename("ens3", to: "eth0", in: kernel)
      for place in kernel.contents.rules.indices {
        kernel.contents.rules[place] = kernel.contents.rules[place].naming("eth0", inPlaceOf: ["ens3"])
      }
      for place in kernel.contents.addresses.indices {
        kernel.contents.addresses[place].label = kernel.contents.addresses[place].label.map {
          $0.replacing("ens3", with: "eth0")
        }
      }
      #expect(kernel.contents.changes(since: before) == [])
    }
  }

  /// Another link that has the number by now isn't it, and gets nothing.
  @Test func anotherLinkOfTheSameIndexGetsNothing() throws {
    try afterATakeover(of: TakeoverNetwork.all[0]) { takeover, managers, _ in
      let kernel = takeover.kernel
      let place = try #require(kernel.contents.links.firstIndex { $0.name == "eth0" })
      try rename("eth0", to: "tap7", in: kernel)
      kernel.contents.links[place].mac = MACAddress("52:54:00:00:00:77")
      try takeover.cleanUp()
      try expectNothingLeft(takeover, managers)
      #expect(kernel.contents.addresses.isEmpty)
    }
  }

  /// As a bond that was made anew: the same name, and another number.
  @Test func oneOfTheSameNameGetsItsOwnBack() throws {
    try afterATakeover(of: TakeoverNetwork.all[0]) { takeover, managers, before in
      let kernel = takeover.kernel
      try pull("eth0", from: kernel)
      kernel.card("eth0")
      try takeover.cleanUp()
      try expectNothingLeft(takeover, managers)
      #expect(kernel.contents.addresses.map(\.prefix) == before.addresses.map(\.prefix))
      #expect(Set(kernel.contents.routes.map(RouteKey.init)) == Set(before.routes.map(RouteKey.init)))
    }
  }

  @Test func whatItHadIsTold() throws {
    let kernel = try FakeTakeoverKernel.plain()
    for number in 0..<12 { try kernel.route("10.9.\(number).0/24", by: "eth0", via: "10.0.0.1") }
    let before = try kernel.observe(TakeoverSubject(cards: ["eth0"]))
    let changes = CardChanges(before.cards) { (_) throws(Never) in nil }
    let warning = try #require(changes.warnings(before).first)
    #expect(
      warning.contains("no interface eth0 any more") && warning.contains("ip addr add 10.0.0.5/24 dev eth0"))
    #expect(warning.contains("default via 10.0.0.1") && warning.hasSuffix("and 4 more"))
    #expect(changes.present.isEmpty && changes.applied(to: before).routes.isEmpty)
  }
}

extension FakeTakeover {
  /// The moments of a takeover.
  fileprivate static func moments(of network: TakeoverNetwork) throws -> [String] {
    try withTemporaryRoot { root, _ in
      let seen = Mutex<[String]>([])
      var takeover = try FakeTakeover(try network.kernel(), root)
      takeover.cards = network.cards
      takeover.reached = { name in seen.withLock { $0.append(name) } }
      try takeover.takeOver()
      return seen.withLock(\.self)
    }
  }
}
