/// A program that gives interfaces their addresses, as far as this one knows them.
enum ManagerKind: String, Codable, Sendable, CaseIterable {
  case networkManager = "NetworkManager"
  case networkd = "systemd-networkd"
  /// Debian's `ifup` and `ifdown`, with /etc/network/interfaces.
  case ifupdown
  /// The `ifup` and `ifdown` of Red Hat's initscripts, with /etc/sysconfig/network-scripts.
  case networkScripts = "network-scripts"
  /// A DHCP client that no other manager here runs as its own: dhclient, dhcpcd, udhcpc.
  case dhcpClient = "DHCP client"
  /// Writes configuration for NetworkManager or systemd-networkd.
  case netplan
  /// Writes configuration for the others when a machine first boots.
  case cloudInit = "cloud-init"
}

extension ManagerKind: CustomStringConvertible {
  var description: String { rawValue }
}

/// A manager whose traces were found, and what they say of one interface. `nil` stands for "not known": nothing is guessed.
struct RecognisedManager: Sendable, Equatable {
  let kind: ManagerKind
  /// What it is called where the kind has several: `dhclient`.
  var name: String
  /// Whether it runs. Of those without a process that stays (ifupdown, network-scripts, netplan, cloud-init): whether they
  /// acted since boot.
  var isRunning: Bool?
  /// Whether it has the interface in its care.
  var manages: Bool?
  /// Whether it got the interface's address by DHCP.
  var usesDHCP: Bool?
  /// The command line of a process that can be made to stand still (``DHCPClientHalt``).
  var command: String?
  /// What says so, each in a few words.
  var evidence: [String] = []

  init(_ kind: ManagerKind, name: String? = nil) {
    self.kind = kind
    self.name = name ?? kind.rawValue
  }
}
