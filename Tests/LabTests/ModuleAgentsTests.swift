import Foundation
import Testing

/// Several agents at once, and the one that stays.
@Suite(.withGuests)
struct ModuleAgentsTests {
  @Test func aSecondAgentIsTurnedAway() async throws {
    let result = try await ModuleScript.run(
      """
      place vrouter
      env VROUTER_MODULE_OPTIONS=standin_delay_ms=8000 vrouter-node-agent prepare >/out/first.output 2>/out/first.errors &
      first=$!
      echo $first >/out/process
      until [ "$(cat /sys/module/vrouter/initstate 2>/dev/null)" = coming ]; do :; done
      # It stops as soon as the kernel lets it out of the load, with the lock.
      kill -STOP $first
      agent prepare prepare
      agent load module load
      agent unload module unload
      agent run run
      # What only looks needs no lock.
      agent dry-run prepare --dry-run
      agent detect detect
      agent status module status
      record diagnose sh -c 'vrouter-node-agent diagnose >/dev/null; [ $? -le 4 ]'
      kill -CONT $first
      code=0
      wait $first || code=$?
      echo $code >/out/first.code
      left >/out/first.left
      cp $run/status.json /out/first.status
      agent after prepare
      """)
    let process = try #require(result.text("process")).trimmingCharacters(in: .whitespacesAndNewlines)
    for name in ["prepare", "load", "unload", "run"] {
      let run = try result.agentRun(name)
      #expect(run.exitCode == 16, "\(name): \(run.errors)")
      for words in ["another agent is at work on this host", "prepare, process \(process)", "run this again"]
      {
        #expect(run.errors.contains(words), "\(name): \(run.errors)")
      }
      #expect(run.output == "")
      // Neither did it touch anything, nor does it say anything about a node that is another's to prepare.
      #expect(run.left.ready == nil)
      #expect(run.left.configuration == nil)
      #expect(run.left.probe == 1)
      #expect(run.status == nil)
    }
    for name in ["dry-run", "detect", "status", "diagnose"] {
      let run = try result.agentRun(name)
      #expect(run.exitCode == 0, "\(name): \(run.errors)")
      #expect(run.left.configuration == nil)
    }
    let first = try result.agentRun("first")
    #expect(first.exitCode == 0, "\(first.errors)")
    #expect(first.left.probe == 0)
    #expect(first.status?.ready == true)
    #expect(try result.agentRun("after").exitCode == 0)
  }

  @Test func theOneThatStaysTellsChangesAndEndsCleanly() async throws {
    let result = try await ModuleScript.run(
      """
      place vrouter
      mkfifo /tmp/log
      # await WORDS: reads the log until a line holds them
      await() {
        while read -r line <&3; do
          echo "$line" >>/out/log
          case $line in *"$1"*) return ;; esac
        done
        echo "the log ends without: $1" >&2
      }

      vrouter-node-agent run --interval 1 >/out/run.output 2>/tmp/log &
      exec 3</tmp/log
      await 'ready: eth0'
      left >/out/ready.left
      echo 0 >/out/ready.code
      rmmod vrouter
      await 'not ready: module'
      insmod $builds/vrouter.ko
      await 'ready: eth0'
      # It holds no lock while it waits.
      agent meanwhile prepare
      kill -TERM $!
      code=0
      wait $! || code=$?
      echo $code >/out/run.code
      cat <&3 >>/out/log
      exec 3<&-
      left >/out/run.left

      # A signal in the middle of the preparation ends the program after it.
      bare
      env VROUTER_MODULE_OPTIONS=standin_delay_ms=1000 vrouter-node-agent run 2>/dev/null &
      until [ -e /sys/module/vrouter ]; do :; done
      kill -TERM $!
      code=0
      wait $! || code=$?
      echo $code >/out/early.code
      left >/out/early.left

      bare
      rm -r $builds
      agent fails run
      """)
    let log = try #require(result.text("log"))
    let ready = try result.agentRun("ready")
    #expect(ready.left.probe == 0)
    let meanwhile = try result.agentRun("meanwhile")
    #expect(meanwhile.exitCode == 0, "\(meanwhile.errors)")
    let run = try result.agentRun("run")
    #expect(run.exitCode == 0)
    #expect(run.left == meanwhile.left)
    #expect(run.left.module == "live")
    #expect(run.left.configuration == ready.left.configuration)
    #expect(run.left.probe == 0)
    let lines = log.split(separator: "\n")
    #expect(
      lines.contains { $0.contains(" error not ready: module: module vrouter is not loaded") }, "\(log)")
    #expect(lines.last?.contains("ending on signal 15; the data path is left as it is") == true, "\(log)")
    // Each change once, however often it is looked at.
    #expect(lines.filter { $0.contains("not ready:") }.count == 1, "\(log)")

    let early = try result.agentRun("early")
    #expect(early.exitCode == 0)
    #expect(early.left.probe == 0)
    let fails = try result.agentRun("fails")
    #expect(fails.exitCode == 12)
    #expect(fails.errors.contains("no build of the module vrouter"))
  }
}
