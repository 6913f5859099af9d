import Testing

/// `diagnose`: one broken host for each finding, and healthy ones that give none.
@Suite(.withGuests)
struct HostDiagnosisTests {
  private static let card = """
    fresh
    take eth0
    lab-net eth0 10.0.2.15/24 10.0.2.2

    """

  /// A node with one card, ready.
  private static let prepared = card + "\"$AGENT\" prepare >/dev/null\n"

  private static let build = "/opt/contrail/vrouter-kernel-modules/$(uname -r)/vrouter.ko"
  private static let configuration = "/etc/contrail/contrail-vrouter-agent.conf"

  /// A prepared node whose module is out of the kernel again, in the orderly way.
  private static let unloaded = prepared + "\"$AGENT\" module unload >/dev/null\n"

  /// The configuration names the card's MAC.
  private static let changedByMAC = HostDiagnosisCase.Expected(
    name: "config.changed", severity: "warning",
    evidence: ["[DEFAULT] physical_interface_mac has another value"], remedy: ["prepare"])

  static let cases: [HostDiagnosisCase] = [
    .init(
      "settings.invalid",
      with: ["VROUTER_GATEWAY": "10.0.2.300", "LOG_LOCAL": "maybe", "METADATA_PROXY_SECRET": "hush#hush"],
      [
        .error("settings.invalid", evidence: ["environment"], remedy: ["IP addresses of gateways"]),
        .error("settings.invalid", evidence: ["environment"], remedy: ["true"]),
        .error("settings.invalid", evidence: ["environment"], remedy: ["#"]),
      ], unsaid: ["hush"], prepared),
    .init(
      "interface.undecided",
      [
        .error(
          "interface.undecided", evidence: ["eth0: ", "eth1: ", "lo: it is the loopback"],
          remedy: ["PHYSICAL_INTERFACE"])
      ],
      // What was remembered would decide.
      prepared + """
        rm /var/lib/vrouter-node-agent/identity.json
        take eth1
        lab-net eth1 10.0.3.15/24
        ip route append default via 10.0.3.2 dev eth1
        """),
    .init(
      "interface.down", with: ["PHYSICAL_INTERFACE": "eth0"],
      [.error("interface.down", evidence: ["eth0: it is down"], remedy: ["ip link set dev eth0 up"])],
      prepared + "ip link set eth0 down"),
    .init(
      "gateway.missing: no default route",
      with: ["PHYSICAL_INTERFACE": "eth0", "CONTROLLER_NODES": "10.0.2.2"],
      [
        .warning(
          "gateway.missing", evidence: ["no default route", "VROUTER_GATEWAY is not set"],
          remedy: ["VROUTER_GATEWAY"])
      ],
      """
      fresh
      take eth0
      lab-net eth0 10.0.2.15/24
      PHYSICAL_INTERFACE=eth0 CONTROLLER_NODES=10.0.2.2 "$AGENT" prepare >/dev/null
      """),
    .init(
      "gateway.missing: a default route without one",
      [.error("gateway.missing", evidence: ["eth0: "], remedy: ["VROUTER_GATEWAY"])],
      prepared + "ip route replace default dev eth0"),
    .init(
      "module.build-missing",
      [
        .error(
          "module.build-missing",
          evidence: ["module tree /lib/modules/", "/opt/contrail/vrouter-kernel-modules: nothing there"],
          remedy: ["install the build"])
      ],
      unloaded + "mount -t tmpfs tmpfs /opt/contrail/vrouter-kernel-modules"),
    .init(
      "module.refused: an option that crashes the kernel",
      with: ["VROUTER_MODULE_OPTIONS": "vr_pkt_droplog_buf_en=0"],
      [
        .error(
          "module.refused", evidence: ["vr_pkt_droplog_buf_en=0 [crash]"], remedy: ["vr_pkt_droplog_buf_en"])
      ],
      unloaded),
    .init(
      "module.refused: a build for another kernel", with: ["VROUTER_MODULE_DIR": "/tmp/builds"],
      [
        .error(
          "module.refused", evidence: ["UMP", "/tmp/builds/"],
          remedy: ["install the build that was made for"])
      ],
      unloaded + """
        mkdir -p "/tmp/builds/$(uname -r)"
        cp /lab/modules/vrouter-other-flags.ko "/tmp/builds/$(uname -r)/vrouter.ko"
        mount -t tmpfs tmpfs /opt/contrail/vrouter-kernel-modules
        """),
    .init(
      "module.refused: a name that the module needs is taken",
      [.error("module.refused", evidence: ["pkt2"], remedy: ["pkt2"])],
      unloaded + "ip link add pkt2 type dummy"),
    .init(
      "module.stale: other options", with: ["VROUTER_MODULE_OPTIONS": "vr_vrfs=1024"],
      [
        .warning("module.stale", evidence: ["vr_vrfs", "1024", "4096"], remedy: ["reboot", "module unload"])
      ], prepared),
    .init(
      "module.stale: another build on disk", with: ["VROUTER_MODULE_DIR": "/tmp/newer"],
      [.warning("module.stale", evidence: ["FFFFFFFFFFFFFFFFFFFFFFF", "/tmp/newer/"], remedy: ["reboot"])],
      prepared + """
        mkdir -p "/tmp/newer/$(uname -r)"
        sed "s/srcversion=$(cat /sys/module/vrouter/srcversion)/srcversion=FFFFFFFFFFFFFFFFFFFFFFF/" \\
          \(build) >"/tmp/newer/$(uname -r)/vrouter.ko"
        """),
    .init(
      "config.missing: a node that nobody prepared yet",
      [.warning("config.missing", evidence: [], remedy: ["prepare"])], card),
    .init(
      "config.missing: removed after the preparation",
      [.warning("config.missing", evidence: [], remedy: ["prepare"]), .staleByConfiguration],
      prepared + "rm \(configuration)"),
    .init(
      "config.changed: the settings ask for something else",
      with: ["METADATA_PROXY_SECRET": "correct-horse", "LOG_LEVEL": "SYS_DEBUG"],
      [
        .warning(
          "config.changed",
          evidence: [
            "[METADATA] metadata_proxy_secret has another value", "[DEFAULT] log_level has another value",
          ],
          remedy: ["prepare", "restart the vRouter agent"])
      ], unsaid: ["correct-horse", "battery-staple"],
      card + "METADATA_PROXY_SECRET=battery-staple \"$AGENT\" prepare >/dev/null"),
    .init(
      "config.changed: by hand",
      [
        .warning(
          "config.changed",
          evidence: [
            "[DEFAULT] debug is not asked for", "[VIRTUAL-HOST-INTERFACE] gateway has another value",
          ],
          remedy: ["VROUTER_AGENT__SECTION__key"]), .staleByConfiguration,
      ], unsaid: ["10.0.2.77"],
      prepared + "sed -i 's/^gateway=.*/gateway=10.0.2.77/; s/^\\[DEFAULT\\]/&\\ndebug=1/' \(configuration)"),
    .init(
      "readiness.stale: of another boot",
      [
        .error(
          "readiness.stale", evidence: ["boot: ", "11111111-2222-3333-4444-555555555555"], remedy: ["prepare"]
        )
      ],
      prepared
        + "sed -i \"s/$(cat /proc/sys/kernel/random/boot_id)/11111111-2222-3333-4444-555555555555/\" /run/vrouter-node-agent/ready"
    ),
    .init(
      "readiness.stale: the module is gone",
      [.error("readiness.stale", evidence: ["module: module vrouter is not loaded"], remedy: ["prepare"])],
      prepared + "rmmod vrouter"),
    .init(
      "readiness.stale: the card has another MAC",
      [
        .error("readiness.stale", evidence: ["interface: ", "52:54:00:ff:00:07"], remedy: ["prepare"]),
        Self.changedByMAC,
      ], prepared + "ip link set eth0 address 52:54:00:ff:00:07"),
    // The last one: the kernel loads no more modules after it.
    .init(
      "module.refused: the kernel loads no more modules",
      [.error("module.refused", evidence: ["modules_disabled"], remedy: ["sysctl"])],
      unloaded + "echo 1 >/proc/sys/kernel/modules_disabled"),
  ]

  private static let run = HostGuestRun(
    cases.map(\.host), in: Guest(nics: [.peer, .peer], module: .folder, timeout: .seconds(700)))

  @Test(arguments: cases) func finds(on host: HostDiagnosisCase) async throws {
    try host.check(try await Self.run.answers(host.host))
  }

  /// What the kernel is told when it boots.
  static let locked: [HostDiagnosisCase] = [
    .init(
      "module.refused: by the kernel's arguments",
      [
        .error("module.refused", evidence: ["module_blacklist"], remedy: ["module_blacklist=", "reboot"]),
        .error(
          "module.refused", evidence: ["[signature]", "module.sig_enforce"], remedy: ["sign the module"]),
        .warning("config.missing", evidence: [], remedy: ["prepare"]),
      ], card)
  ]

  private static let lockedRun = HostGuestRun(
    locked.map(\.host),
    in: Guest(
      nics: [.peer], kernelArguments: ["module.sig_enforce=1", "module_blacklist=vrouter"],
      timeout: .seconds(300)))

  @Test(arguments: locked) func findsInALockedKernel(on host: HostDiagnosisCase) async throws {
    try host.check(try await Self.lockedRun.answers(host.host))
  }
}
