/// The lease of an interface is renewed on vhost0 by another dhclient, which systemd runs: the host's program under the same
/// identity, begun with the interface's lease, so that the server gives the same address.
///
/// It tells the server, and changes nothing on the host: its script is `true`. vhost0's address has no end, and what the
/// server answers is read from the file of leases (``DHCPFollowState``). dhclient-script(8) would take the address from vhost0 at
/// the end of a lease, and give it the end that a kernel keeps.
///
/// A value that a journal can hold: ``DHCPFollower`` does it, does it again, and undoes it.
struct DHCPFollow: Codable, Sendable, Equatable {
  /// Whose lease it is.
  let interface: String
  /// vhost0
  let vhost: String
  /// Where the interface's own dhclient keeps its leases.
  let leaseFile: String
  /// The content of the unit's file (systemd.service(5)).
  let unit: String
}

extension DHCPFollow {
  /// The unit's name.
  static let unitName = "vrouter-node-agent-dhclient.service"
  /// Below /run, so that a reboot ends it.
  static let unitPath = "/run/systemd/system/\(unitName)"
  /// Where Debian's AppArmor profile lets dhclient keep leases (`/run/dhclient*.lease*`), below /run.
  static let leasePath = "/run/dhclient-vrouter-node-agent.leases"

  /// The unit that runs it.
  ///
  /// It ends by SIGKILL, so that dhclient says nothing to the server, whatever a distribution made of its signals; and it is
  /// started again whenever it ends by itself.
  static func unit(_ words: [String], interface: String, vhost: String) -> String {
    """
    # By vrouter-node-agent, until the next boot.
    [Unit]
    Description=DHCP client for \(vhost), in the place of the one for \(interface)
    StartLimitIntervalSec=0

    [Service]
    ExecStart=\(words.map(quoted).joined(separator: " "))
    Restart=always
    RestartSec=5
    KillSignal=SIGKILL
    SuccessExitStatus=SIGKILL

    """
  }

  /// A word as systemd takes it for just that (systemd.service(5), "Command lines"; systemd.unit(5), "Specifiers").
  static func quoted(_ word: String) -> String {
    let plain = word.replacing("%", with: "%%").replacing("$", with: "$$")
    let isBare =
      !plain.isEmpty
      && plain.utf8.allSatisfy { Ascii.isLetter($0) || Ascii.isDigit($0) || "/._-+:@=,%$".utf8.contains($0) }
    guard !isBare else { return plain }
    return "\"" + plain.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// Whether a process is the one that it starts.
  static func isFollower(_ process: HostProcess) -> Bool {
    process.name == "dhclient" && process.arguments.contains(leasePath)
  }
}

extension DHCPFollow: CustomStringConvertible {
  var description: String {
    "have systemd run dhclient for \(vhost), which renews the lease of \(interface): \(Self.unitPath)"
  }
}

/// Why another dhclient doesn't renew the lease, or doesn't end.
struct DHCPFollowError: Error, Equatable, CustomStringConvertible {
  /// What was tried.
  let operation: String
  let reason: String

  var description: String { "\(operation): \(reason)" }
}
