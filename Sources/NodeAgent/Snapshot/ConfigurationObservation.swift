import HostFiles
import KernelModule
import Netlink

/// What was seen of a host that matters to its configuration files alone; only what the settings give a reason to look at.
struct ConfigurationObservation: Sendable, Equatable {
  /// Where the chosen interfaces are on the PCI bus, by index.
  var pciPlaces: [Int: PCIPlace] = [:]
  /// The hugetlbfs mounts, in the order in which they were made.
  var hugePageMounts: [HugePages.Mount] = []
  /// What `K8S_TOKEN_FILE` holds.
  var token = KubernetesToken.absent
}

/// Where an interface is on the PCI bus, as the vRouter agent is to know it.
enum PCIPlace: Sendable, Equatable {
  case card(String)
  /// A bond of cards, which vrouter-dpdk makes from its ports' own addresses.
  case bond
  /// A bond none of whose ports is such a card; its name.
  case bondWithoutCards(String)

  /// The address in the agent's configuration: a bond's is none, as the agent has always been given it.
  var address: String? {
    switch self {
    case .card(let address): address
    case .bond: "0000:00:00.0"
    case .bondWithoutCards: nil
    }
  }
}

extension ConfigurationObservation {
  /// Looks at a host.
  ///
  /// - Parameter chosen: the interfaces that were chosen.
  init(_ host: HostAccess, settings: Settings, links: [Link], chosen: [Int]) {
    if settings.dataPath.mode.value == .dpdk {
      pciPlaces = Self.pciPlaces(of: chosen, among: links, in: host.root)
    }
    if !settings.module.memory.hugePages.isEmpty {
      hugePageMounts = HugePages.observe(on: host.root).mounts
    }
    if settings.loadBalancer.token == nil {
      token = Self.token(settings.loadBalancer.tokenFile.value, in: host.own)
    }
  }

  /// Of a VLAN the place of the card, or the bond, below it.
  static func pciPlaces(
    of chosen: [Int], among links: [Link], in files: any HostFileSource
  ) -> [Int: PCIPlace] {
    let byIndex = Dictionary(links.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
    var found: [Int: PCIPlace] = [:]
    for index in chosen {
      var link = byIndex[index]
      // A VLAN may lie on a VLAN; the kernel allows no more than eight such layers (MAX_NEST_DEV).
      for _ in 0..<8 where link?.kind == "vlan" && link?.lowerNamespaceID == nil {
        link = link?.lowerIndex.flatMap { byIndex[$0] }
      }
      guard let card = link else { continue }
      if card.kind == "bond" {
        let ports = links.filter { $0.masterIndex == card.index }
        let hasCards = LinkHardware.observe(ports, in: files).values.contains { $0.pciAddress != nil }
        found[index] = hasCards ? .bond : .bondWithoutCards(card.name)
      } else {
        found[index] = LinkHardware.observe([card], in: files)[card.index]?.pciAddress.map(PCIPlace.card)
      }
    }
    return found
  }

  /// A token's file, without the line end behind it. The kubelet renews it by a link.
  static func token(_ path: String, in files: HostRoot) -> KubernetesToken {
    do {
      let text = try files.readText(path, limit: 1 << 16)
      let token = String(text.reversed().drop(while: \.isWhitespace).reversed())
      return token.isEmpty ? .unreadable("it is empty") : .found(Secret(token))
    } catch let error where error.isNotFound {
      return .absent
    } catch {
      return .unreadable("\(error)")
    }
  }
}

extension HostObservation {
  /// What the configuration files need to know of a host on which that was decided.
  func facts(_ decision: Decision, _ settings: Settings) throws(CommandFailure) -> ConfigurationFacts {
    var facts = try ConfigurationFacts(
      decision, names: names, multihoming: settings.host.multihoming?.value, seen: seen
    ).knowing(node.prefix)
    if let planned = node.hugePages?.plannedMount { facts.hugePageMounts.append(planned) }
    return facts
  }
}
