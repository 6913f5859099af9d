import HostFiles
import KernelModule
import TestSupport
import Testing
import VRouter

@testable import NodeAgent

/// Having the module make the vRouter agent's tables right after the load.
@Suite struct TableReservationTests {
  private func host(
    _ root: HostRoot, _ path: String, _ tables: FakeTables = FakeTables(), reserves: Bool = true
  ) throws -> FakeHost {
    var host = try FakeHost(root: root, path: path)
    host.tables = tables
    try FakeHost.write("MemFree: 400000 kB\nCached: 0 kB\nSReclaimable: 0 kB", "/proc/meminfo", root)
    host.environment["VROUTER_RESERVE_TABLES"] = reserves ? "true" : nil
    return host
  }

  @Test func theFirstRunReservesAndTheNextFindsNothingToDo() throws {
    try withTemporaryRoot { root, path in
      let tables = FakeTables()
      let host = try host(root, path, tables)
      let first = try host.prepare()
      #expect(
        first.plan.steps.map(\.name).prefix(3) == ["withdraw-readiness", "load-module", "reserve-tables"])
      #expect(first.reservation?.exchange.answer == HugePageAnswer(code: 0, outcome: .withoutHugePages))
      #expect(first.reservation?.exchange.tables.areThere == true)
      #expect(first.ready != nil)
      let next = try host.prepare()
      #expect(next.plan.steps == [.declareReady])
      #expect(next.reservation == nil)
      #expect(tables.sent == 1)
    }
  }

  /// Off: nothing is asked of the module, and nothing sent.
  @Test func whatIsNotWantedIsNotDone() throws {
    try withTemporaryRoot { root, path in
      let tables = FakeTables()
      let host = try host(root, path, tables, reserves: false)
      #expect(try !host.prepare().plan.steps.contains(.reserveTables))
      _ = try host.prepare()
      #expect(tables.sent == 0 && tables.asked == 0)
    }
  }

  /// The module is there since an earlier run, which ended between the load and the message.
  @Test func aLoadedModuleWithoutTablesIsMadeGood() throws {
    try withTemporaryRoot { root, path in
      var host = try host(root, path, reserves: false)
      _ = try host.prepare()
      host.environment["VROUTER_RESERVE_TABLES"] = "yes"
      let plan = try host.plan()
      #expect(plan.steps == [.withdrawReadiness, .reserveTables, .declareReady])
      #expect(try host.prepare().reservation?.exchange.answer?.code == 0)
    }
  }

  /// Tables that somebody made meanwhile are never asked for again: that would register a device that is never given back.
  @Test func tablesThatAreThereAreLeftAlone() throws {
    try withTemporaryRoot { root, path in
      let tables = FakeTables(areThere: true)
      let outcome = try host(root, path, tables).prepare()
      #expect(outcome.plan.steps.contains(.reserveTables))
      #expect(outcome.reservation?.exchange.answer == nil)
      #expect(tables.sent == 0)
    }
  }

  /// Whoever comes after somebody who was killed looks first.
  @Test func theMessageIsSentOnce() throws {
    for tables in [FakeTables(), FakeTables(areThere: true)] {
      let before = try tables.tables().areThere
      let first = try TableExchange.run(by: tables)
      let second = try TableExchange.run(by: tables)
      #expect((first.answer == nil) == before)
      #expect(second.answer == nil && second.tables.areThere)
      #expect(tables.sent == (before ? 0 : 1))
    }
  }

  /// What the module answers, the exit code, and what the operator is told.
  static let failures: [(FakeTables.Behaviour, ExitCode, [String])] = [
    (.answers(.init(code: -12, outcome: .noMemory)), .memory, ["-12", "vhp_resp -1", "kept none", "order"]),
    (.answers(.init(code: -22, outcome: .noMemory)), .module, ["-22", "VROUTER_MODULE_OPTIONS"]),
    (.answers(.init(code: -95, outcome: nil)), .module, ["-95", "vhp_resp missing"]),
    (.answers(.init(code: -28, outcome: .noDevice)), .module, ["not the device", "vhp_resp -6"]),
    (.answers(.init(code: -102, outcome: nil)), .module, ["ENETRESET"]),
    // Its own word alone is no proof.
    (.lies, .module, ["shows no device", "response code 0"]),
    (.answers(.init(code: -17, outcome: .alreadyInitialised)), .module, ["shows no device", "-17"]),
    (.fails, .module, ["nobody answers"]),
  ]

  @Test(arguments: failures) func aFailureIsNamed(
    _ behaviour: FakeTables.Behaviour, _ code: ExitCode, _ words: [String]
  ) throws {
    try withTemporaryRoot { root, path in
      let host = try host(root, path, FakeTables(behaviour))
      let failure = #expect(throws: CommandFailure.self) { try host.prepare() }
      #expect(failure?.code == code)
      for word in words {
        #expect(failure?.description.contains(word) == true, "\(word): \(String(describing: failure))")
      }
      #expect(!root.exists("/run/vrouter-node-agent/ready"), "declared ready without its tables")
      // The module stays loaded: the next run has only the message to send.
      #expect(root.exists("/sys/module/vrouter"))
    }
  }

  /// A module that can't be asked is no module without tables.
  @Test func aPlanNeedsAnAnswer() throws {
    try withTemporaryRoot { root, path in
      _ = try host(root, path, reserves: false).prepare()
      let host = try host(root, path, FakeTables(.fails))
      #expect(throws: CommandFailure.self) { try host.plan() }
    }
  }

  static let hugePages: [[String: String]] = [
    ["HUGE_PAGES_2MB": "100"], ["HUGE_PAGES_1GB": "2"],
    ["VROUTER_AGENT__RESTART__huge_page_2M": "/hp/bridge /hp/flow"],
  ]

  /// Whoever has huge pages given gets no tables in page blocks first.
  @Test(arguments: hugePages) func isRefusedWithHugePages(_ environment: [String: String]) throws {
    let name = try #require(environment.keys.first)
    let error = #expect(throws: SettingsError.self) {
      try Settings.read(
        environment: environment.merging(["VROUTER_RESERVE_TABLES": "true"]) { $1 })
    }
    #expect(error?.problems.count == 1)
    #expect(error?.description.contains("VROUTER_RESERVE_TABLES") == true)
    #expect(error?.description.contains(name) == true)
    // Without the reservation they are fine; and `module reserve` refuses by itself.
    let settings = try Settings.read(environment: environment)
    #expect(!settings.module.reservesTables.value)
    #expect(settings.module.reservationProblem?.contains(name) == true)
    try withTemporaryRoot { root, path in
      let tables = FakeTables()
      let host = try host(root, path, tables, reserves: false)
      let failure = #expect(throws: CommandFailure.self) {
        try TableReservation.run(on: host.access, settings: settings.module)
      }
      #expect(failure?.code == .settings)
      #expect(tables.sent == 0)
    }
  }

  @Test(arguments: ["0", ""]) func noHugePagesAreNoProblem(_ count: String) throws {
    let settings = try Settings.read(
      environment: ["HUGE_PAGES_2MB": count, "HUGE_PAGES_1GB": count, "VROUTER_RESERVE_TABLES": "true"])
    #expect(settings.module.reservesTables.value && settings.module.reservationProblem == nil)
  }

  /// What the vRouter agent meets later depends on where the tables are.
  @Test func theReportSaysWhatTheAgentWillSee() throws {
    let made = TableExchange(
      answer: HugePageAnswer(code: 0, outcome: .withoutHugePages), tables: FakeTables.tables(true))
    let report = TableReservationReport(made)
    #expect(
      try keyPaths(JSON.document(report)) == [
        "answer", "answer.response_code", "answer.vhp_resp", "bridge_table", "bridge_table.bytes",
        "bridge_table.device", "flow_table", "flow_table.bytes", "flow_table.device", "reserved",
        "vrouter_agent",
      ])
    #expect(report.reserved && report.vrouterAgent.contains("vhp_resp -2"))
    #expect(report.text.contains("flow table          161218560 bytes, device 245, in page blocks\n"))
    let there = TableReservationReport(
      TableExchange(answer: nil, tables: FakeTables.tables(true, path: "/hp/flow")))
    #expect(!there.reserved && there.vrouterAgent.contains("-17 (EEXIST) and vhp_resp -4"))
    #expect(there.text.contains("there before this run"))
    #expect(there.text.contains("in huge pages (/hp/flow)"))
  }

  /// What goes over the socket of the helper process comes out as it went in.
  @Test(arguments: [
    nil, HugePageAnswer(code: -12, outcome: .noMemory), HugePageAnswer(code: 0, outcome: nil),
  ])
  func theHelpersAnswer(_ answer: HugePageAnswer?) {
    let exchange = TableExchange(answer: answer, tables: FakeTables.tables(true, path: "/hp/flow"))
    #expect(ModuleTablesTask.Exchange(exchange).exchange == exchange)
    let error = VRouterError("a", "b", reason: "c", remedy: "d", code: -5)
    #expect(ModuleTablesTask.Problem(error).error == error)
  }
}
