import Netlink
import Testing

@testable import NodeAgent

/// What managers will be told, and what is said of those that can't be.
@Suite struct ManagerPlanTests {
  private func plan(_ observation: ManagerObservation, _ dhcp: DHCPPolicy = .fixed) -> ManagerPlan {
    ManagerPlan(observation, dhcp: dhcp, nic: "eth0", vhost: "vhost0")
  }

  @Test func withoutManagersNothingIsSaid() {
    let plan = plan(ImaginaryManagers.observation())
    #expect(plan == self.plan(ImaginaryManagers.observation(), .follow))
    #expect(plan.beforeVhost.isEmpty && plan.atCommit.isEmpty && plan.warnings.isEmpty && plan.refusal == nil)
  }

  @Test func networkManagerLetsGoOfTheInterfaceLast() {
    let plan = plan(
      ImaginaryManagers.observation(
        ImaginaryManagers.networkManager, bus: ImaginaryManagers.busOfNetworkManager))
    #expect(plan.beforeVhost.map(\.interface) == ["vhost0"])
    #expect(plan.beforeVhost.map(\.telling) == [.reload])
    #expect(plan.atCommit.map(\.interface) == ["eth0"])
    #expect(plan.atCommit.map(\.telling) == [.letGo])
    #expect(plan.warnings.isEmpty)
    let content = plan.atCommit.first?.content ?? ""
    #expect(
      content.contains("[device-vrouter-node-agent-eth0]\nmatch-device=interface-name:eth0\nmanaged=0\n"))
    // It would take the interface down, and an operator's own list in /etc would replace it.
    #expect(!content.contains("unmanaged-devices"))
  }

  @Test func everyFileIsBelowRun() {
    let everything = ImaginaryManagers.observation(
      ImaginaryManagers.networkManager.merging(ImaginaryManagers.networkd) { $1 },
      bus: ImaginaryManagers.busOfNetworkManager.mapValues { _ in true })
    let plan = plan(everything, .follow)
    let steps = plan.beforeVhost + plan.atCommit
    #expect(steps.count == 5)
    #expect(steps.allSatisfy { $0.path.hasPrefix("/run/") && $0.mustAnswer })
    #expect(plan.beforeVhost.allSatisfy { $0.interface == "vhost0" })
  }

  /// One that doesn't run finds the file at its next start; one of which that isn't known is told where it can be.
  @Test(arguments: [
    ([NetworkManagerCalls.name: false] as [String: Bool]?, ManagerStep.Telling.nothing, false),
    ([NetworkManagerCalls.name: true], .reload, true), (nil, .reload, false),
  ]) func isToldWhereItRuns(_ bus: [String: Bool]?, _ telling: ManagerStep.Telling, _ mustAnswer: Bool) {
    let step = plan(
      ImaginaryManagers.observation(ImaginaryManagers.networkManager, processes: nil, bus: bus)
    ).beforeVhost.first
    #expect(step?.telling == telling)
    #expect(step?.mustAnswer == mustAnswer)
  }

  /// Only one that can be sent a signal, and works for nothing but the interface.
  @Test(arguments: [
    (["dhclient", "eth0"], true, true),
    (
      [
        "dhclient", "-4", "-v", "-i", "-pf", "/run/dhclient.eth0.pid", "-lf",
        "/var/lib/dhcp/dhclient.eth0.leases",
        "-I", "-df", "/var/lib/dhcp/dhclient6.eth0.leases", "eth0", "",
      ], true, true
    ),
    (["dhclient", "eth0"], false, false), (["dhclient", "eth0", "eth1"], true, false),
    (["dhclient", "eth1"], true, false), (["dhclient"], true, false),
    (["dhclient", "-sf", "/usr/libexec/nm-dhcp-helper", "eth0"], true, false),
    (["udhcpc", "-b", "-i", "eth0", ""], true, true), (["udhcpc", "-i", "eth1"], true, false),
    (["dhcpcd", "eth0"], true, false),
  ]) func aDHCPClientOfItsOwnStandsStill(_ arguments: [String], _ canSignal: Bool, _ stands: Bool) {
    var facts = ImaginaryManagers.facts(
      processes: [HostProcess(id: 412, name: arguments[0], arguments: arguments)])
    facts.canSignal = canSignal
    let plan = plan(ManagerObservation(facts, addresses: []))
    let command = arguments.filter { !$0.isEmpty }.joined(separator: " ")
    let halt = DHCPClientHalt(client: arguments[0], interface: "eth0", command: command)
    #expect(plan.halts == (stands ? [halt] : []))
    #expect(plan.beforeVhost.isEmpty && plan.atCommit.isEmpty)
    for warning in plan.warnings {
      #expect(warning.contains("is made to stand still") == stands, "\(warning)")
    }
  }

  @Test func aManagerThatLetsTheInterfaceAloneIsntToldOfIt() {
    let files = ["/run/systemd/netif": "", "/run/systemd/netif/links/3": "ADMIN_STATE=unmanaged\n"]
    let plan = plan(ImaginaryManagers.observation(files, bus: ImaginaryManagers.busOfNetworkd))
    #expect(plan.beforeVhost.map(\.interface) == ["vhost0"])
    #expect(plan.atCommit.isEmpty)
  }

  @Test func networkdFollowsUnderTheSameIdentifier() {
    let plan = plan(
      ImaginaryManagers.observation(
        ImaginaryManagers.networkd, bus: ImaginaryManagers.busOfNetworkd, lifetime: 118), .follow)
    #expect(plan.refusal == nil)
    #expect(plan.warnings.isEmpty)
    #expect(plan.beforeVhost.map(\.content) == [DropIn.networkd(leaving: "vhost0")])
    #expect(plan.atCommit.map(\.interface) == ["eth0", "vhost0"])
    #expect(
      plan.atCommit.last?.content.hasSuffix(
        """
        [DHCPv4]
        RouteMetric=100
        ClientIdentifier=duid
        IAID=2797119421
        DUIDType=2
        DUIDRawData=00:00:ab:11:38:3f:34:97:cd:d7:1e:3f
        SendRelease=no

        """) == true)
  }

  struct Refusal: Sendable {
    let observation: ManagerObservation
    let words: String
  }

  static let refusals = [
    Refusal(
      observation: ImaginaryManagers.observation(
        ImaginaryManagers.networkManager, bus: ImaginaryManagers.busOfNetworkManager), words: "NetworkManager"
    ),
    Refusal(
      observation: ImaginaryManagers.observation(processes: [ImaginaryManagers.dhclient], lifetime: 118),
      words: "dhclient"),
    Refusal(observation: ImaginaryManagers.observation(lifetime: 118), words: "not known"),
    Refusal(
      observation: ImaginaryManagers.observation(
        ImaginaryManagers.networkd.filter { !$0.key.contains("leases") }, bus: ImaginaryManagers.busOfNetworkd
      ),
      words: "identifier"),
  ]

  @Test(arguments: refusals) func followIsRefusedByName(_ refusal: Refusal) {
    let plan = plan(refusal.observation, .follow)
    #expect(plan.refusal?.contains("VROUTER_DHCP=follow") == true)
    #expect(plan.refusal?.contains(refusal.words) == true, "\(plan.refusal ?? "nothing")")
    #expect(self.plan(refusal.observation).refusal == nil)
  }

  struct Warning: Sendable {
    let observation: ManagerObservation
    let words: [[String]]
  }

  static let warnings = [
    Warning(
      observation: ImaginaryManagers.observation(
        ["/run/network/ifstate": "eth0=eth0\n"], processes: [ImaginaryManagers.dhclient], lifetime: 118),
      words: [
        ["ifupdown", "networking.service"], ["dhclient", "process 412", "in 118 s"],
        ["10.0.2.55/24", "118 s", "VROUTER_DHCP=static"],
      ]),
    Warning(
      observation: ImaginaryManagers.observation(
        ["/etc/sysconfig/network-scripts/ifcfg-eth0": "DEVICE=eth0\n", "/var/lock/subsys/network": ""]),
      words: [["network scripts", "ifdown eth0"]]),
    Warning(
      observation: ImaginaryManagers.observation(ImaginaryManagers.networkManager, processes: nil),
      words: [["NetworkManager", "D-Bus", "/run/dbus"]]),
    Warning(
      observation: ImaginaryManagers.observation(
        ImaginaryManagers.networkd, processes: nil, lifetime: 86_400),
      words: [["systemd-networkd", "D-Bus"], ["leased for another 24 h"]]),
  ]

  @Test(arguments: warnings) func whatCantBeToldIsSaid(_ warning: Warning) {
    let found = plan(warning.observation).warnings
    #expect(found.count == warning.words.count, "\(found)")
    for (text, words) in zip(found, warning.words) {
      for word in words { #expect(text.contains(word), "\(text)") }
    }
  }

  @Test(arguments: ["eth*", "a b", "eth0;eth1", "!eth0", "=eth0"]) func aNameThatMeansMoreIsntWritten(
    _ name: String
  ) {
    let observation = ImaginaryManagers.observation(
      ImaginaryManagers.networkManager, bus: ImaginaryManagers.busOfNetworkManager)
    let plan = ManagerPlan(observation, dhcp: .fixed, nic: name, vhost: "vhost0")
    #expect(plan.beforeVhost.isEmpty && plan.atCommit.isEmpty)
    #expect(plan.warnings.count == 1)
  }
}
