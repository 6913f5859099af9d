import Netlink

/// What an entry of `PHYSICAL_INTERFACE` fits on a host.
struct SelectorMatch {
  /// The interfaces that it fits.
  let links: [Link]
  private let selector: InterfaceSelector
  private let network: HostNetwork

  init(_ selector: InterfaceSelector, network: HostNetwork) {
    (self.selector, self.network) = (selector, network)
    let all = Self.all(selector, network)
    links = Self.narrowed(all, selector, network)
  }

  private static func all(_ selector: InterfaceSelector, _ network: HostNetwork) -> [Link] {
    switch selector {
    case .name(let name):
      let links = network.links
      return links.indices.filter { links[$0].isNamed(name) }.map { links[$0] }
    case .mac(let mac): return network.links.filter { $0.macAddress == mac || $0.permanentMACAddress == mac }
    case .pci(let address):
      return network.links.filter { network.pciAddress(of: $0) == address }
    case .driver(let driver):
      return network.links.filter { network.snapshot.hardware[$0.index]?.driver == driver }
    case .cidr(let prefix):
      return network.links.filter { link in
        network.addresses(of: link).contains { $0.isUsable && prefix.contains($0.address) }
      }
    case .pattern(let text):
      // It was compiled once when the settings were read.
      guard let pattern = try? PosixPattern(text) else { return [] }
      return network.links.filter { link in
        pattern.matches(link.name) || link.alternativeNames.contains { pattern.matches($0) }
      }
    }
  }

  /// Interfaces share addresses with what lies on them. Where several fit, those that are never chosen by themselves are
  /// left out (a bond's port, vhost0), then those that lie on another one that fits (a VLAN has its card's MAC address).
  private static func narrowed(
    _ links: [Link], _ selector: InterfaceSelector, _ network: HostNetwork
  ) -> [Link] {
    guard links.count > 1 else { return links }
    let eligibility = Eligibility(network: network)
    // vhost0 has the address of the interface that it stands on.
    if case .cidr = selector, let vhost = links.first(where: { $0.kind == "vhost" }),
      links.allSatisfy({ $0.kind == "vhost" })
    {
      return [vhost]
    }
    let fit = links.filter { eligibility.objection(to: $0) == nil }
    guard fit.count > 1, case .mac = selector else { return fit.isEmpty ? links : fit }
    let indices = Set(fit.map(\.index))
    let lowest = fit.filter { link in
      link.lowerIndex.map { !indices.contains($0) || link.lowerNamespaceID != nil } ?? true
    }
    return lowest.isEmpty ? fit : lowest
  }

  /// For an operator who has to correct a selector that fits nothing: what the host has of its kind.
  var nearMisses: String {
    let shown = 12
    func listed(_ values: [String], _ what: String) -> String {
      guard !values.isEmpty else { return "no interface has \(what) that is known" }
      let rest = values.count > shown ? " and \(values.count - shown) more" : ""
      return "it has " + values.prefix(shown).joined(separator: ", ") + rest
    }
    switch selector {
    case .name(let name):
      return listed(Self.nearest(network.links, to: name).map(Self.allNames), "a name")
    case .pattern: return listed(network.links.map(Self.allNames), "a name")
    case .mac:
      return listed(
        network.links.compactMap { link in
          let permanent =
            link.permanentMACAddress.flatMap { $0 == link.macAddress ? nil : " (permanent \($0))" } ?? ""
          return link.macAddress.flatMap { $0.isZero ? nil : "\(link.name) \($0)\(permanent)" }
        }, "a MAC address")
    case .pci:
      return listed(
        network.links.compactMap { link in network.pciAddress(of: link).map { "\(link.name) \($0)" } },
        "a PCI address")
    case .driver:
      return listed(
        network.links.compactMap { link in
          network.snapshot.hardware[link.index]?.driver.map { "\(link.name) \($0)" }
        },
        "a driver")
    case .cidr:
      return listed(
        network.links.compactMap { link in
          let usable = network.addresses(of: link).filter(\.isUsable)
          return usable.isEmpty
            ? nil : "\(link.name) " + usable.map(\.prefix.description).joined(separator: " ")
        }, "a usable address")
    }
  }

  private static func allNames(_ link: Link) -> String {
    link.alternativeNames.isEmpty
      ? link.name : "\(link.name) (\(link.alternativeNames.joined(separator: ", ")))"
  }

  /// The kernel's order, but names that begin alike come first.
  private static func nearest(_ links: [Link], to name: String) -> [Link] {
    links.map { link in
      (link, zip(link.name.utf8, name.utf8).prefix { $0 == $1 }.count)
    }.enumerated().sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }.map(\.element.0)
  }
}

extension HostNetwork {
  /// The PCI address of the hardware behind a link: what sysfs says, else what the kernel says of the parent device.
  func pciAddress(of link: Link) -> String? {
    if let address = snapshot.hardware[link.index]?.pciAddress { return address }
    return link.parentBus == "pci" ? link.parentDevice?.lowercased() : nil
  }
}
