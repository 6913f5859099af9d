import Glibc
import Netlink
import SystemPackage

/// Sends echo requests where the kernel's routes lead: that is what is verified.
struct EchoAttempt: ProbeAttempt {
  private let target: IPAddress
  private let interface: ProbeInterface
  /// Tells our replies from those to other programs.
  private let identifier = UInt16.random(in: .min ... .max)
  private var socket: ProbeSocket?
  /// When each request was sent, by its sequence number.
  private var sent: [ContinuousClock.Instant] = []
  private var trouble: String?
  private(set) var answer: ProbeAnswer?

  init(_ target: IPAddress, by interface: ProbeInterface) {
    (self.target, self.interface) = (target, interface)
  }

  var watched: (descriptor: CInt, events: Int16)? { socket.map { ($0.descriptor, Int16(POLLIN)) } }

  mutating func ask() {
    do throws(Errno) {
      if socket == nil { socket = try open() }
      let message = EchoMessage(
        family: target.family, identifier: identifier, sequence: UInt16(truncatingIfNeeded: sent.count))
      try socket?.send(message.request)
      sent.append(.now)
    } catch {
      failed("send to \(target)", error)
    }
  }

  private func open() throws(Errno) -> ProbeSocket {
    let socket = try ProbeSocket.echo(target.family)
    if let vrf = interface.vrf { try socket.bind(to: vrf) }
    try socket.connect(to: target, scope: target.isLinkLocal ? interface.index : 0)
    return socket
  }

  mutating func hear() {
    do throws(Errno) {
      while answer == nil, let bytes = try socket?.receive() { read(bytes) }
    } catch {
      failed("receive from \(target)", error)
    }
  }

  private mutating func read(_ bytes: ArraySlice<UInt8>) {
    guard let reply = EchoMessage(reply: bytes, family: target.family), reply.identifier == identifier,
      Int(reply.sequence) < sent.count
    else { return }
    let time = ContinuousClock.now - sent[Int(reply.sequence)]
    answer = ProbeAnswer(
      outcome: .passed, seen: "echo reply from \(target), \(ProbeText.duration(time))",
      isByInterface: Way.leaves(by: interface, to: target))
  }

  private mutating func failed(_ call: String, _ error: Errno) {
    trouble = ProbeText.failure(call, error)
    socket = nil
  }

  func silence(within limit: Duration) -> ProbeAnswer {
    ProbeAnswer(
      outcome: .failed,
      seen:
        "no echo reply from \(target) within \(limit.seconds), \(ProbeText.count(sent.count, "request")) sent\(ProbeText.trouble(trouble))"
    )
  }
}
