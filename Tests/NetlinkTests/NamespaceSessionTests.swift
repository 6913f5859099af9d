import CMnl
import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Netlink

/// Sessions in other network namespaces than the caller's.
@Suite("Sessions in other namespaces")
struct NamespaceSessionTests {
  /// The namespace of the calling thread.
  private static func here() throws -> String { try shell("readlink /proc/self/ns/net") }

  /// Runs `body` with an open file of a namespace that holds `outer`, on a thread that is in another one.
  private static func besides<Value: Sendable>(
    _ script: String, _ body: @escaping @Sendable (Int32) throws -> Value
  ) throws -> Value {
    try inNetworkNamespace {
      try shell("ip link set lo up; ip link add outer type ifb\n" + script)
      let file = Glibc.open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
      guard file >= 0, unshare(0x4000_0000) == 0 else { throw Errno(rawValue: errno) }
      defer { close(file) }
      try shell("ip link add inner type ifb")
      return try body(file)
    }
  }

  @Test("By path and by descriptor; the thread stays where it is")
  func open() throws {
    let (names, places, here) = try Self.besides("") { file in
      let before = try Self.here()
      var byPath = try RouteNetlink(in: .path("/proc/self/fd/\(file)"))
      var byDescriptor = try RouteNetlink(in: .descriptor(file))
      var generic = try GenericNetlink(in: .descriptor(file))
      let monitor = try RouteMonitor(in: .descriptor(file))
      _ = try generic.families()
      var own = try RouteNetlink()
      let names = [
        try byPath.links().map(\.name), try byDescriptor.links().map(\.name), monitor.state.links.map(\.name),
        try own.links().map(\.name),
      ]
      return (names, [before, try Self.here()], try Self.here())
    }
    #expect(names.map { $0.contains("outer") } == [true, true, true, false])
    #expect(names.map { $0.contains("inner") } == [false, false, false, true])
    #expect(places == [here, here])
  }

  @Test(
    "What isn't a network namespace is an error that names it",
    arguments: [
      ("/nonexistent/ns", Errno.noSuchFileOrDirectory), ("/dev/null", .invalidArgument),
      ("/proc/self/ns/uts", .invalidArgument), ("/proc/self/ns/net\0x", .invalidArgument),
    ])
  func errors(path: String, errno: Errno) throws {
    let error = #expect(throws: NetlinkError.self) { _ = try RouteNetlink(in: .path(path)).session.timeout }
    #expect(error?.cause == .system(errno))
    #expect(error?.subject == "route, in the namespace \(path)")
  }

  @Test("A closed descriptor is an error")
  func closed() throws {
    let error = #expect(throws: NetlinkError.self) {
      _ = try RouteNetlink(in: .descriptor(-1)).session.timeout
    }
    #expect(error?.cause == .system(.badFileDescriptor))
  }

  @Test("A dump that stops early costs as little from a thread in another namespace")
  func earlyStop() throws {
    let routes = """
      ip address add 10.1.0.1/24 dev outer; ip link set outer up; ip route add default via 10.1.0.2
      awk 'BEGIN { for (i = 0; i < 5000; i++) printf "route add 1.%d.%d.%d/32 via 10.1.0.2\\n", \
        i / 65536, i / 256 % 256, i % 256 }' | ip -batch -
      """
    let (counts, routesFound, names) = try Self.besides(routes) { file in
      let recorder = ExchangeRecorder()
      let socket = try NetlinkSocket.open(.route, in: .descriptor(file))
      var netlink = RouteNetlink(NetlinkSession(RecordingTransport(socket, recorder)))
      var routes: [Route] = []
      for _ in 0..<3 { routes += try netlink.defaultRoutes(family: .ipv4) }
      let counts = recorder.exchanges.map(\.datagrams.count)
      return (counts, routes.count, try netlink.links().map(\.name))
    }
    #expect(counts == [1, 1, 1] && routesFound == 3)
    #expect(names.contains("outer"))
  }

  @Test("No descriptor and no thread is left over")
  func leftovers() throws {
    let counts = try Self.besides("") { file in
      func count() throws -> [Int] {
        // The number of threads as the kernel counts those of this process isn't ours alone: other tests run.
        let sockets = try shell("tail -n +2 /proc/net/netlink | wc -l")
        return [Int(sockets.trimmingPrefix { $0 == " " }.prefix { $0.isNumber }) ?? -1]
      }
      let before = try count()
      for _ in 0..<50 { _ = try RouteNetlink(in: .path("/proc/thread-self/ns/net")).session.timeout }
      return [before, try count()]
    }
    #expect(counts[0] == counts[1])
  }

  /// Only what may go from thread to thread compiles here.
  @Test("A socket may be opened by one thread and used by another")
  func sending() throws {
    let names = try inNetworkNamespace {
      try shell("ip link add outer type ifb")
      let box = Handover(try NetlinkSocket(.route))
      return try onThread {
        guard unshare(0x4000_0000) == 0, let socket = box.take() else { throw Errno(rawValue: errno) }
        var netlink = RouteNetlink(NetlinkSession(socket))
        return try netlink.links().map(\.name)
      }
    }
    #expect(names.contains("outer"))
  }

  @Test("Dumps that the kernel interrupts under churn are made again, and are whole")
  func interruptedDumps() throws {
    let (repeated, dumps, problems) = try inNetworkNamespace {
      // So many that a dump takes several datagrams.
      try shell(
        "i=0; while [ $i -lt 150 ]; do echo link add a$i type ifb; i=$((i+1)); done | ip -batch -")
      let stop = try NetlinkCancellation()
      let isStopped = try NetlinkCancellation()
      try detachedThread {
        while !stop.isCancelled {
          _ = try? shell(
            """
            i=0; while [ $i -lt 20 ]; do
              echo link add c$i type veth peer name d$i; echo link delete c$i; i=$((i+1))
            done | ip -batch -
            """)
        }
        isStopped.cancel()
      }
      var netlink = try RouteNetlink()
      netlink.session.backOff = .none
      let deadline = ContinuousClock.now + .seconds(30)
      var dumps = 0
      var problems: [String] = []
      while netlink.session.repeatedDumps == 0 || dumps < 20, ContinuousClock.now < deadline {
        do throws(NetlinkError) {
          let links = try netlink.links()
          dumps += 1
          let stable = links.filter { $0.name.hasPrefix("a") }
          if stable.count != 150 { problems.append("\(stable.count) of 150") }
          if Set(links.map(\.index)).count != links.count { problems.append("a link twice") }
          // Both ends of a pair come and go together.
          let pairs = links.filter { $0.name.hasPrefix("c") || $0.name.hasPrefix("d") }
          if !pairs.count.isMultiple(of: 2) { problems.append("half a pair: \(pairs.map(\.name))") }
        } catch {
          if case .inconsistent = error.cause { continue }
          problems.append("\(error)")
        }
      }
      stop.cancel()
      try? WaitLimit(.now + .seconds(20), isStopped).wait()
      return (netlink.session.repeatedDumps, dumps, problems)
    }
    #expect(repeated > 0 && dumps >= 20)
    #expect(problems.isEmpty)
  }

  @Test("A link of more bytes than the buffer holds is read whole")
  func largeLink() throws {
    let (counts, names) = try inNetworkNamespace {
      try shell("ip link add v0 type ifb; ip link add v1 type ifb")
      try shell(
        """
        i=0; while [ $i -lt 400 ]; do
          printf 'link property add dev v0 altname %0100d\\n' $i; i=$((i+1))
        done | ip -batch -
        """)
      var netlink = try RouteNetlink()
      let links = try netlink.links()
      let alone = try netlink.link(named: "v0")
      return (
        [links.first { $0.name == "v0" }, alone].map { $0?.alternativeNames.count }, links.map(\.name)
      )
    }
    #expect(counts == [400, 400] && Set(names).isSuperset(of: ["lo", "v0", "v1"]))
  }
}

/// Hands a socket over once.
private final class Handover: Sendable {
  private let socket: Mutex<NetlinkSocket?>

  init(_ socket: consuming NetlinkSocket) {
    self.socket = Mutex(socket)
  }

  func take() -> NetlinkSocket? {
    socket.withLock { $0.take() }
  }
}
