import Testing

@testable import NodeAgent

/// What traces say of who manages an interface.
@Suite struct ManagerRecognitionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var files: [String: String] = [:]
    var processes: [HostProcess]? = []
    var bus: [String: Bool]?
    /// Kind, whether it runs, manages, uses DHCP.
    let expected: [(ManagerKind, Bool?, Bool?, Bool?)]
  }

  static let cases = [
    Case(testDescription: "nothing", expected: []),
    Case(
      testDescription: "NetworkManager with DHCP", files: ImaginaryManagers.networkManager,
      bus: ImaginaryManagers.busOfNetworkManager, expected: [(.networkManager, true, true, true)]),
    Case(
      testDescription: "NetworkManager that ended", files: ImaginaryManagers.networkManager,
      bus: ImaginaryManagers.busOfNetworkd.mapValues { _ in false },
      expected: [(.networkManager, false, true, true)]),
    Case(
      testDescription: "NetworkManager, no bus, process seen", files: ImaginaryManagers.networkManager,
      processes: [HostProcess(id: 7, name: "NetworkManager", arguments: [])],
      expected: [(.networkManager, true, true, true)]),
    Case(
      testDescription: "NetworkManager, no bus, processes unseen", files: ImaginaryManagers.networkManager,
      processes: nil, expected: [(.networkManager, nil, true, true)]),
    Case(
      testDescription: "NetworkManager that let go",
      files: ["/run/NetworkManager": "", "/run/NetworkManager/devices/3": "[device]\nmanaged=false\n"],
      bus: ImaginaryManagers.busOfNetworkManager, expected: [(.networkManager, true, false, nil)]),
    Case(
      testDescription: "NetworkManager without a state of the interface", files: ["/run/NetworkManager": ""],
      bus: ImaginaryManagers.busOfNetworkManager, expected: [(.networkManager, true, nil, nil)]),
    Case(
      testDescription: "networkd with DHCP", files: ImaginaryManagers.networkd,
      bus: ImaginaryManagers.busOfNetworkd, expected: [(.networkd, true, true, true)]),
    Case(
      testDescription: "networkd elsewhere",
      files: ["/run/systemd/netif": "", "/run/systemd/netif/links/3": "ADMIN_STATE=unmanaged\n"],
      bus: ImaginaryManagers.busOfNetworkd, expected: [(.networkd, true, false, nil)]),
    Case(
      testDescription: "ifupdown with dhclient",
      files: [
        "/etc/network/interfaces": "auto eth0\niface eth0 inet dhcp\n",
        "/run/network/ifstate": "lo=lo\neth0=eth0\n",
      ], processes: [ImaginaryManagers.dhclient],
      expected: [(.ifupdown, true, true, true), (.dhcpClient, true, true, true)]),
    Case(
      testDescription: "ifupdown for another interface",
      files: [
        "/etc/network/interfaces": "# iface eth0 inet dhcp\niface eth1 inet dhcp\n",
        "/run/network/ifstate": "lo=lo\n",
      ], expected: [(.ifupdown, false, false, nil)]),
    Case(
      testDescription: "ifupdown, a line continued, an included file",
      files: ["/etc/network/interfaces.d/eth0": "iface eth0 \\\n  inet static\n"],
      expected: [(.ifupdown, false, true, false)]),
    Case(
      testDescription: "network-scripts",
      files: [
        "/etc/sysconfig/network-scripts/ifcfg-lan": "DEVICE=\"eth0\"\nBOOTPROTO=dhcp\n",
        "/etc/sysconfig/network-scripts/ifcfg-eth1": "DEVICE=eth1\n", "/var/lock/subsys/network": "",
      ], expected: [(.networkScripts, true, true, true)]),
    Case(
      testDescription: "ifcfg files that NetworkManager reads",
      files: ImaginaryManagers.networkManager.merging(
        ["/etc/sysconfig/network-scripts/ifcfg-eth0": "BOOTPROTO=none\n"]
      ) { $1 }, bus: ImaginaryManagers.busOfNetworkManager,
      expected: [(.networkManager, true, true, true), (.networkScripts, false, false, false)]),
    Case(
      testDescription: "NetworkManager's own dhclient",
      files: ImaginaryManagers.networkManager,
      processes: [
        HostProcess(
          id: 9, name: "dhclient",
          arguments: ["dhclient", "-d", "-sf", "/usr/libexec/nm-dhcp-helper", "eth0"])
      ], bus: ImaginaryManagers.busOfNetworkManager, expected: [(.networkManager, true, true, true)]),
    Case(
      testDescription: "a client for another interface, and one for any",
      processes: [
        HostProcess(id: 9, name: "dhclient", arguments: ["dhclient", "-v", "eth1"]),
        HostProcess(id: 10, name: "dhcpcd", arguments: ["dhcpcd", "-b"]),
      ], expected: [(.dhcpClient, true, nil, nil)]),
    Case(
      testDescription: "a client known by its file alone", files: ["/run/dhclient.eth0.pid": "412\n"],
      processes: nil, expected: [(.dhcpClient, nil, true, true)]),
    Case(
      testDescription: "netplan for networkd",
      files: [
        "/etc/netplan/50-cloud-init.yaml": "network:\n", "/run/cloud-init": "",
        "/run/systemd/network/10-netplan-eth0.network": "[Match]\nName=eth0\n\n[Network]\nDHCP=ipv4\n",
      ], expected: [(.netplan, true, true, true), (.cloudInit, true, nil, nil)]),
    Case(
      testDescription: "netplan that was never applied", files: ["/etc/netplan/a.yaml": "network:\n"],
      expected: [(.netplan, false, nil, nil)]),
    Case(
      testDescription: "netplan for another interface",
      files: [
        "/run/netplan/a.yaml": "",
        "/run/NetworkManager/system-connections/netplan-eth1.nmconnection":
          "[connection]\ninterface-name=eth1\n[ipv4]\nmethod=auto\n",
      ], expected: [(.netplan, true, false, nil)]),
  ]

  @Test(arguments: cases) func isTold(_ testCase: Case) {
    let managers = ManagerRecognition.managers(
      ImaginaryManagers.facts(testCase.files, processes: testCase.processes, bus: testCase.bus))
    #expect(managers.map(\.kind) == testCase.expected.map(\.0))
    for (manager, expected) in zip(managers, testCase.expected) {
      #expect(manager.isRunning == expected.1, "\(manager)")
      #expect(manager.manages == expected.2, "\(manager)")
      #expect(manager.usesDHCP == expected.3, "\(manager)")
      // Whatever is said of the interface has a reason.
      #expect(manager.manages != true || !manager.evidence.isEmpty, "\(manager)")
    }
  }
}
