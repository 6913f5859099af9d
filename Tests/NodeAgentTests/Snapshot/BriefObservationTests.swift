import CMnl
import Glibc
import HostFiles
import Netlink
import Testing

@testable import NodeAgent

/// What `detect --brief` asks for, on the real kernel: as little as promised, and enough for the same answer.
@Suite struct BriefObservationTests {
  /// Links, of which two have addresses and one the default route, in a namespace of their own.
  private static let script = """
    mount --make-rprivate / && mount -t sysfs sysfs /sys
    ip link set lo up
    for n in 0 1 2 3; do
      ip link add eth$n type veth peer name far$n
      ip link set eth$n up
      ip link set far$n up
    done
    ip address add 10.0.0.5/24 dev eth0
    ip address add 10.1.0.5/24 dev eth1
    ip route add default via 10.0.0.1 dev eth0
    ip route add 192.0.2.0/24 via 10.1.0.1 dev eth1
    ip link add link eth2 name above2 type macvlan
    """

  struct Row: Sendable, CustomTestStringConvertible {
    let environment: [String: String]
    /// Nil where all links are needed.
    let interface: String?

    var testDescription: String {
      environment.isEmpty
        ? "default route" : environment.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
    }

    init(_ environment: [String: String], _ interface: String?) {
      (self.environment, self.interface) = (environment, interface)
    }
  }

  // An address of this host itself may be on several interfaces, which only a list of all tells.
  static let rows = [
    Row([:], "eth0"), Row(["PHYSICAL_INTERFACE": "eth1"], "eth1"),
    Row(["VROUTER_GATEWAY": "10.0.0.1"], "eth0"),
    Row(["CONTROL_NODES": "10.0.0.77"], "eth0"), Row(["CONTROL_NODES": "10.0.0.5"], nil),
    Row(["NODE_NAME": "n1", "KUBERNETES_NODES_MAP": "n1=10.0.0.5,n2=10.0.0.6"], nil),
    Row(["PHYSICAL_INTERFACE": "/^eth1$/"], nil), Row(["PHYSICAL_INTERFACE": "cidr:10.1.0.0/16"], nil),
  ]

  @Test(arguments: rows) func isEnough(_ row: Row) throws {
    let settings = DetectionSettings(try Settings.read(environment: row.environment).host)
    let recorder = CaptureRecorder()
    let observer = recorder.observer(files: HostRoot.running)
    let seen = try Self.inNamespace {
      let brief = try observer.observeBriefly(for: settings)
      return (
        brief, recorder.capture(hostName: "", settings: [:]).exchanges, try observer.observe(for: settings)
      )
    }
    let whole = try Detector(snapshot: seen.2, settings: settings).decide(explained: false)
    guard let interface = row.interface else {
      #expect(seen.0 == nil)
      return
    }
    let brief = try Detector(snapshot: #require(seen.0), settings: settings).decide(explained: false)
    #expect(brief.interface.name == interface)
    #expect(DetectionText.brief(brief) == DetectionText.brief(whole))
    #expect(brief.rule == whole.rule)
    // RTM_GETLINK and RTM_GETADDR: NLM_F_DUMP never for all links, and always for one link's addresses.
    for exchange in seen.1 {
      let request = exchange.request
      let isDump = request[7] & 3 != 0
      if request[4] == 18 { #expect(!isDump) }
      if request[4] == 22 { #expect(request[20...23].contains { $0 != 0 }) }
    }
    #expect(!seen.1.isEmpty && seen.1.count < 40, "\(seen.1.count)")
  }

  /// A macvlan above an interface is seen, as it stands against the interface.
  @Test func whatLiesAboveIsSeen() throws {
    let settings = DetectionSettings(try Settings.read(environment: ["PHYSICAL_INTERFACE": "eth2"]).host)
    let snapshot = try Self.inNamespace { try KernelNetworkObserver().observeBriefly(for: settings) }
    #expect(snapshot?.links.contains { $0.name == "above2" } == true)
  }

  /// Runs the body in a thread that has a network and a /sys of its own.
  private static func inNamespace<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws
    -> Value
  {
    try SideBySide.run({}) {
      Result<Value, any Error> {
        // CLONE_NEWNET | CLONE_NEWNS
        guard unshare(0x4002_0000) == 0 else { throw CaptureFlaw("unshare: \(errno)") }
        try Self.runScript()
        return try body()
      }
    }.1.get()
  }

  /// Runs the script in the calling thread's namespaces, which Foundation's Process doesn't do.
  private static func runScript() throws {
    let arguments = ["sh", "-ec", script].map { (argument: String) in strdup(argument) }
    defer { arguments.forEach { free($0) } }
    var child = pid_t()
    guard posix_spawnp(&child, "sh", nil, nil, arguments + [nil], environ) == 0 else {
      throw CaptureFlaw("the script can't be run")
    }
    var status: CInt = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else { throw CaptureFlaw("the script ended with status \(status)") }
  }
}
