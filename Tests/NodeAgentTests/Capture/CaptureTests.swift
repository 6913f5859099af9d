import Netlink
import Testing

@testable import NodeAgent

/// What a capture holds, and that it leads to the same settings.
@Suite struct CaptureTests {
  static let capture = Capture(
    exchanges: NetlinkTraceTests.exchanges, hostName: "node1",
    names: [
      "control1": .addresses([IPAddress("10.0.0.1"), IPAddress("2001:db8::1")].compactMap(\.self)),
      "gone.example": .failed("Name or service not known"), "empty": .addresses([]),
      "later.example": .unanswered("Temporary failure in name resolution"),
    ],
    settings: ["CONTROL_NODES": "control1", "NODE_NAME": "nöde \"1\""],
    files: [
      "/var/lib/vrouter-node-agent/identity.json": Array("{}".utf8), "/sys/class/net/eth0/ifindex": [0x32],
    ],
    links: ["/sys/class/net/eth0/device/driver": "../../../../bus/virtio/drivers/virtio_net"])

  @Test func whatWasWrittenIsRead() throws {
    let files = Self.capture.encoded(at: 7)
    #expect(try Capture(files) == Self.capture)
    #expect(
      files.keys.sorted() == [
        "host.json", "host/sys/class/net/eth0/ifindex", "host/var/lib/vrouter-node-agent/identity.json",
        "names.json", "netlink.pcap", "settings.json",
      ])
  }

  static let damages: [(file: String, content: String?, words: String)] = [
    ("names.json", nil, "no names.json"), ("netlink.pcap", nil, "no netlink.pcap"),
    ("host.json", nil, "no host.json"), ("settings.json", nil, "no settings.json"),
    ("names.json", "{}", "names.json is not"), ("settings.json", "[1]", "settings.json is not"),
    ("host.json", "", "host.json is not"), ("netlink.pcap", "", "no pcap file"),
    (
      "names.json", #"[{"name": "a", "addresses": ["10.0.0.999"]}]"#, "names.json says nothing of use about a"
    ),
    ("names.json", #"[{"name": "a"}]"#, "names.json says nothing of use about a"),
    (
      "settings.json", #"[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]"#, "names A twice"
    ),
    ("notes.txt", "hello", "notes.txt is no part of a capture"),
  ]

  @Test(arguments: damages.indices) func isRefused(_ index: Int) {
    let damage = Self.damages[index]
    var files = Self.capture.encoded(at: 7)
    files[damage.file] = damage.content.map { Array($0.utf8) }
    let flaw = #expect(throws: CaptureFlaw.self) { try Capture(files) }
    #expect(flaw?.description.contains(damage.words) == true, "\(String(describing: flaw))")
  }

  /// Settings as captured lead to what the settings themselves lead to, and hold no secret.
  @Test(
    arguments: [
      [:], ["PHYSICAL_INTERFACE": "eth1"], ["VROUTER_GATEWAY": "10.0.0.1, 10.0.0.2"],
      ["NODE_NAME": "node7", "KUBERNETES_NODES_MAP": #"{"node7": "10.0.0.5", "node8": "2001:db8::8"}"#],
      ["CONTROLLER_NODES": "a,b", "METADATA_PROXY_SECRET": "hush"],
      ["CONTROLLER_NODES": "a", "CONFIG_NODES": "10.0.0.9,b", "CONTROL_NODES": "c.example"],
      ["CONFIG_NODES": "b"], ["CONTROLLER_NODES": "", "CONTROL_NODES": "2001:db8::1"],
    ] as [[String: String]]) func settingsAreTheSame(_ environment: [String: String]) throws
  {
    let settings = try Settings.read(environment: environment)
    let captured = settings.host.capturedVariables
    let again = try Settings.read(environment: captured)
    #expect(DetectionSettings(again.host) == DetectionSettings(settings.host))
    #expect(
      Set(captured.keys)
        == Set(environment.filter { !$0.value.isEmpty }.keys).subtracting(["METADATA_PROXY_SECRET"]))
    #expect(!captured.values.contains { $0.contains("hush") })
  }

  @Test func whatWasNotAskedIsNotInvented() throws {
    let observer = Self.capture.observer
    let answers = observer.resolver.resolve(["control1", "other"], within: .seconds(1))
    #expect(answers["control1"] == Self.capture.names["control1"])
    #expect(answers["other"] == .failed("the capture has no answer for it: it was made with other settings"))
    let failure = #expect(throws: NetlinkError.self) { try observer.observe(for: DetectionSettings()) }
    #expect(failure?.cause == .notRecorded)
    #expect(throws: (any Error).self) { try observer.files.readBytes("/etc/passwd", limit: 10) }
    #expect(try observer.files.linkTarget("/sys/class/net/eth0/device/driver").hasSuffix("virtio_net"))
  }
}
