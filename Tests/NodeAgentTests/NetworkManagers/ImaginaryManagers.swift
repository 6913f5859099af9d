import Netlink

@testable import NodeAgent

/// Facts of imaginary hosts: eth0 with index 3.
enum ImaginaryManagers {
  static func facts(
    _ files: [String: String] = [:], processes: [HostProcess]? = [], bus: [String: Bool]? = nil
  ) -> ManagerFacts {
    ManagerFacts(nic: "eth0", index: 3, files: files, processes: processes, busNames: bus)
  }

  static func observation(
    _ files: [String: String] = [:], processes: [HostProcess]? = [], bus: [String: Bool]? = nil,
    lifetime: UInt32? = nil
  ) -> ManagerObservation {
    ManagerObservation(facts(files, processes: processes, bus: bus), addresses: addresses(lifetime))
  }

  static func addresses(_ lifetime: UInt32?) -> [Address] {
    [IPPrefix("10.0.2.55/24")].compactMap(\.self).map { prefix in
      var address = Address(linkIndex: 3, prefix: prefix)
      address.validLifetime = lifetime
      return address
    }
  }

  /// As NetworkManager 1.42 left them with DHCP on eth0.
  static let networkManager = [
    "/run/NetworkManager": "",
    "/run/NetworkManager/devices/3": """
    [device]
    managed=true
    perm-hw-addr-fake=52:54:00:0A:00:02
    connection-uuid=6931e095-342e-3064-8aa6-7e4040e96b70
    nm-owned=false
    route-metric-default-effective=100

    [dhcp4]
    dhcp4.dhcp_lease_time=120
    dhcp4.ip_address=10.0.2.55
    """,
  ]

  /// As systemd-networkd 252 left them with DHCP on eth0.
  static let networkd = [
    "/run/systemd/netif": "",
    "/run/systemd/netif/links/3": """
    # This is private data. Do not parse.
    ADMIN_STATE=configured
    OPER_STATE=routable
    NETWORK_FILE=/etc/systemd/network/20-eth0.network
    DHCP_LEASE=/run/systemd/netif/leases/3
    """,
    "/run/systemd/netif/leases/3": """
    # This is private data. Do not parse.
    ADDRESS=10.0.2.55
    LIFETIME=120
    CLIENTID=ffa6b8a7bd00020000ab11383f3497cdd71e3f
    """,
    "/etc/systemd/network/20-eth0.network":
      "[Match]\nName=eth0\n[Network]\nDHCP=ipv4\n[DHCPv4]\nRouteMetric=100\nClientIdentifier=mac\n",
  ]

  static let busOfNetworkd = [NetworkManagerCalls.name: false, NetworkdCalls.name: true]
  static let busOfNetworkManager = [NetworkManagerCalls.name: true, NetworkdCalls.name: false]

  static let dhclient = HostProcess(
    id: 412, name: "dhclient",
    arguments: ["dhclient", "-4", "-v", "-i", "-pf", "/run/dhclient.eth0.pid", "eth0", ""])
}
