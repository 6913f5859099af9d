import Glibc
import Netlink
import SystemPackage
import TestSupport

@testable import NodeAgent

/// A node and its only neighbour, in two network namespaces that go away with the calling thread: nic0 of the node
/// (10.0.2.15/24, 2001:db8::f/64) and gw0 of the neighbour (10.0.2.2, 2001:db8::2), which has a server at 10.9.0.1 and
/// 2001:db8:9::1, too.
struct ProbeNetwork {
  /// The namespaces, as open files.
  private let node: CInt
  private let neighbour: CInt
  let nic: ProbeInterface

  /// To be called on a thread of its own (`inNetworkNamespace`), which is in the node's namespace from then on.
  init() throws {
    neighbour = try Self.enterNew()
    node = try Self.enterNew()
    let peer = "/proc/\(getpid())/fd/\(neighbour)"
    try shell(
      """
      echo 0 | tee /proc/sys/net/ipv6/conf/all/accept_dad >/proc/sys/net/ipv6/conf/default/accept_dad
      ip link add nic0 address 52:54:00:0a:00:0f type veth peer name gw0 address 52:54:00:0a:00:02 netns \(peer)
      """)
    try Self.run(
      in: neighbour,
      """
      echo 0 | tee /proc/sys/net/ipv6/conf/all/accept_dad >/proc/sys/net/ipv6/conf/default/accept_dad
      echo 1 | tee /proc/sys/net/ipv4/ip_forward >/proc/sys/net/ipv6/conf/all/forwarding
      ip link set lo up
      ip address add 10.9.0.1/32 dev lo
      ip address add 2001:db8:9::1/128 dev lo nodad
      ip address add 10.0.2.2/24 dev gw0
      ip address add 2001:db8::2/64 dev gw0 nodad
      ip address add fe80::2/64 dev gw0 nodad
      ip link set gw0 up
      ip route add blackhole 10.9.0.2
      """)
    try shell(
      """
      ip link set lo up
      ip address add 10.0.2.15/24 dev nic0
      ip address add 2001:db8::f/64 dev nic0 nodad
      ip link set nic0 up
      ip route add default via 10.0.2.2
      ip -6 route add default via 2001:db8::2
      """)
    guard let nic = try ProbeInterface.observe("nic0") else { throw Errno.noSuchAddressOrDevice }
    self.nic = nic
  }

  /// Moves the calling thread to a new namespace.
  ///
  /// - Returns: the file that stands for it.
  private static func enterNew() throws -> CInt {
    try makeNetworkNamespace()
    let file = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Errno(rawValue: errno) }
    return file
  }

  /// Runs a script in the neighbour's namespace.
  func shellOfNeighbour(_ script: String) throws { try Self.run(in: neighbour, script) }

  private static func run(in namespace: CInt, _ script: String) throws {
    _ = try TestSupport.shell(
      "exec nsenter --net=/proc/\(getpid())/fd/\(namespace) sh -ec '\(script)'")
  }

  /// Runs the body in the neighbour's namespace.
  func asNeighbour<Value>(_ body: () throws -> Value) throws -> Value {
    try enterNetworkNamespace(neighbour)
    let result = Result(catching: body)
    try enterNetworkNamespace(node)
    return try result.get()
  }

  /// The neighbour listens on a port of all its addresses, until the socket goes.
  func listen(_ port: UInt16) throws -> Listener { try asNeighbour { try Listener(port) } }

  /// Frames as the neighbour gets them.
  func frames(_ type: UInt16) throws -> ProbeSocket {
    try asNeighbour {
      guard let link = try ProbeInterface.observe("gw0") else { throw Errno.noSuchAddressOrDevice }
      return try .frames(of: type, by: link.index)
    }
  }

  func run(_ probes: [VerificationProbe], within limit: Duration = .seconds(20)) -> [ProbeResult] {
    KernelProbeRunner().run(probes, by: nic, within: limit)
  }

  func close() {
    _ = Glibc.close(node)
    _ = Glibc.close(neighbour)
  }
}

/// A listening TCP socket of both families.
final class Listener: Sendable {
  private let descriptor: CInt

  init(_ port: UInt16) throws {
    descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = port.bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    guard bound == 0, Glibc.listen(descriptor, 8) == 0 else { throw Errno(rawValue: errno) }
  }

  deinit {
    close(descriptor)
  }
}

/// Runs the body with such a network, on a thread of its own.
func withProbeNetwork<Value: Sendable>(
  _ body: @escaping @Sendable (ProbeNetwork) throws -> Value
) throws -> Value {
  try onThread {
    let network = try ProbeNetwork()
    defer { network.close() }
    return try body(network)
  }
}

/// The frames that a socket has received once `count` of them are there, and when there are none in time.
func awaitFrames(_ count: Int, from socket: ProbeSocket, where isWanted: ([UInt8]) -> Bool) throws
  -> [[UInt8]]
{
  let end = ContinuousClock.now + .seconds(20)
  var frames: [[UInt8]] = []
  while frames.count < count, ContinuousClock.now < end {
    var watched = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
    _ = poll(&watched, 1, 1000)
    while let frame = try socket.receive() {
      if isWanted(Array(frame)) { frames.append(Array(frame)) }
    }
  }
  return frames
}
