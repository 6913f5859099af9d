/// Where managers keep what is looked at and written here.
enum ManagerPaths {
  static let networkManager = "/run/NetworkManager"
  static let networkManagerPID = "/run/NetworkManager/NetworkManager.pid"
  static let networkManagerDropIns = "/run/NetworkManager/conf.d"
  static let networkManagerProfiles = "/run/NetworkManager/system-connections"
  static let networkManagerOwnProfiles = "/etc/NetworkManager/system-connections"
  /// State of an interface, as NetworkManager keeps it for its own next start (nm-config.c).
  static func networkManagerDevice(_ index: Int) -> String { "/run/NetworkManager/devices/\(index)" }

  static let networkd = "/run/systemd/netif"
  static let networkdDropIns = "/run/systemd/network"
  /// State of an interface; sd-network(3) of systemd reads the same file.
  static func networkdLink(_ index: Int) -> String { "/run/systemd/netif/links/\(index)" }
  static func networkdLease(_ index: Int) -> String { "/run/systemd/netif/leases/\(index)" }

  static let interfaces = "/etc/network/interfaces"
  /// The interfaces that ifupdown has set up; one file for all of them or, besides, one each.
  static let interfacesState = "/run/network/ifstate"

  static let networkScripts = "/etc/sysconfig/network-scripts"
  /// Exists once the service `network` of Red Hat's initscripts has started.
  static let networkScriptsStarted = "/var/lock/subsys/network"

  static let netplan = ["/lib/netplan", "/etc/netplan", "/run/netplan"]

  static let cloudInit = "/run/cloud-init"
  /// What cloud-init wrote for others.
  static func cloudInitResults(_ nic: String) -> [String] {
    [
      "/etc/netplan/50-cloud-init.yaml", "/etc/network/interfaces.d/50-cloud-init",
      "/etc/network/interfaces.d/50-cloud-init.cfg",
      "\(networkManagerOwnProfiles)/cloud-init-\(nic).nmconnection",
      "/etc/systemd/network/10-cloud-init-\(nic).network",
    ]
  }

  /// Where hosts have dhclient, and what it reads and writes unless it is told otherwise (dhclient(8), as Debian builds it).
  static let dhclientPrograms = ["/sbin/dhclient", "/usr/sbin/dhclient"]
  static let dhclientConfiguration = "/etc/dhcp/dhclient.conf"
  static let dhclientLeases = "/var/lib/dhcp/dhclient.leases"

  /// The files in which DHCP clients keep their process's number.
  static func dhcpClientPIDs(_ nic: String) -> [(path: String, client: String)] {
    [
      ("/run/dhclient.\(nic).pid", "dhclient"), ("/run/dhclient-\(nic).pid", "dhclient"),
      ("/run/dhclient6.\(nic).pid", "dhclient"), ("/run/dhcpcd-\(nic).pid", "dhcpcd"),
      ("/run/dhcpcd/\(nic).pid", "dhcpcd"), ("/run/udhcpc.\(nic).pid", "udhcpc"),
    ]
  }
}
