import Glibc
import Netlink
import SystemPackage

/// Asks who has the gateway's address, by frames on the interface itself, whatever routes and neighbour tables say.
struct NeighbourAttempt: ProbeAttempt {
  private let gateway: IPAddress
  private let interface: ProbeInterface
  private var socket: ProbeSocket?
  private var lastAsked: ContinuousClock.Instant?
  private var requests = 0
  private var trouble: String?
  private(set) var answer: ProbeAnswer?

  init(_ gateway: IPAddress, by interface: ProbeInterface) {
    (self.gateway, self.interface) = (gateway, interface)
  }

  var watched: (descriptor: CInt, events: Int16)? { socket.map { ($0.descriptor, Int16(POLLIN)) } }

  private var method: String { gateway.family == .ipv4 ? "ARP" : "neighbour discovery" }

  mutating func ask() {
    guard let frame = request else {
      trouble = "\(interface.name) has no \(gateway.family) address to ask from"
      return
    }
    do throws(Errno) {
      if socket == nil { socket = try open() }
      try socket?.send(frame)
      requests += 1
      lastAsked = .now
    } catch {
      failed("send by \(interface.name)", error)
    }
  }

  private var request: [UInt8]? {
    switch (gateway, interface.source(towards: gateway)) {
    case (.v4(let target), .v4(let source)?): ARPFrame.request(for: target, from: source, interface.mac)
    case (.v6(let target), .v6(let source)?):
      NeighbourDiscoveryFrame.solicitation(for: target, from: source, interface.mac)
    default: nil
    }
  }

  private func open() throws(Errno) -> ProbeSocket {
    switch gateway {
    case .v4: try .frames(of: EthernetFrame.arp, by: interface.index, filter: .arpReplies)
    case .v6: try .frames(of: EthernetFrame.ipv6, by: interface.index, filter: .neighbourAdvertisements)
    }
  }

  mutating func hear() {
    do throws(Errno) {
      while answer == nil, let frame = try socket?.receive() { read(frame) }
    } catch {
      failed("receive by \(interface.name)", error)
    }
  }

  private mutating func read(_ frame: ArraySlice<UInt8>) {
    let mac =
      switch gateway {
      case .v4(let address): ARPFrame.reply(frame, from: address)
      case .v6(let address): NeighbourDiscoveryFrame.advertisement(frame, of: address)
      }
    guard let mac, let lastAsked else { return }
    guard mac != interface.mac else {
      trouble = "\(gateway) is said to be at \(mac), which is \(interface.name) itself"
      return
    }
    answer = ProbeAnswer(
      outcome: .passed,
      seen: "\(gateway) is at \(mac), \(ProbeText.duration(ContinuousClock.now - lastAsked))",
      isByInterface: true)
  }

  /// The socket of an interface that went away stays without one: the next attempt takes a new one.
  private mutating func failed(_ call: String, _ error: Errno) {
    trouble = ProbeText.failure(call, error)
    socket = nil
  }

  func silence(within limit: Duration) -> ProbeAnswer {
    ProbeAnswer(
      outcome: .failed,
      seen:
        "no \(method) answer from \(gateway) by \(interface.name) within \(limit.seconds), \(ProbeText.count(requests, "request")) sent\(ProbeText.trouble(trouble))"
    )
  }
}
