import Foundation
import KernelModule
import Netlink
import Testing

@testable import NodeAgent

/// A `common.env` and the files that it has to give, in a folder of Fixtures/AgentConfiguration.
struct GoldenConfiguration: Sendable, CustomTestStringConvertible {
  let name: String
  /// Parameters that reading warns of.
  var warned: [[String]] = []
  /// What the host is like, where it isn't the example.
  var change: @Sendable (inout ConfigurationFacts) throws -> Void = { _ in }

  var testDescription: String { name }

  static let all: [GoldenConfiguration] =
    [
      "defaults", "kubernetes", "ssl", "ssl-xmpp", "ssl-introspect", "ssl-metadata", "ssl-sandesh",
      "ssl-own-files", "ssl-mixed", "servers", "all-direct", "overrides", "overrides-dash",
      "qos-default-queue", "qos-no-default-queue", "priority-groups", "tsn", "keystone-v2-https",
      "keystone-v3-https", "openstack",
    ].map { GoldenConfiguration(name: $0) } + onOtherHosts

  private static let onOtherHosts = [
    GoldenConfiguration(name: "kubernetes-token") {
      $0.token = .found(Secret("eyJhbGciOi.of-the-file"))
    },
    GoldenConfiguration(name: "priority-groups-vlan") {
      $0.physicalInterfaces[0].name = try #require(InterfaceName("eth1.100"))
      $0.physicalInterfaces[0].isVLAN = true
    },
    GoldenConfiguration(name: "l3mh") {
      $0.physicalInterfaces[0].address = IPPrefix("10.20.0.15/24")
      $0.physicalInterfaces.append(
        .init(
          name: try #require(InterfaceName("eth2")), mac: try #require(MACAddress("52:54:00:ab:cd:ef")),
          address: IPPrefix("10.21.0.15/24")))
      $0.loopbackAddress = IPAddress("10.40.0.7")
    },
    GoldenConfiguration(name: "huge-pages-1g", warned: [["HUGE_PAGES_2MB"]]) { $0.hugePageMounts = mounts },
    GoldenConfiguration(name: "huge-pages-2m") { $0.hugePageMounts = mounts },
    GoldenConfiguration(name: "dpdk", warned: [["QOS_QUEUE_ID", "PRIORITY_ID"]]) {
      $0.physicalInterfaces[0].pciPlace = .card("0000:3b:00.0")
    },
  ]

  private static let mounts = [
    HugePages.Mount(path: "/dev/hugepages", pageBytes: 2 << 20),
    HugePages.Mount(path: "/mnt/huge-1g", pageBytes: 1 << 30),
    HugePages.Mount(path: "/mnt/huge-1g-b", pageBytes: 1 << 30),
    HugePages.Mount(path: "/mnt/huge-2m", pageBytes: 2 << 20),
  ]

  private var folder: URL {
    get throws {
      try #require(Bundle.module.url(forResource: "Fixtures/AgentConfiguration/\(name)", withExtension: nil))
    }
  }

  func settings() throws -> Settings {
    try readSettings(file: String(contentsOf: folder.appendingPathComponent("common.env"), encoding: .utf8))
  }

  func files() throws -> ConfigurationFiles {
    var facts = try exampleFacts()
    try change(&facts)
    return try ConfigurationFiles(settings: settings(), facts: facts)
  }

  /// What a file has to hold; nil where this case says nothing of it.
  func expected(_ file: ConfigurationFile) throws -> String? {
    let place = try folder.appendingPathComponent(file.name)
    guard FileManager.default.fileExists(atPath: place.path) else { return nil }
    return try String(contentsOf: place, encoding: .utf8)
  }

  /// Files of the folder that are expected.
  func expectedNames() throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)).subtracting(["common.env"])
  }
}
