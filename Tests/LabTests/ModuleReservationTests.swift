import Testing

/// Reserving the vRouter agent's tables, with the stand-in in the module's place.
@Suite(.withGuests)
struct ModuleReservationTests {
  /// How often the module was sent the vRouter agent's first message since the last `record`, and how many devices it
  /// has registered.
  private static let functions = """
    sent() { dmesg | grep -c 'Huge page req_recv_cntr'; }
    devices() { grep -c vrouter_mem /proc/devices; }
    reserve() { vrouter-node-agent module reserve "$@"; }

    """

  /// A document of `module reserve`, and of the part `tables` of others.
  private struct Tables: Decodable {
    var reserved: Bool
    var answer: Answer?
    var flowTable: Table
    var bridgeTable: Table
    var vrouterAgent: String

    struct Answer: Decodable, Equatable {
      var responseCode: Int
      var vhpResp: Int
    }

    struct Table: Decodable, Equatable {
      var bytes: Int
      var device: Int
      var path: String?
    }
  }

  private struct Report: Decodable {
    var tables: Tables?
  }

  @Test func prepareReservesOnce() async throws {
    let result = try await ModuleScript.run(
      Self.functions + """
        place vrouter
        export VROUTER_RESERVE_TABLES=true
        agent first prepare --output json
        echo "$(sent) $(devices)"
        agent second prepare
        agent reserve module reserve --output json
        echo "$(sent) $(devices)"
        # What the report says of the vRouter agent: its own message, and what comes of it.
        vrouter-messages <hpcfg_empty.hex | tail -n 1
        echo "$(sent) $(devices)"
        """, files: ["hpcfg_empty.hex": try StandInMessageTests.capture("hpcfg_empty")])
    let first = try result.agentRun("first")
    #expect(first.exitCode == 0 && first.left.ready != nil)
    let tables = try #require(try first.json(Report.self).tables)
    #expect(tables.reserved)
    #expect(tables.answer == Tables.Answer(responseCode: 0, vhpResp: -2))
    #expect(tables.flowTable.bytes == 161_218_560 && tables.flowTable.path == nil)
    #expect(tables.bridgeTable == .init(bytes: 20_185_088, device: tables.flowTable.device, path: nil))
    #expect(tables.vrouterAgent.contains("response code 0 and vhp_resp -2"))
    #expect(tables.vrouterAgent.contains("registers its device once more"))
    let condition = try #require(first.status?["AgentStartMemory"])
    #expect(condition.status == "True" && condition.reason == "TablesThere")

    let second = try result.agentRun("second")
    #expect(second.exitCode == 0 && second.output.contains("1. check the node"))
    #expect(!second.kernelLog.contains("Huge page"))
    let again = try result.agentRun("reserve").json(Tables.self)
    #expect(!again.reserved && again.answer == nil && again.flowTable == tables.flowTable)

    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 4 && lines[0] == "1 1" && lines[1] == "0 1" && lines[3] == "1 2", "\(lines)")
    // Code 0, vhp_resp -2.
    #expect(lines[2].contains("0800020000000000") && lines[2].contains("140004fffffffe"))
  }

  /// Nothing of the memory is kept, the module stays, and when memory is good again the tables can be had.
  @Test func withoutMemoryNothingIsKept() async throws {
    let result = try await ModuleScript.run(
      Self.functions + """
        place vrouter
        # Eleven blocks of order 10: undoing the fragmentation brings back half of them all at least.
        # The load itself needs none: there may be none.
        export VROUTER_MODULE_OPTIONS='vr_flow_entries=131072 vr_bridge_entries=65536 vr_nexthops=65536'
        export VROUTER_RESERVE_TABLES=true
        lab-fragment unmovable >/dev/null
        agent short prepare
        echo "$(sent) $(devices)"
        VROUTER_RESERVE_TABLES=false agent without prepare
        lab-blocks 10 >/tmp/before
        agent again prepare
        lab-blocks 10 >/tmp/after
        [ $(cat /tmp/after) -ge $(cat /tmp/before) ] || echo "kept: $(cat /tmp/before /tmp/after)"
        lab-fragment undo >/dev/null
        agent good prepare
        echo "$(sent) $(devices)"
        """)
    let short = try result.agentRun("short")
    #expect(short.exitCode == 13)
    for words in ["vhp_resp -1", "kept none of it", "the vRouter agent would fail", "order"] {
      #expect(short.errors.contains(words), "\(short.errors)")
    }
    #expect(short.left.module == "live" && short.left.ready == nil)
    let condition = try #require(short.status?["AgentStartMemory"])
    #expect(condition.status == "False" && condition.reason == "memory")
    #expect(short.status?["ModuleLoaded"]?.status == "True")
    // Gate 2 never stands in the way of readiness by itself.
    let without = try result.agentRun("without")
    #expect(without.exitCode == 0 && without.left.ready != nil)
    let told = try #require(without.status?["AgentStartMemory"])
    #expect(told.status == "False" && told.reason == "Short" && told.message.contains("decays"))
    let again = try result.agentRun("again")
    #expect(again.exitCode == 13 && again.left.ready == nil)
    let good = try result.agentRun("good")
    #expect(good.exitCode == 0 && good.left.ready != nil)
    #expect(result.output == "1 0\n1 1\n")
  }

  /// What can't go together, or can't work, is said; and nothing is sent in vain.
  @Test func whatIsRefused() async throws {
    let result = try await ModuleScript.run(
      Self.functions + """
        place vrouter
        agent absent module reserve
        insmod $builds/vrouter.ko
        HUGE_PAGES_2MB=90 agent huge module reserve
        HUGE_PAGES_1GB=1 VROUTER_RESERVE_TABLES=true agent both prepare
        echo "$(dmesg | grep -c Huge)"
        rmmod vrouter; insmod $builds/vrouter.ko vr_vrfs=70000
        agent vrfs module reserve
        rmmod vrouter; insmod $builds/vrouter.ko standin_not_ready=1
        agent reset module reserve
        """)
    for (name, code, words) in [
      ("absent", 12, "the module isn't loaded"), ("huge", 10, "HUGE_PAGES_2MB asks for huge pages"),
      ("both", 10, "'true' together with HUGE_PAGES_1GB"), ("vrfs", 12, "-22"), ("reset", 12, "ENETRESET"),
    ] {
      let run = try result.agentRun(name)
      #expect(run.exitCode == code, "\(name)")
      #expect(run.errors.contains(words), "\(name): \(run.errors)")
    }
    #expect(result.output == "0\n")
  }

  /// kill -9 at the step's moments, and at times between any two system calls: the next run sees what is there, and the
  /// message is sent once.
  @Test func killedAnywhereItIsSentOnce() async throws {
    let result = try await ModuleScript.run(
      Self.functions + """
        place vrouter
        export VROUTER_RESERVE_TABLES=true VROUTER_MODULE_OPTIONS='vr_flow_entries=65536 vr_bridge_entries=65536'
        for moment in before:reserve-tables after:reserve-tables; do
          bare
          dmesg -c >/dev/null
          VROUTER_TEST_KILL_AT=$moment vrouter-node-agent prepare >/dev/null 2>&1
          echo "$moment $(sent) $(devices) $([ -e $run/ready ] && echo ready)"
          vrouter-node-agent prepare >/dev/null 2>&1 || echo "the next fails"
          echo "$(sent) $(devices) $([ -e $run/ready ] && echo ready)"
        done
        # How long one takes, in hundredths of a second.
        start=$(cut -d ' ' -f 1 /proc/uptime | tr -d .)
        rmmod vrouter; insmod $builds/vrouter.ko $VROUTER_MODULE_OPTIONS
        reserve >/dev/null 2>&1
        whole=$(($(cut -d ' ' -f 1 /proc/uptime | tr -d .) - start))
        tries=20
        for try in $(seq $tries); do
          rmmod vrouter; insmod $builds/vrouter.ko $VROUTER_MODULE_OPTIONS
          dmesg -c >/dev/null
          rm -f $run/tables.lock
          # Not the function: what is killed is to be the agent, and no shell.
          vrouter-node-agent module reserve >/dev/null 2>&1 &
          if [ $((try % 2)) = 0 ]; then
            pause=$((whole * try / tries))
            sleep $((pause / 100)).$(printf %02d $((pause % 100)))
          else
            # Right before the look and the message.
            until [ -e $run/tables.lock ]; do :; done
          fi
          kill -9 $! 2>/dev/null
          wait $! 2>/dev/null
          # At once, while a helper of the killed one may still be at it.
          reserve >/tmp/output 2>&1 || { echo "try $try"; cat /tmp/output; }
          [ "$(sent) $(devices)" = "1 1" ] || echo "try $try: $(sent) sent, $(devices) devices"
          grep 'there before\\|made now' /tmp/output >>/out/how
        done
        """)
    #expect(
      result.output == """
        before:reserve-tables 0 0 
        1 1 ready
        after:reserve-tables 1 1 
        1 1 ready

        """)
    // Both were met: killed too early, and too late.
    let how = result.text("how") ?? ""
    print(how)
    #expect(how.contains("made now"))
    #expect(how.split(separator: "\n").count == 20)
  }
}
