import Netlink

/// Asks the kernel by which interface the default route leaves.
struct RouteAttempt: ProbeAttempt {
  private let family: AddressFamily
  private let interface: ProbeInterface
  private var trouble: String?
  private(set) var answer: ProbeAnswer?

  init(_ family: AddressFamily, by interface: ProbeInterface) {
    (self.family, self.interface) = (family, interface)
  }

  /// The kernel answers at once.
  var watched: (descriptor: CInt, events: Int16)? { nil }

  mutating func ask() {
    do throws(NetlinkError) {
      let way = try Way.default(family, in: interface.vrf)
      if way.leaves(by: interface) {
        answer = ProbeAnswer(
          outcome: .passed, seen: "the \(family) default route leaves by \(way)", isByInterface: true)
      } else {
        trouble = "the \(family) default route leaves by \(way), not by \(interface.name)"
      }
    } catch {
      trouble = error.noRoute == nil ? "\(error)" : "there is no \(family) default route"
    }
  }

  mutating func hear() {}

  func silence(within limit: Duration) -> ProbeAnswer {
    ProbeAnswer(outcome: .failed, seen: "\(trouble ?? "the kernel was not asked")")
  }
}
