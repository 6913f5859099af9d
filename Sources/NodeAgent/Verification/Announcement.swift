import Netlink
import SystemPackage

/// Frames that tell neighbours where addresses now are, ready to be sent: encoded, and their sockets open, before the
/// moment at which they matter.
///
/// A frame may get lost: RFC 5227 has ARP announcements sent twice, 2 s apart, RFC 4861 advertisements up to three times,
/// 1 s apart. ``send()`` sends each once, and may be called again. Link-local addresses of IPv6 are announced as any.
struct Announcement: Sendable {
  /// The frames, in the order of the addresses.
  let frames: [Frame]
  private let sockets: [UInt16: ProbeSocket]
  private let interface: String

  struct Frame: Sendable, Equatable {
    let address: IPAddress
    let bytes: [UInt8]

    /// The frame type for the socket.
    fileprivate var type: UInt16 { address.family == .ipv4 ? EthernetFrame.arp : EthernetFrame.ipv6 }

    /// - Parameter isRouter: as ``NeighbourDiscoveryFrame/advertisement(of:at:isRouter:)`` has it.
    init(_ address: IPAddress, at mac: MACAddress, isRouter: Bool) {
      self.address = address
      bytes =
        switch address {
        case .v4(let address): ARPFrame.announcement(of: address, at: mac)
        case .v6(let address): NeighbourDiscoveryFrame.advertisement(of: address, at: mac, isRouter: isRouter)
        }
    }
  }

  /// The announcement can't be made, or frames of it weren't sent.
  struct Failure: Error, Equatable, CustomStringConvertible {
    let description: String
  }

  /// Opens what sending takes, by the interface as it is now, in the network namespace of the calling thread.
  ///
  /// - Parameters:
  ///   - addresses: of both families; each is announced once.
  ///   - isRouter: whether the interface forwards IPv6 (`net.ipv6.conf.NAME.forwarding`).
  /// - Throws: when there is no such interface, or without CAP_NET_RAW.
  init(of addresses: [IPAddress], by interface: ProbeInterface, isRouter: Bool) throws(Failure) {
    var seen: Set<IPAddress> = []
    frames = addresses.filter { seen.insert($0).inserted }
      .map { Frame($0, at: interface.mac, isRouter: isRouter) }
    self.interface = interface.name
    var sockets: [UInt16: ProbeSocket] = [:]
    do throws(Errno) {
      for type in Set(frames.map(\.type)) {
        sockets[type] = try .frames(of: type, by: interface.index, filter: .nothing)
      }
    } catch {
      throw Failure(
        description:
          "addresses can't be announced by \(interface.name): no packet socket: \(error)\(error == .notPermitted ? " (it takes CAP_NET_RAW)" : "")"
      )
    }
    self.sockets = sockets
  }

  /// Sends each frame once. One that fails doesn't keep the others back.
  ///
  /// - Throws: which addresses weren't announced, and what the kernel said.
  func send() throws(Failure) {
    var failed: [String] = []
    for frame in frames {
      do throws(Errno) {
        try sockets[frame.type]?.send(frame.bytes)
      } catch {
        failed.append("\(frame.address): \(error)")
      }
    }
    guard failed.isEmpty else {
      throw Failure(description: "not announced by \(interface): \(failed.joined(separator: ", "))")
    }
  }
}
