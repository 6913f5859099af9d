import Foundation
import HostFiles
import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// Reading what a host shows of its managers.
@Suite struct ManagerFactsTests {
  private func write(_ text: String, _ path: String, _ root: HostRoot) throws {
    try root.makeDirectories((path as NSString).deletingLastPathComponent, mode: 0o755)
    try root.replace(path, with: Array(text.utf8), mode: 0o644)
  }

  @Test func filesAreTakenInWhereTheyAreNamed() throws {
    try withTemporaryRoot { root, _ in
      let files = [
        "/etc/network/interfaces": "source /etc/network/interfaces.d/*.cfg\nsource-directory more\n",
        "/etc/network/interfaces.d/a.cfg": "iface eth0 inet dhcp\nsource /etc/network/interfaces\n",
        "/etc/network/interfaces.d/b.old": "iface eth0 inet static\n",
        "/etc/network/more/c": "", "/etc/network/more/d.bak": "",
        "/run/systemd/netif/links/3": "ADMIN_STATE=configured\nNETWORK_FILE=/usr/lib/n/x.network\n",
        "/usr/lib/n/x.network": "[Network]\n",
        "/etc/sysconfig/network-scripts/ifcfg-eth0": "DEVICE=eth0\n",
        "/run/systemd/netif/links/4": "ADMIN_STATE=configured\n",
      ]
      for (path, text) in files { try write(text, path, root) }
      let facts = ManagerFacts(root: root, nic: Link(index: 3, name: "eth0"))
      let unread: Set = [
        "/etc/network/interfaces.d/b.old", "/etc/network/more/d.bak", "/run/systemd/netif/links/4",
      ]
      for (path, text) in files { #expect(facts[path] == (unread.contains(path) ? nil : text), "\(path)") }
      // There is no bus, and there are no processes to see.
      #expect(facts.busNames == nil)
      #expect(facts.processes == nil)
      #expect(!facts.canSignal)
    }
  }

  /// A /proc of another namespace says nothing about the host, one of the host's does.
  @Test(arguments: [("pid:[4026531836]", true), ("pid:[4026532000]", false)])
  func processesAreTheHosts(_ namespace: String, _ areSeen: Bool) throws {
    try withTemporaryRoot { root, path in
      try write("dhclient\n", "/proc/412/comm", root)
      try write("dhclient\0eth0\0", "/proc/412/cmdline", root)
      try write("bash\n", "/proc/413/comm", root)
      try root.makeDirectories("/proc/1/ns", mode: 0o755)
      try FileManager.default.createSymbolicLink(
        atPath: "\(path)/proc/1/ns/pid", withDestinationPath: namespace)
      let processes = ManagerFacts(root: root, nic: Link(index: 3, name: "eth0")).processes
      #expect(
        processes
          == (areSeen ? [HostProcess(id: 412, name: "dhclient", arguments: ["dhclient", "eth0", ""])] : nil))
    }
  }
}
