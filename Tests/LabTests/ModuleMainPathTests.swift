import Foundation
import Testing

/// From a bare node to ready, as `make run` shows it, and what a run on a ready node does.
@Suite(.withGuests)
struct ModuleMainPathTests {
  @Test func aBareNodeBecomesReady() async throws {
    let scenario = try String(
      contentsOf: Guest.labFolder.appending(path: "scenarios/first-run.sh"), encoding: .utf8)
    let result = try await ModuleScript.guest(module: .tree, nics: [.peer, .peer]).run(
      scenario + ModuleScript.functions + """
        unset VROUTER_TAKEOVER
        cp $run/ready $run/status.json $configuration /out
        {
          cat /proc/sys/kernel/random/boot_id /sys/class/net/eth0/ifindex /sys/class/net/eth0/address
          cat /sys/module/vrouter/version /sys/module/vrouter/srcversion
          stat -c '%d %i %s %Y %a' $configuration
        } >/out/facts
        ifindex=$(cat /sys/class/net/pkt1/ifindex)
        left >/out/before.left
        echo 0 >/out/before.code
        agent again prepare --output json
        agent diagnose diagnose
        # The module was not loaded anew: its links are the same ones.
        [ "$ifindex" = "$(cat /sys/class/net/pkt1/ifindex)" ] || echo 'the module was loaded again' >&2
        """)
    #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
    #expect(!result.errors.contains("loaded again"))
    try check(result)
    try checkSecondRun(result)
  }

  /// Every fact of the readiness file is one of the guest's.
  private func check(_ result: GuestResult) throws {
    let ready = try AgentRun.decode(ReadyDocument.self, try #require(result.text("ready")))
    let facts = try #require(result.text("facts")).split(whereSeparator: \.isWhitespace).map(String.init)
    try #require(facts.count == 10)
    #expect(ready.bootId == facts[0])
    #expect(ready.interface == "eth0")
    #expect("\(ready.interfaceIndex)" == facts[1])
    #expect(ready.interfaceMac == facts[2])
    #expect(ready.gateway == "10.0.2.2")
    #expect(ready.module == "vrouter")
    #expect(ready.moduleVersion == facts[3])
    #expect(ready.moduleSrcversion == facts[4])
    #expect(ready.configuration == "/etc/contrail/contrail-vrouter-agent.conf")
    #expect(ready.configurationDevice == facts[5])
    #expect(ready.configurationInode == facts[6])
    #expect("\(ready.configurationSize)" == facts[7])
    #expect("\(ready.configurationMtimeNs / 1_000_000_000)" == facts[8])
    #expect(facts[9] == "640")
    #expect(ready.writtenAt >= ready.configurationMtimeNs / 1_000_000_000)
    let status = try AgentRun.decode(StatusDocument.self, try #require(result.text("status.json")))
    #expect(status.ready)
    #expect(status.conditions.count == 7)
    #expect(status.conditions.allSatisfy { $0.status == "True" })
    let configuration = try #require(result.text("contrail-vrouter-agent.conf"))
    for line in [
      "[VIRTUAL-HOST-INTERFACE]", "physical_interface=eth0", "ip=10.0.2.15/24", "gateway=10.0.2.2",
    ] {
      #expect(configuration.contains(line), "\(configuration)")
    }
  }

  /// A run that finds nothing to do changes nothing, and only renews the readiness file.
  private func checkSecondRun(_ result: GuestResult) throws {
    let (before, again) = (try result.agentRun("before"), try result.agentRun("again"))
    #expect(again.exitCode == 0, "\(again.errors)")
    let report = try again.json(PreparationDocument.self)
    #expect(report.steps.map(\.name) == ["declare-ready"])
    #expect(report.module == nil)
    #expect(again.kernelLog == "")
    #expect(again.left.configuration == before.left.configuration)
    #expect(again.left.module == "live")
    #expect(again.left.ready != nil)
    #expect(again.left.ready != before.left.ready)
    #expect(again.left.probe == 0)
    let diagnosis = try result.agentRun("diagnose")
    #expect(diagnosis.exitCode == 0, "\(diagnosis.output)")
    #expect(diagnosis.left == again.left)
  }
}
