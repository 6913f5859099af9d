@testable import Netlink

/// Something that is asked of the kernel.
enum Question: UInt8, CaseIterable {
  case anyDump
  case anyRequest
  case acknowledged
  case someOfADump
  case links
  case addresses
  case routes
  case defaultRoutes
  case rules
  case neighbours
  case nextHopObjects
  case linkByName
  case routeTo
  case entryTo
  case genericFamilies
  case batch

  /// Every byte stands for one; the two upper bits say something of the kernel.
  init(_ choice: UInt8) {
    self = Self.allCases[Int(choice & 63) % Self.allCases.count]
  }

  /// What came back.
  enum Answer: Equatable {
    case messages([PlainMessage])
    case nothing
    /// So many objects, and what they are.
    case objects(Int, AnyHashable)
    case object(AnyHashable)
    /// Which of several requests were carried out.
    case successes([Bool])
  }

  /// So many requests are in a batch, the second of which can't be sent.
  static let batchSize = 4

  func ask(_ netlink: inout RouteNetlink) throws(NetlinkError) -> Answer {
    switch self {
    case .anyDump:
      return .messages(
        try netlink.session.dump(NetlinkRequest("dump", type: 18)) { (message) throws(WireError) in
          PlainMessage(message)
        })
    case .anyRequest:
      return .messages([
        try netlink.session.request(NetlinkRequest("ask", type: 18)) { (message) throws(WireError) in
          PlainMessage(message)
        }
      ])
    case .acknowledged:
      try netlink.session.request(NetlinkRequest("change", type: 16))
      return .nothing
    case .someOfADump:
      return .messages(
        try netlink.session.dump(NetlinkRequest("dump", type: 22), into: []) {
          (messages: inout [PlainMessage], message) throws(WireError) in
          messages.append(PlainMessage(message))
          return messages.count < 2 ? .more : .enough
        })
    case .links: return Self.objects(try netlink.links())
    case .addresses: return Self.objects(try netlink.addresses())
    case .routes: return Self.objects(try netlink.routes(table: nil))
    case .defaultRoutes: return Self.objects(try netlink.defaultRoutes())
    case .rules: return Self.objects(try netlink.rules())
    case .neighbours: return Self.objects(try netlink.neighbours())
    case .nextHopObjects: return Self.objects(try netlink.nextHopObjects())
    case .linkByName: return .object(AnyHashable(try netlink.link(named: "v0")))
    case .routeTo: return .object(AnyHashable(try netlink.route(to: .v4(.loopback))))
    case .genericFamilies:
      let request = GenericFamily.control.request("list", command: GenericFamily.getFamily)
      return Self.objects(
        try netlink.session.dump(request) { (message) throws(WireError) in try GenericFamily(message) })
    case .batch:
      var requests = [NetlinkRequest](repeating: NetlinkRequest("change", type: 16), count: Self.batchSize)
      requests[1].append(attribute: 3, text: "\u{0}")
      return .successes(
        netlink.session.batch(requests).map { result in
          if case .success = result { true } else { false }
        })
    case .entryTo: return .object(AnyHashable(try netlink.entry(to: .v6(.loopback))))
    }
  }

  private static func objects<Object: Hashable>(_ objects: [Object]) -> Answer {
    .objects(objects.count, AnyHashable(objects))
  }
}
