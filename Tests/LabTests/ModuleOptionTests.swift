import Testing

/// Options of the module that are wrong or dangerous are refused before the kernel is asked; good ones are in effect
/// afterwards.
@Suite(.withGuests)
struct ModuleOptionTests {
  /// Each set in VROUTER_MODULE_OPTIONS, with what the message says of it.
  private static let refused: [(options: String, says: [String])] = [
    ("vr_unheard_of=1", ["no such parameter", "remove the option"]),
    ("vr_nexthop=65536", ["did you mean vr_nexthops?"]),
    ("vr_nexthops=abc", ["not a whole number", "give a whole number from 0 to 4294967295"]),
    ("vr_nexthops=99999999999", ["out of range", "give a whole number from 0 to 4294967295"]),
    ("vr_nexthops=010", ["as octal"]),
    ("vr_force_ipv6_underlay_enabled=perhaps", ["neither yes nor no", "give Y or N"]),
    // With these the real module crashes the kernel.
    ("vr_pkt_droplog_buf_en=0", ["[crash]", "vr_pkt_droplog_sysctl_en=0 switches the log off safely"]),
    ("vr_pkt_droplog_bufsz=30000", ["[crash]", "give at most 24966"]),
    ("vr_pkt_droplog_bufsz=0", ["[crash]", "leave vr_pkt_droplog_bufsz out"]),
    // With these it can't be loaded, whatever is free.
    ("vr_nexthops=0", ["[load-fails]", "give at least 1"]),
    ("vr_nexthops=536870912", ["[load-fails]", "in 32 bits"]),
    ("vr_mpls_labels=0", ["[load-fails]", "give at least 1"]),
    ("vr_interfaces=0", ["[load-fails]", "give at least 1"]),
    ("vr_interfaces=600000", ["[load-fails]", "give at most 524288"]),
    ("vr_vrfs=600000", ["[load-fails]", "give at most 65536"]),
    ("vr_perfq1=99", ["[load-fails]", "leave the option out"]),
    // With these it loads, and the vRouter agent can't start.
    ("vr_vrfs=65537", ["[agent-start-fails]", "at most 65536"]),
    ("vr_flow_entries=16777216", ["[agent-start-fails]", "in 32 bits"]),
    ("vr_interfaces=3", ["[interfaces-fail]", "set vr_interfaces to at least"]),
    // All that is wrong is told at once.
    ("vr_nexthops=0 vr_unheard_of=1 vr_perfq2=99", ["vr_nexthops=0", "vr_unheard_of", "vr_perfq2=99"]),
  ]

  private static let faults =
    refused.map { refused in
      ModuleFault(
        name: refused.options, environment: "'VROUTER_MODULE_OPTIONS=\(refused.options)'",
        says: ["nothing was tried", refused.options.split(separator: " ").first.map(String.init) ?? ""]
          + refused.says)
    } + [
      ModuleFault(
        name: "no value", environment: "VROUTER_MODULE_OPTIONS=vr_nexthops", exitCode: 10,
        says: ["VROUTER_MODULE_OPTIONS", "vr_nexthops"]),
      ModuleFault(
        name: "options of modprobe.d count as well",
        given: "echo 'options vrouter vr_pkt_droplog_buf_en=0' >/etc/modprobe.d/vrouter.conf",
        after: "rm /etc/modprobe.d/vrouter.conf", says: ["vr_pkt_droplog_buf_en=0 [crash]"],
        findings: ["module.refused"]),
      ModuleFault(
        name: "a name that the module needs is taken", given: "ip link add pkt1 type dummy",
        after: "ip link delete pkt1", says: ["pkt1 is taken", "rename or delete pkt1"],
        findings: ["module.refused"]),
    ]

  @Test func whatCantBeIsRefusedBeforeALoad() async throws {
    let result = try await ModuleScript.run(ModuleFault.script(Self.faults))
    try ModuleFault.check(Self.faults, result)
    // Not one attempt until the healthy load, of which the real module would have crashed none.
    #expect(result.kernelLog.split(separator: "\n").filter { $0.contains("vrouter version: ") }.count == 1)
    #expect(!result.kernelLog.contains("the real module would crash"))
    #expect(!result.kernelLog.contains("page allocation failure"))
  }

  @Test func theOptionsAreInEffectAfterwards() async throws {
    let result = try await ModuleScript.run(
      """
      place vrouter
      echo 'options vrouter vr_vrfs=1024 vr_mpls_labels=8192' >/etc/modprobe.d/vrouter.conf
      record load env 'VROUTER_MODULE_OPTIONS=vr_mpls_labels=16384 vr_nexthops=0x10000' vrouter-node-agent prepare
      cd /sys/module/vrouter/parameters
      cat vr_vrfs vr_mpls_labels vr_nexthops standin_danger_count
      """)
    let load = try result.agentRun("load")
    #expect(load.exitCode == 0, "\(load.errors)")
    #expect(load.left.probe == 0)
    #expect(result.output == "1024\n16384\n65536\n0\n")
  }
}
