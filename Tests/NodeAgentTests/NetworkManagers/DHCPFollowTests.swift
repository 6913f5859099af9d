import Netlink
import Testing

@testable import NodeAgent

/// Who renews the lease on vhost0 where a dhclient had it: what is planned, where it is refused, and what is said of it later.
@Suite struct DHCPFollowTests {
  static let debian = [
    "/sbin/dhclient", "-4", "-v", "-i", "-pf", "/run/dhclient.eth0.pid", "-lf",
    "/var/lib/dhcp/dhclient.eth0.leases", "-I", "-df", "/var/lib/dhcp/dhclient6.eth0.leases", "eth0", "",
  ]

  struct Host: Sendable {
    var processes: [[String]]? = [DHCPFollowTests.debian]
    var executable: String? = "/usr/sbin/dhclient"
    var canSignal = true
    var bus: [String: Bool]? = [SystemdCalls.name: true]
    var trusted: Set = ["/usr/sbin/dhclient", "/bin/true"]
    var lease: String? = "lease { interface \"eth0\"; fixed-address 10.0.2.55; }"
    var leasePath = "/var/lib/dhcp/dhclient.eth0.leases"
    var files: [String: String] = ["/etc/dhcp/dhclient.conf": "send host-name = gethostname();"]

    func plan(_ dhcp: DHCPPolicy = .follow) -> ManagerPlan {
      var files = files
      files[leasePath] = lease
      let processes = processes?.enumerated().map { number, words in
        HostProcess(
          id: 400 + number, name: words[0].split(separator: "/").last.map(String.init) ?? "",
          arguments: words,
          executable: executable)
      }
      var facts = ImaginaryManagers.facts(files, processes: processes, bus: bus)
      (facts.canSignal, facts.trusted) = (canSignal, trusted)
      return ManagerPlan(
        ManagerObservation(facts, addresses: ImaginaryManagers.addresses(118)), dhcp: dhcp, nic: "eth0",
        vhost: "vhost0")
    }
  }

  @Test func theInterfacesStandsStillAndAnotherGoesOn() throws {
    let plan = Host().plan()
    #expect(plan.refusal == nil)
    #expect(plan.halts.count == 1 && plan.beforeVhost.isEmpty && plan.atCommit.isEmpty)
    let follow = try #require(plan.follow)
    #expect(follow.interface == "eth0" && follow.leaseFile == "/var/lib/dhcp/dhclient.eth0.leases")
    #expect(
      follow.unit.contains(
        "ExecStart=/usr/sbin/dhclient -d -4 -i -I -df /var/lib/dhcp/dhclient6.eth0.leases --no-pid -sf /bin/true -lf /run/dhclient-vrouter-node-agent.leases vhost0\n"
      ), "\(follow.unit)")
    #expect(follow.unit.contains("KillSignal=SIGKILL\n"))
    // Nothing is said of a lease that ends, as it doesn't.
    #expect(plan.warnings.count == 1 && plan.warnings[0].contains("is made to stand still"))
    #expect(Host().plan(.fixed).follow == nil)
  }

  @Test(arguments: [
    (["dhclient", "-C", "a b", "-H", "50%", "eth0"], "-d -4 -C \"a b\" -H 50%% --no-pid"),
    (
      ["dhclient", "-nw", "-sf", "/etc/own", "-e", "IF_METRIC=100", "-timeout", "5", "eth0"], "-d -4 --no-pid"
    ),
    (["dhclient", "-cf", "/etc/dhcp/other.conf", "eth0"], "-d -4 -cf /etc/dhcp/other.conf --no-pid"),
  ]) func whoAsksIsCarriedOver(_ words: [String], _ expected: String) {
    var host = Host(processes: [words], leasePath: "/var/lib/dhcp/dhclient.leases")
    host.files["/etc/dhcp/other.conf"] = ""
    let unit = host.plan().follow?.unit
    #expect(unit?.contains(" \(expected) -sf /bin/true ") == true, "\(unit ?? host.plan().refusal ?? "")")
  }

  static let refusals: [(Host, String)] = [
    (Host(processes: [["dhclient", "eth0", "eth1"]]), "for eth0 alone"),
    (Host(processes: [["dhclient", "eth0"], ["dhclient", "eth0"]]), "there are 2"),
    (Host(processes: [["dhclient", "-6", "eth0"]]), "there are none"),
    (Host(processes: [["dhcpcd", "eth0"]]), "comes by dhcpcd"),
    (Host(processes: [["udhcpc", "-i", "eth0"]]), "comes by udhcpc"),
    (Host(processes: [DHCPFollowTests.debian, ["dhcpcd", "eth0"]]), "comes by dhcpcd"),
    (Host(processes: nil, files: ["/run/dhclient.eth0.pid": "400"]), "hostPID"),
    (Host(canSignal: false), "hostPID"),
    (Host(bus: nil), "systemd"), (Host(bus: [SystemdCalls.name: false]), "systemd"),
    (Host(executable: "/opt/dhclient"), "process 400 runs /opt/dhclient"),
    (Host(executable: nil), "can't be seen"),
    (Host(trusted: ["/bin/true"]), "/usr/sbin/dhclient isn't there"),
    (Host(trusted: ["/usr/sbin/dhclient"]), "/bin/true isn't there"),
    (Host(lease: nil), "/var/lib/dhcp/dhclient.eth0.leases"), (Host(lease: "lease {"), "has none of eth0"),
    (Host(lease: "lease { interface \"eth0\"; fixed-address 10.0.2.9; }"), "10.0.2.9"),
    (Host(processes: [["dhclient", "-p", "1068", "eth0"]]), "-p"),
    (Host(processes: [["dhclient", "-lf", "leases", "eth0"]]), "no absolute path"),
    (Host(processes: [["dhclient", "-H", "a\nExecStop=b", "eth0"]]), "plain text"),
    (Host(processes: [["dhclient", "-cf", "/etc/other.conf", "eth0"]]), "/etc/other.conf"),
    (
      Host(files: ["/etc/dhcp/dhclient.conf": "interface \"eth0\" { send host-name \"a\"; }"]),
      "repeat them there for \"vhost0\""
    ),
    (Host(files: ["/etc/dhcp/dhclient.conf": "include \"/etc/dhcp/more\";"]), "includes other files"),
  ]

  @Test(arguments: refusals) func isRefusedWithTheReason(_ host: Host, _ words: String) {
    let plan = host.plan()
    #expect(plan.follow == nil)
    #expect(plan.refusal?.contains("VROUTER_DHCP=follow needs") == true)
    #expect(plan.refusal?.contains(words) == true, "\(plan.refusal ?? "nothing")")
    #expect(host.plan(.fixed).refusal == nil)
  }

  @Test func optionsForBothInterfacesHold() {
    let text =
      "# interface \"eth0\"\ninterface \"eth0\" { } \n interface \"vhost0\" { send host-name \"a\"; }"
    #expect(Host(files: ["/etc/dhcp/dhclient.conf": text]).plan().follow != nil)
    #expect(Host(files: ["/etc/dhcp/dhclient.conf": "interface \"eth1\" { }"]).plan().follow != nil)
    #expect(Host(files: [:]).plan().follow != nil)
  }

  /// A takeover that makes good a part isn't in the way of what is followed already.
  @Test func whatIsFollowedAlreadyStays() {
    let host = Host(processes: [["dhclient", "eth0"]], lease: nil, files: [DHCPFollow.unitPath: "unit"])
    #expect(host.plan().refusal == nil)
    #expect(host.plan().follow?.unit == "unit")
  }

  /// Each of several interfaces keeps its address, and who renews it: only vhost0 is spoken for.
  @Test func ofSeveralInterfacesEachKeepsItsManager() throws {
    func forecast(_ names: [String], _ managers: [ManagerPlan]) throws -> TakeoverForecast {
      var host = ImaginaryHost.plain()
      host.link("eth1", mac: "52:54:00:00:00:02")
      host.address("eth1", "10.1.0.5/24")
      let settings = try Settings.read(environment: ["PHYSICAL_INTERFACE": names.joined(separator: ",")])
      let decision = try Detector(snapshot: host.snapshot, settings: DetectionSettings(settings.host))
        .decide()
      var state = TakeoverState(
        cards: host.snapshot.links.filter { names.contains($0.name) }.map(TakeoverDevice.init),
        highestIndex: 9)
      state.addresses = host.snapshot.addresses
      return try TakeoverForecast(
        decision, settings: settings.host, state: state, managers: managers, links: host.snapshot.links)
    }
    let networkd = ManagerPlan(
      ImaginaryManagers.observation(ImaginaryManagers.networkd, bus: ImaginaryManagers.busOfNetworkd),
      dhcp: .fixed, nic: "eth0", vhost: "vhost0")
    let following = ManagerPlan(
      ImaginaryManagers.observation(
        ImaginaryManagers.networkd, bus: ImaginaryManagers.busOfNetworkd),
      dhcp: .follow, nic: "eth1", vhost: "vhost0")
    let one = try forecast(["eth0"], [Host().plan()])
    #expect(one.managers.follow == Host().plan().follow && !one.managers.halts.isEmpty)

    let two = try forecast(["eth0", "eth1"], [networkd, following])
    #expect(two.managers.beforeVhost == networkd.beforeVhost)
    #expect(two.managers.atCommit.isEmpty && two.managers.halts.isEmpty && two.managers.follow == nil)
    let warned = two.warnings.filter { $0.contains("by DHCP") }
    #expect(warned == [ManagerWords.unheardServer("eth0"), ManagerWords.unheardServer("eth1")])
  }

  @Test func anEarlierTakeoversIsKept() {
    var steps = ManagerSteps()
    steps.follow = DHCPFollow(interface: "eth0", vhost: "vhost0", leaseFile: "/a", unit: "b")
    #expect(ManagerSteps().joined(to: steps).follow == steps.follow)
    #expect(steps.joined(to: ManagerSteps()).follow == steps.follow)
  }

  @Test(
    arguments: [
      (true, "10.0.2.55", 1000, []), (nil, "10.0.2.55", 1000, []), (true, "10.0.2.55", nil, []),
      (true, nil, nil, []), (false, "10.0.2.55", 1000, [.ended]),
      (true, "10.0.2.55", 884, [.expired("10.0.2.55", ago: 16)]), (true, "10.0.2.55", 885, []),
      (true, "10.0.2.70", 1000, [.moved(to: "10.0.2.70")]), (true, "10.0.2.70", 0, [.moved(to: "10.0.2.70")]),
      (false, "10.0.2.55", 0, [.ended, .expired("10.0.2.55", ago: 900)]),
    ] as [(Bool?, String?, Int64?, [DHCPFollowState.Problem])]) func whatIsWrongIsTold(
      _ isRunning: Bool?, _ address: String?, _ expires: Int64?, _ problems: [DHCPFollowState.Problem]
    )
  {
    let state = DHCPFollowState(isRunning: isRunning, address: address, expires: expires)
    #expect(state.problems(addresses: ["10.0.2.55"], now: 900) == problems)
  }
}
