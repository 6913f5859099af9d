import Testing

/// A module whose init function doesn't come back: the agent does, tells, and declares nothing.
@Suite(.withGuests)
struct ModuleHangTests {
  /// Shell: a run of the agent whose load hangs until it is killed, and what is left 'coming'.
  private static let functions = #"""
    export VROUTER_MODULE_LOAD_TIMEOUT=2s
    # await STATE: of the module
    await() { until [ "$(cat /sys/module/vrouter/initstate 2>/dev/null || echo absent)" = $1 ]; do :; done; }
    # helpers: how many processes of the agent's own there are; grep calls none a failure
    helpers() { ps -o args | grep -c '[ ]helper load-module' || true; }
    place vrouter

    """#

  /// Until it is killed: the kernel lets go of it, and so does the agent.
  @Test func aLoadThatCanBeEndedIsEnded() async throws {
    let result = try await ModuleScript.run(
      Self.functions + """
        record ended env VROUTER_MODULE_OPTIONS=standin_hang=2 vrouter-node-agent prepare
        helpers >/out/ended.helpers
        agent after-ended prepare
        bare
        # Slow, but not hanging: it sleeps uninterruptibly, and is whole when it may be ended.
        record slow env VROUTER_MODULE_OPTIONS=standin_delay_ms=3000 vrouter-node-agent module load
        bare
        # Killed in the middle of the load: the load goes with the agent, and the next run does it all.
        env VROUTER_MODULE_LOAD_TIMEOUT=60s VROUTER_MODULE_OPTIONS=standin_hang=2 vrouter-node-agent prepare 2>/out/killed.errors &
        await coming
        left >/out/killed-before.left
        kill -9 $!
        wait $! 2>/dev/null
        echo $? >/out/killed.code
        await absent
        left >/out/killed.left
        until [ "$(helpers)" = 0 ]; do :; done
        agent after-killed prepare
        """)
    let ended = try result.agentRun("ended")
    #expect(ended.exitCode == 12)
    for words in [
      "[load-hangs]", "no answer within 2 s", "the module went with it", "(after 1 attempt)",
      "raise the time limit",
    ] {
      #expect(ended.errors.contains(words), "\(ended.errors)")
    }
    #expect(ended.initCalls == 1)
    #expect(ended.left == .nothing)
    #expect(ended.status?.ready == false)
    #expect(result.text("ended.helpers") == "0\n")
    let slow = try result.agentRun("slow")
    #expect(slow.exitCode == 0, "\(slow.errors)")
    #expect(slow.left.module == "live")
    let killed = try result.agentRun("killed")
    #expect(killed.exitCode == 137)
    #expect(killed.left == .nothing)
    for name in ["after-ended", "after-killed"] {
      let after = try result.agentRun(name)
      #expect(after.exitCode == 0, "\(after.errors)")
      #expect(after.left.probe == 0)
    }
  }

  /// Beyond any signal: its process is left behind, and no second load is tried.
  @Test func aLoadThatCantBeEndedIsLeftBehind() async throws {
    let result = try await ModuleScript.run(
      Self.functions + """
        agent ready prepare
        rmmod vrouter
        record hang env VROUTER_MODULE_OPTIONS=standin_hang=1 vrouter-node-agent prepare
        helpers >/out/helpers
        agent stuck prepare
        helpers >>/out/helpers
        agent diagnose diagnose --output json
        agent unload module unload
        agent status module status
        """)
    let hang = try result.agentRun("hang")
    #expect(hang.exitCode == 12)
    for words in [
      "[load-hangs]: the load hangs in the kernel", "no answer within 2 s", "is beyond any signal (in ",
      "[vrouter]",
      "(after 1 attempt)", "reboot: until then no other load of it can succeed",
    ] {
      #expect(hang.errors.contains(words), "\(hang.errors)")
    }
    let half = AgentRun.Left(module: "coming", ready: nil, configuration: nil, probe: 1, unfinished: 0)
    #expect(hang.left.ready == nil)
    #expect(hang.left.probe == 1)
    #expect(hang.left.module == half.module)
    #expect(hang.status?.ready == false)
    #expect(hang.status?["ModuleLoaded"]?.status == "False")
    // One load hangs, and no other was tried.
    #expect(result.text("helpers") == "1\n1\n")

    let stuck = try result.agentRun("stuck")
    #expect(stuck.exitCode == 12)
    #expect(stuck.errors.contains("[stuck]"), "\(stuck.errors)")
    #expect(stuck.errors.contains("reboot; another load would hang, too"))
    #expect(stuck.initCalls == 0)
    #expect(stuck.left.probe == 1)
    let diagnosis = try result.agentRun("diagnose")
    #expect(diagnosis.exitCode == 3)
    let finding = try #require(try diagnosis.json(DiagnosisDocument.self)["module.refused"])
    #expect(finding.evidence == ["/sys/module/vrouter/initstate: coming"])
    let unload = try result.agentRun("unload")
    #expect(unload.exitCode == 12)
    #expect(unload.errors.contains("[state]"))
    let status = try result.agentRun("status")
    #expect(status.exitCode == 0)
    #expect(status.output.contains("(coming)"))
  }
}
