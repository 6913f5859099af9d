import HostFiles
import Netlink

extension LinkHardware {
  /// Looks for what is behind links, by index; a link without hardware isn't among them.
  ///
  /// /sys shows the links of the network namespace in which it was mounted: where that is another one, or somebody renames a
  /// link meanwhile, the index tells, and nothing is said of the link.
  static func observe(_ links: [Link], in files: any HostFileSource) -> [Int: LinkHardware] {
    var found: [Int: LinkHardware] = [:]
    for link in links where mayHaveHardware(link) {
      let folder = "/sys/class/net/\(link.name)"
      guard let index = try? files.readBytes("\(folder)/ifindex", limit: 64),
        String(decoding: index, as: UTF8.self).prefix(while: \.isNumber) == "\(link.index)"
      else { continue }
      let hardware = LinkHardware(
        driver: files.linkName("\(folder)/device/driver"),
        pciAddress: (try? files.linkTarget(folder)).flatMap(pciAddress))
      if hardware != LinkHardware() { found[link.index] = hardware }
    }
    return found
  }

  /// Virtual links, of which there may be thousands, have a kind.
  private static func mayHaveHardware(_ link: Link) -> Bool {
    (link.kind == nil || link.parentDevice != nil) && !link.flags.contains(.loopback)
      && !link.name.contains("/")
  }

  /// The last part of a device's path that is a PCI address, as in `../../devices/pci0000:00/0000:00:03.0/virtio0/net/eth0`.
  private static func pciAddress(in target: String) -> String? {
    target.split(separator: "/").last(where: isPCIAddress).map(String.init)
  }

  /// Domain, bus, device and function: `0000:3b:00.0`.
  private static func isPCIAddress(_ part: Substring) -> Bool {
    let fields = part.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "." }
    return fields.count == 4 && fields[0].count >= 4 && fields[1].count == 2 && fields[2].count == 2
      && fields[3].count == 1 && fields.joined().allSatisfy(\.isHexDigit)
  }
}
