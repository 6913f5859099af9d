import HostFiles
import Netlink

/// Who gives an interface its addresses, and how long these last.
struct ManagerObservation: Sendable, Equatable {
  let facts: ManagerFacts
  /// Those of which there are traces.
  let managers: [RecognisedManager]
  /// The interface's IPv4 addresses that end by themselves, with the seconds that are left.
  let leases: [AddressLease]

  /// The IPv4 addresses of the host.
  let addresses: Set<String>

  /// Concludes from facts. Pure.
  ///
  /// - Parameter addresses: of any interface.
  init(_ facts: ManagerFacts, addresses: [Address]) {
    self.facts = facts
    self.addresses = Set(addresses.filter { $0.family == .ipv4 }.map { "\($0.prefix.address)" })
    managers = ManagerRecognition.managers(facts)
    leases = addresses.compactMap { address in
      guard address.linkIndex == facts.index, address.family == .ipv4, let left = address.validLifetime
      else { return nil }
      return AddressLease(address: address.prefix, secondsLeft: left)
    }
  }

  /// The manager of a kind, if it was recognised.
  subscript(kind: ManagerKind) -> RecognisedManager? { managers.first { $0.kind == kind } }

  /// Whether it is a dhclient that has the interface's address, as far as anybody has it.
  var isDHClients: Bool {
    let clients = managers.filter { $0.kind == .dhcpClient && $0.manages != false }
    let others = managers.filter { [.networkManager, .networkd].contains($0.kind) && $0.manages == true }
    return !clients.isEmpty && clients.allSatisfy { $0.name == "dhclient" }
      && !others.contains { $0.usesDHCP == true }
  }

  /// Whether somebody keeps an address of the interface alive by DHCP.
  var usesDHCP: Bool { !leases.isEmpty || managers.contains { $0.usesDHCP == true } }
}

/// An address that ends unless somebody renews it.
struct AddressLease: Sendable, Equatable {
  let address: IPPrefix
  /// From the moment of looking.
  let secondsLeft: UInt32
}

/// Looks for network managers.
enum NetworkManagers {
  /// Reads what a host shows of its managers. Nothing is changed; takes at most some seconds, where the host's bus doesn't
  /// answer.
  static func observe(root: HostRoot, nic: Link, addresses: [Address]) -> ManagerObservation {
    ManagerObservation(ManagerFacts(root: root, nic: nic), addresses: addresses)
  }
}
