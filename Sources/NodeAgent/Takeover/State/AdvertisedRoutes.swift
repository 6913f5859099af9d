import HostFiles
import Netlink

/// The routes of IPv6 that the kernel itself made of routers' advertisements. That others made one, it tells by the
/// protocol, too; that it made one itself only /proc/net/ipv6_route says (rt6_info_route_native in net/ipv6/ip6_fib.c).
struct AdvertisedRoutes {
  /// `RTF_ADDRCONF` in linux/ipv6_route.h.
  private static let advertised: UInt32 = 0x0004_0000

  /// What is said of each; both, where one is in two tables.
  private var answers: [Line: Set<Bool>] = [:]

  private struct Line: Hashable {
    let destination: String
    let gateway: String
    let metric: UInt32
    let link: String
  }

  /// Each line has destination, prefix length, source, prefix length, gateway, metric, two counters, flags and link.
  init(_ text: String) {
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count == 10, let metric = UInt32(fields[5], radix: 16),
        let flags = UInt32(fields[8], radix: 16)
      else { continue }
      let key = Line(
        destination: "\(fields[0])/\(fields[1])", gateway: "\(fields[4])", metric: metric,
        link: "\(fields[9])")
      answers[key, default: []].insert(flags & Self.advertised != 0)
    }
  }

  /// Of the network namespace that the calling thread is in; nil when it can't be read.
  static func observe() -> AdvertisedRoutes? {
    let path = "/proc/thread-self/net/ipv6_route"
    return (try? HostRoot.running.readText(path, limit: 1 << 28)).map(AdvertisedRoutes.init)
  }

  /// Nil: not known.
  func contains(_ route: Route, on link: String) -> Bool? {
    guard case .v6(let destination) = route.destination.address, case .v6(let gateway) = route.gateway
    else { return false }
    let key = Line(
      destination: "\(Self.digits(destination))/\(Self.padded(route.destination.length, 2))",
      gateway: Self.digits(gateway), metric: route.metric, link: link)
    guard let answers = answers[key], answers.count == 1 else { return nil }
    return answers.first
  }

  private static func digits(_ address: IPv6Address) -> String {
    address.bytes.map { padded(Int($0), 2) }.joined()
  }

  private static func padded(_ number: Int, _ count: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
