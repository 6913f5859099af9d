import Glibc
import Netlink
import SystemPackage

/// Connects by TCP as any program does: to where the kernel's routes lead, from the address that they give.
struct ConnectAttempt: ProbeAttempt {
  /// How long one connection may take to come about: the kernel repeats a lost SYN after a second, and then ever more
  /// slowly (tcp_syn_retries), so that a new one is the quicker way.
  private static let connectionLimit = Duration.seconds(3)

  private let server: VerificationProbe.Server
  private let interface: ProbeInterface
  private var socket: ProbeSocket?
  private var began = ContinuousClock.now
  private var connections = 0
  private var isRefused = false
  private var trouble: String?
  private(set) var answer: ProbeAnswer?

  init(_ server: VerificationProbe.Server, by interface: ProbeInterface) {
    (self.server, self.interface) = (server, interface)
  }

  var watched: (descriptor: CInt, events: Int16)? { socket.map { ($0.descriptor, Int16(POLLOUT)) } }

  /// A connection under way is left its time; what failed at once is tried again as is usual.
  var patience: Duration? { socket == nil ? nil : Self.connectionLimit }

  private var target: String {
    server.address.family == .ipv4
      ? "\(server.address):\(server.port)" : "[\(server.address)]:\(server.port)"
  }

  mutating func ask() {
    // Closed by and by: a connection that didn't come about in time.
    socket = nil
    connections += 1
    began = .now
    do throws(Errno) {
      let socket = try ProbeSocket.tcp(server.address.family)
      if let vrf = interface.vrf { try socket.bind(to: vrf) }
      self.socket = socket
      try socket.connect(
        to: server.address, port: server.port, scope: server.address.isLinkLocal ? interface.index : 0)
      connected()
    } catch .nowInProgress {
      return
    } catch {
      failed(error)
    }
  }

  mutating func hear() {
    if let error = socket?.connectionError { failed(error) } else { connected() }
  }

  private mutating func connected() {
    answer = ProbeAnswer(
      outcome: .passed, seen: "connected to \(target), \(ProbeText.duration(ContinuousClock.now - began))",
      isByInterface: Way.leaves(by: interface, to: server.address))
    socket = nil
  }

  private mutating func failed(_ error: Errno) {
    isRefused = error == .connectionRefused
    trouble = ProbeText.failure("connect to \(target)", error)
    socket = nil
    if isRefused && server.mayRefuse { answer = refusal }
  }

  private var refusal: ProbeAnswer {
    ProbeAnswer(
      outcome: .refused, seen: "connection to \(target) refused: the host answers, but nothing listens there",
      isByInterface: Way.leaves(by: interface, to: server.address))
  }

  func silence(within limit: Duration) -> ProbeAnswer {
    if isRefused { return refusal }
    return ProbeAnswer(
      outcome: .failed,
      seen:
        "no connection to \(target) within \(limit.seconds), \(ProbeText.count(connections, "attempt"))\(ProbeText.trouble(trouble))"
    )
  }
}
