import Glibc
import Netlink
import Testing

@testable import NodeAgent

/// A node with many interfaces: the cost grows with their number, not with its square.
@Suite struct ScaleTests {
  /// Containers' veths, each with an address, ports of a bridge among them; a vhost0; and cards with default routes.
  private static func host(_ count: Int) -> ImaginaryHost {
    var host = ImaginaryHost()
    TopologyTests.takenOver(&host)
    host.link("br0", kind: "bridge", mac: "52:54:00:00:03:01")
    var links = host.snapshot.links
    var addresses = host.snapshot.addresses
    let bridge = links.last?.index
    for number in 0..<count {
      var link = Link(index: links.count + 1, name: "veth\(number)", flags: [.up, .lowerUp, .running])
      link.kind = "veth"
      link.macAddress = MACAddress(rawValue: 0x5254_0100_0000 + UInt64(number))
      link.masterIndex = number % 2 == 0 ? bridge : nil
      links.append(link)
      let address = IPAddress.v4(IPv4Address(rawValue: 0x0b00_0001 + UInt32(number) << 8))
      if let prefix = IPPrefix(address, length: 24) {
        addresses.append(Address(linkIndex: link.index, prefix: prefix))
      }
    }
    (host.snapshot.links, host.snapshot.addresses) = (links, addresses)
    return host
  }

  /// What this thread has computed so far: other tests, which run beside this one, don't count.
  private static func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  private static func time(_ count: Int, _ settings: DetectionSettings) throws -> Duration {
    let snapshot = host(count).snapshot
    return try (0..<3).map { _ in
      let begin = processorTime()
      let decision = try Detector(snapshot: snapshot, settings: settings).decide()
      _ = DetectionText.full(decision)
      let took = processorTime() - begin
      #expect(decision.interface.name == "eth0" && decision.candidates.count == snapshot.links.count)
      return took
    }.min() ?? .zero
  }

  @Test(arguments: [
    DetectionSettings(), DetectionSettings(interfaces: ["eth0"]), DetectionSettings(interfaces: ["/^eth0$/"]),
    DetectionSettings(nodesMap: addresses(["node1": "10.0.0.5"])),
  ])
  func tenTimesAsManyCostAboutTenTimesAsMuch(settings: DetectionSettings) throws {
    let few = try Self.time(500, settings)
    let many = try Self.time(5000, settings)
    // A square would be 100.
    #expect(many < few * 40, "\(few) for 500, \(many) for 5,000")
  }
}
