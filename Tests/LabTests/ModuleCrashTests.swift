import Foundation
import Testing

/// kill -9 at each moment of a preparation, as the agent itself enumerates them, and then another run.
@Suite(.withGuests)
struct ModuleCrashTests {
  /// Every step that a preparation can have. A new one must be added here, and is then killed around as well.
  private static let steps = [
    "withdraw-readiness", "load-module", "write-configuration", "install-probe", "remember-identity",
    "declare-ready",
  ]

  @Test func killedAtEachMomentOfTheFirstRun() async throws {
    let result = try await ModuleScript.run(
      ModuleCrashScript.functions + """
        reference SYS_NOTICE
        bare
        rm -r $probes/*
        moments=$(moments SYS_NOTICE)
        echo $moments >/out/moments
        for moment in $moments; do
          bare
          rm -rf $probes/* $probes/.[!.]*
          killed $moment SYS_NOTICE >>/out/rows
        done
        """)
    let rows = try Self.rows(result, of: Self.steps)
    print(CrashRow.table("a bare node, prepared for the first time", rows))
    for row in rows {
      let comment = Comment(rawValue: "\(row)\n\(result.text("differences") ?? "")")
      #expect(row.killed == 137, comment)
      // Ready only when all is done.
      #expect(row.probe == (row.moment == "after:declare-ready" ? 0 : 1), comment)
      let done = Self.position(row.moment)
      #expect(row.module == (done >= Self.position("after:load-module") ? "live" : "absent"), comment)
      #expect(
        row.configuration == (done >= Self.position("after:write-configuration") ? "notice" : "absent"),
        comment)
      #expect(row.copy == (done >= Self.position("after:install-probe") ? "whole" : "absent"), comment)
      Self.checkNextRun(row, comment)
    }
  }

  @Test func killedAtEachMomentOfAChange() async throws {
    let result = try await ModuleScript.run(
      ModuleCrashScript.functions + """
        reference SYS_DEBUG
        reference SYS_NOTICE
        moments=$(moments SYS_DEBUG)
        echo $moments >/out/moments
        # Each run finds the node as the one before left it, with the other settings.
        present=SYS_NOTICE next=SYS_DEBUG
        for moment in $moments; do
          killed $moment $next >>/out/rows
          last=$present present=$next next=$last
        done
        """)
    let steps = ["withdraw-readiness", "write-configuration", "declare-ready"]
    let rows = try Self.rows(result, of: steps)
    print(CrashRow.table("a ready node whose settings changed", rows))
    for (number, row) in rows.enumerated() {
      let comment = Comment(rawValue: "\(row)\n\(result.text("differences") ?? "")")
      let (old, new) = number.isMultiple(of: 2) ? ("notice", "debug") : ("debug", "notice")
      #expect(row.killed == 137, comment)
      // Before the first step nothing has changed: the node is ready as it was.
      #expect(
        row.probe == (["before:withdraw-readiness", "after:declare-ready"].contains(row.moment) ? 0 : 1),
        comment)
      let done = Self.position(row.moment)
      #expect(row.configuration == (done >= Self.position("after:write-configuration") ? new : old), comment)
      #expect(row.module == "live", comment)
      #expect(row.copy == "whole", comment)
      Self.checkNextRun(row, comment)
    }
  }

  /// The size limit of a process (setrlimit(2), RLIMIT_FSIZE) kills it in the middle of a write: SIGXFSZ.
  @Test func killedInTheMiddleOfAWrite() async throws {
    let result = try await ModuleScript.run(
      ModuleCrashScript.functions + """
        # cut BLOCKS WORD: killed by the first file that grows beyond so many times 512 bytes
        cut() {
          { (ulimit -f $1; prepare SYS_NOTICE; echo $? >/tmp/code) 2>&1; } | cat >/out/cut.errors
          observe $2 $(cat /tmp/code)
          again SYS_NOTICE
        }
        reference SYS_DEBUG
        reference SYS_NOTICE
        bare
        rm -r $probes/*
        cut 1 first-configuration >>/out/rows
        prepare SYS_DEBUG >/dev/null 2>&1
        cut 1 other-configuration >>/out/rows
        rm $probes/vrouter-probe
        cut 2048 probe-copy >>/out/rows
        # What such a kill leaves beside the files that are too small for a limit.
        for file in $run/.ready.1.unfinished $run/.status.json.2.unfinished; do echo half >$file; done
        observe leftovers 0
        again SYS_NOTICE >>/out/rows
        """)
    let rows = CrashRow.rows(result.text("rows"))
    print(CrashRow.table("killed in the middle of a write", rows))
    try #require(
      rows.map(\.moment) == ["first-configuration", "other-configuration", "probe-copy", "leftovers"])
    for row in rows { Self.checkNextRun(row, "\(row)\n\(result.text("differences") ?? "")") }
    // 128 and SIGXFSZ.
    #expect(rows[..<3].allSatisfy { $0.killed == 153 && $0.probe == 1 && $0.unfinished == 1 }, "\(rows)")
    #expect(rows.map(\.configuration) == ["absent", "debug", "notice", "notice"])
    #expect(rows.map(\.copy) == ["absent", "whole", "absent", "whole"])
    // What lies beside the readiness file doesn't matter to it.
    #expect(rows[3].probe == 0)
  }

  /// The rows, one for each moment of exactly these steps.
  private static func rows(_ result: GuestResult, of steps: [String]) throws -> [CrashRow] {
    let moments = steps.flatMap { ["before:\($0)", "after:\($0)"] }
    try #require(
      result.text("moments")?.split(whereSeparator: \.isWhitespace).map(String.init) == moments,
      "the plan has other steps than this test knows: \(result.text("moments") ?? "")")
    let rows = CrashRow.rows(result.text("rows"))
    try #require(rows.map(\.moment) == moments, "\(result.text("rows") ?? "")")
    return rows
  }

  /// How far a preparation has come at a moment.
  private static func position(_ moment: String) -> Int {
    let parts = moment.split(separator: ":").map(String.init)
    return (steps.firstIndex(of: parts[1]) ?? 0) * 2 + (parts[0] == "after" ? 1 : 0)
  }

  /// Nothing half-written is in place, and the next run makes all good.
  private static func checkNextRun(_ row: CrashRow, _ comment: Comment) {
    #expect(row.configuration != "torn", comment)
    #expect(row.copy != "torn", comment)
    #expect(row.next == 0, comment)
    #expect(row.nextProbe == 0, comment)
    #expect(row.isSame, comment)
  }
}
