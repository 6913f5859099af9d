import Netlink

/// The kernel's table of neighbours has one limit for all interfaces (`gc_thresh3` in Documentation/networking/ip-sysctl.rst), and
/// takes old ones out above another (`gc_thresh2`). While vhost0 knows what the physical interface knows there are twice
/// as many: without room, some would have to be asked for anew, which costs a packet to each up to a second.
enum NeighbourTableRoom {
  static let limits = AddressFamily.allCases.flatMap { limits(of: $0) }

  private static func limits(of family: AddressFamily) -> [String] {
    ["gc_thresh2", "gc_thresh3"].map {
      "/proc/sys/net/\(family == .ipv4 ? "ipv4" : "ipv6")/neigh/default/\($0)"
    }
  }

  /// What a takeover from a state raises for its time, by path. Few neighbours find room as it is.
  static func raised(from state: TakeoverState) -> [String: String] {
    let state = state.movable
    return raised(for: state.neighbours.filter { state.cardIndices.contains($0.linkIndex) }, in: state)
  }

  /// What an undoing raises for its time, as what vhost0 knows is known on the interfaces too: where a takeover had raised
  /// it, to the same, so that what an undoing that was killed left is known for what it is.
  static func raised(forUndoing state: TakeoverState, to before: TakeoverState?) -> [String: String] {
    guard let vhost = state.vhost else { return [:] }
    let own = raised(for: state.neighbours.filter { $0.linkIndex == vhost.index }, in: state)
    let earlier = before.map { raised(from: $0) } ?? [:]
    return own.merging(earlier) { $1 }.filter { path, value in
      Int(value) ?? 0 > Int(state.controls[path] ?? "") ?? .max
    }
  }

  private static func raised(for copied: [Neighbour], in state: TakeoverState) -> [String: String] {
    var values: [String: String] = [:]
    for family in AddressFamily.allCases {
      let copies = copied.filter { $0.address.family == family && $0.macAddress != nil }.count
      let paths = limits(of: family)
      guard let limit = paths.last.flatMap({ state.controls[$0] }).flatMap(Int.init), copies * 4 > limit
      else { continue }
      for path in paths {
        guard let value = state.controls[path].flatMap(Int.init) else { continue }
        values[path] = "\(value + copies)"
      }
    }
    return values
  }

  /// What is still raised since a takeover began, with the values that are to be had again. What somebody set meanwhile
  /// stays.
  static func unrestored(in state: TakeoverState, since before: TakeoverState) -> [String: String] {
    raised(from: before).filter { state.controls[$0.key] == $0.value }.reduce(into: [:]) { values, raised in
      values[raised.key] = before.controls[raised.key]
    }
  }
}
