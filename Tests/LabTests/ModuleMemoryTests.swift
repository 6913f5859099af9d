import Foundation
import Testing

/// Memory in pieces: what compaction mends is mended, what it doesn't is shown.
@Suite(.withGuests)
struct ModuleMemoryTests {
  /// A table of 64 MiB, in blocks of order 10: a stray block that is left doesn't save the load.
  private static let options = "VROUTER_MODULE_OPTIONS=vr_nexthops=8388608"
  private static let needed = 16

  @Test func movableFragmentationIsMended() async throws {
    let result = try await ModuleScript.run(
      """
      place vrouter
      lab-fragment movable >/out/shown
      lab-blocks 10
      record text env \(Self.options) vrouter-node-agent prepare
      bare
      lab-fragment undo >/out/shown
      lab-fragment movable >/out/shown
      lab-blocks 10
      record json env \(Self.options) vrouter-node-agent prepare --output json
      """)
    let blocks = result.output.split(separator: "\n").compactMap { Int($0) }
    try #require(blocks.count == 2)
    let text = try result.agentRun("text")
    #expect(text.exitCode == 0, "\(text.errors)")
    #expect(text.left.probe == 0)
    // Compacted before the first attempt, which is then the only one.
    #expect(text.initCalls == 1)
    for said in [text.output, text.errors] {
      let figures = try #require(
        said.firstMatch(of: /memory was compacted in [^:]*: free blocks of order 10 ([0-9]+) -> ([0-9]+)/),
        "\(said)")
      #expect(Int(figures.1) == blocks[0])
      #expect(try #require(Int(figures.1)) < Self.needed)
      #expect(try #require(Int(figures.2)) >= Self.needed)
    }
    #expect(text.output.contains("loaded after 1 attempt,"))

    let json = try result.agentRun("json")
    #expect(json.exitCode == 0, "\(json.errors)")
    #expect(json.left.probe == 0)
    let report = try json.json(PreparationDocument.self)
    try #require(report.treatments.count == 1)
    let treatment = report.treatments[0]
    #expect(treatment.kind == "compaction")
    #expect(treatment.order == 10)
    #expect(treatment.blocksBefore == blocks[1])
    #expect(treatment.blocksBefore < Self.needed)
    #expect(treatment.blocksAfter >= Self.needed)
    let row = try #require(treatment.demand.first { $0.order == 10 })
    #expect(row.needed == Self.needed)
    #expect(row.missing == Self.needed - treatment.blocksBefore)
    #expect(report.module?.attempts == 1)
    #expect(report.module?.failures.count == 0)
  }

  @Test func unmovableFragmentationIsShown() async throws {
    let result = try await ModuleScript.run(
      """
      place vrouter
      lab-fragment unmovable >/out/shown
      export \(Self.options)
      agent diagnose diagnose --output json
      agent status module status
      cat /proc/buddyinfo >/out/buddyinfo.before
      agent load prepare
      cat /proc/buddyinfo >/out/buddyinfo.after
      lab-fragment undo >/out/shown
      agent healthy diagnose --output json
      agent mended prepare
      """)
    let load = try result.agentRun("load")
    #expect(load.exitCode == 13, "\(load.errors)")
    #expect(load.attempts == 3)
    #expect(load.initCalls == 3)
    #expect(load.left == .nothing)
    #expect(load.status?["ModuleLoaded"]?.status == "False")
    for words in ["[memory-short]", "memory was compacted in", "free and compact memory", "part Nexthop"] {
      #expect(load.errors.contains(words), "\(load.errors)")
    }
    let seen = ["before", "after"].map { result.text("buddyinfo.\($0)") ?? "" }
    try checkTable(load.errors, buddyinfo: seen)

    let diagnosis = try result.agentRun("diagnose")
    #expect(diagnosis.exitCode == 3)
    let finding = try #require(try diagnosis.json(DiagnosisDocument.self)["memory.load-short"])
    #expect(finding.severity == "error")
    #expect(finding.remedy.contains("compact_memory"))
    try checkTable(finding.evidence.joined(separator: "\n"), buddyinfo: seen)
    #expect(try result.agentRun("status").output.contains("memory   a load is short by"))

    let healthy = try result.agentRun("healthy").json(DiagnosisDocument.self)
    // Pages that were given back join large blocks when the processor's lists are emptied, so that the vRouter agent's start,
    // which needs 43 of them, may still be short. What was shown is that the load isn't any more.
    #expect(healthy.findings.map(\.name).filter { $0 != "memory.start-short" } == ["config.missing"])
    let mended = try result.agentRun("mended")
    #expect(mended.exitCode == 0, "\(mended.errors)")
    #expect(mended.left.probe == 0)
    #expect(mended.initCalls == 1)
  }

  /// In a guest too small for the default tables smaller ones are chosen, where that is allowed; the vRouter agent's start
  /// finds them taken without trouble, and a later run finds nothing stale.
  @Test func tablesAreFitted() async throws {
    var guest = ModuleScript.guest()
    guest.memory = 256
    let result = try await ModuleScript.run(
      """
      place vrouter
      agent before memory
      agent plain prepare
      bare
      export VROUTER_MODULE_FIT=true
      agent fitted prepare
      cat /sys/module/vrouter/parameters/vr_flow_entries >/out/flow
      agent reserved module reserve
      agent after memory
      agent again diagnose --output json
      """, in: guest)
    let before = try result.agentRun("before")
    #expect(before.exitCode == 13)
    #expect(before.output.contains("gate 2: the vRouter agent's start is short by"))
    let remedy = try #require(
      before.output.firstMatch(of: /VROUTER_MODULE_OPTIONS="(.*)"/), "\(before.output)")
    // Without leave to choose, the load goes on and says what is short, and what would fit.
    let plain = try result.agentRun("plain")
    #expect(plain.exitCode == 0, "\(plain.errors)")
    #expect(plain.errors.contains("the vRouter agent's start, which takes the tables, is short by"))
    #expect(plain.errors.contains("VROUTER_MODULE_FIT=true"))
    let fitted = try result.agentRun("fitted")
    #expect(fitted.exitCode == 0, "\(fitted.errors)")
    #expect(fitted.errors.contains("the tables are made smaller"))
    let flow = try #require(result.text("flow").flatMap { Int($0.dropLast()) })
    #expect(flow < 524_288 && flow >= 65_536 && flow & (flow - 1) == 0)
    #expect(remedy.1.contains("vr_flow_entries="))
    #expect(try result.agentRun("reserved").exitCode == 0)
    let after = try result.agentRun("after")
    #expect(after.exitCode == 0)
    #expect(after.output.contains("gate 2: the vRouter agent's start is passed: the tables are in memory"))
    #expect(try result.agentRun("again").json(DiagnosisDocument.self).findings.map(\.name) == [])
  }

  /// A kernel that may not be asked, as in many containers, is told of; the load is tried all the same.
  @Test func aReadOnlyProcSysIsTold() async throws {
    let result = try await ModuleScript.run(
      """
      place vrouter
      lab-fragment movable >/out/shown
      mount -o bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys
      export VROUTER_MODULE_LOAD_ATTEMPTS=1
      agent load module load
      umount /proc/sys
      export VROUTER_MEMORY_TREATMENT=none
      agent none module load
      """)
    let load = try result.agentRun("load")
    #expect(load.exitCode == 13, "\(load.errors)")
    #expect(load.errors.contains("memory could not be treated (compaction): cannot write"), "\(load.errors)")
    #expect(load.errors.contains("Read-only file system"))
    #expect(load.initCalls == 1)
    let none = try result.agentRun("none")
    #expect(none.exitCode == 13 && none.initCalls == 1, "\(none.errors)")
    #expect(!none.errors.contains("memory was compacted") && !none.errors.contains("could not be treated"))
  }

  /// The table's last row is the one of order 10, and every zone's figure there is the kernel's own, as it was
  /// before or after: meanwhile a block more or less comes and goes.
  private func checkTable(_ text: String, buddyinfo: [String]) throws {
    let rows = text.split(separator: "\n")
    let header = try #require(rows.last { $0.hasPrefix("order ") }, "\(text)")
      .replacing("can be had", with: "available").split(separator: " ").map(String.init)
    let row = try #require(rows.last { $0.hasPrefix("10 ") }, "\(text)")
      .replacing("4 MiB", with: "4MiB").replacing(" %", with: "%").split(separator: " ").map(String.init)
    try #require(header.count == row.count, "\(text)")
    let figures = Dictionary(uniqueKeysWithValues: zip(header, row))
    #expect(figures["needed"] == "\(Self.needed)")
    let available = try #require(figures["available"].flatMap { Int($0) })
    #expect(figures["missing"] == "\(Self.needed - available)")
    #expect(Self.needed - available >= 1)
    let unusable = try #require(figures["unusable"]?.dropLast())
    #expect(try #require(Int(unusable)) >= 95)
    // Node 0, zone    DMA32    …
    let lines = buddyinfo.joined().split(separator: "\n").map { line in
      line.split { $0 == " " || $0 == "," }.map(String.init)
    }
    let zones = figures.filter { $0.key.hasSuffix(".0") }
    #expect(!zones.isEmpty)
    for (zone, shown) in zones {
      let counts = lines.filter { "\($0[3]).\($0[1])" == zone }.compactMap(\.last).compactMap { Int($0) }
      try #require(counts.count == 2, "\(zone)")
      let least = try #require(counts.min()) - 1
      let most = try #require(counts.max()) + 1
      #expect((least...most).contains(try #require(Int(shown))), "\(counts) \(text)")
    }
  }
}
