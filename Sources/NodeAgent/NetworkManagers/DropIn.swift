/// The files by which managers are told.
enum DropIn {
  /// Whether a name can be written into these files without meaning a pattern or a list there.
  static func canName(_ interface: String) -> Bool {
    !interface.isEmpty
      && interface.utf8.allSatisfy {
        Ascii.isLetter($0) || Ascii.isDigit($0) || "._-@".utf8.contains($0)
      }
  }

  private static let note = "# By vrouter-node-agent, until the next boot.\n"

  static func networkManagerPath(_ interface: String) -> String {
    "\(ManagerPaths.networkManagerDropIns)/90-vrouter-node-agent-\(interface).conf"
  }

  /// Tells NetworkManager to leave an interface alone from when it first sees it (NetworkManager.conf(5)).
  ///
  /// A section of its own, which nothing replaces: an `unmanaged-devices=` in /etc, such as Calico has people write, is read
  /// after /run and drops whatever `unmanaged-devices+=` added there. Nor does it do anything to an
  /// interface that has a connection, which `unmanaged-devices` would take down.
  static func networkManager(leaving interface: String) -> String {
    note
      + """
      [device-vrouter-node-agent-\(interface)]
      match-device=interface-name:\(interface)
      managed=0

      """
  }

  /// `00-`, so that no other file is before it: the first one that fits an interface holds (systemd.network(5)).
  static func networkdPath(_ interface: String) -> String {
    "\(ManagerPaths.networkdDropIns)/00-vrouter-node-agent-\(interface).network"
  }

  /// Tells systemd-networkd to leave an interface alone.
  static func networkd(leaving interface: String) -> String {
    note
      + """
      [Match]
      Name=\(interface)

      [Link]
      Unmanaged=yes

      """
  }

  /// Tells systemd-networkd to go on on one interface with the lease that it has on another.
  ///
  /// - Parameter options: the lines of the other's DHCP sections, which hold here, too, but for those that tell a server who
  ///   asks: these come from the lease.
  static func networkd(
    following lease: NetworkdLease, on interface: String, options: [(key: String, value: String)]
  ) -> String {
    let own: Set = [
      "ClientIdentifier", "DUIDType", "DUIDRawData", "IAID", "SendRelease",
    ]
    let kept = options.filter { !own.contains($0.key) }.map { "\($0.key)=\($0.value)\n" }.joined()
    return note
      + """
      [Match]
      Name=\(interface)

      [Network]
      DHCP=ipv4
      LinkLocalAddressing=no
      IPv6AcceptRA=no
      KeepConfiguration=yes

      [DHCPv4]
      \(kept)\(lease.identifier.lines)SendRelease=no

      """
  }
}
