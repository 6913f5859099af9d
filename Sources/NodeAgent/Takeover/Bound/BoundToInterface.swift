import Netlink

/// Something that names a physical interface and doesn't follow when vhost0 takes over from it. Pure.
///
/// What becomes of each was measured in a guest (`LabTests.BoundTests`), or follows from the order in which the kernel hands
/// a frame on (net/core/dev.c): XDP, packet sockets of every type, tc's ingress, nf_tables' netdev ingress, VLANs, and only
/// then the module, which hands what is left to vhost0.
struct BoundToInterface: Sendable, Hashable, Encodable {
  enum Kind: String, Sendable, Encodable {
    case vlan, tunnel, stacked, xdp, tc, nftables, iptables, socket
    case notKnown = "not-known"
  }

  let kind: Kind
  /// The physical interface.
  let interface: String
  /// What it is.
  let what: String
  /// What was seen of it.
  let evidence: [String]
  /// What becomes of it.
  let consequence: String
  /// What to do.
  let remedy: String

  /// One sentence for a log.
  var text: String {
    let seen = evidence.isEmpty ? "" : " (\(evidence.joined(separator: ", ")))"
    return "\(what)\(seen): \(consequence); \(remedy)"
  }
}

extension BoundToInterface {
  /// Everything that an operator should know of; nothing for what goes on as before.
  static func all(_ facts: BoundFacts, vhost: String = TakeoverWish.vhostName) -> [BoundToInterface] {
    let words = BoundWords(facts: facts, vhost: vhost)
    return [
      words.tunnels, words.stacked, words.xdp, words.arriving, words.leaving, words.hooks, words.rules,
      words.legacy,
      words.sockets, words.unknown,
    ].compactMap(\.self)
  }

  /// Why nothing can take over while this is so; nil when something can.
  static func refusal(_ facts: BoundFacts) -> String? {
    let takers = facts.links.filter { ["macvlan", "macvtap", "ipvlan", "ipvtap"].contains($0.kind) }
    guard !takers.isEmpty else { return nil }
    let names = takers.map { "\($0.name) (\($0.kind))" }.joined(separator: ", ")
    return
      "\(names) on \(facts.interface) takes its frames already, and the kernel gives them to one only: the module is refused them (EBUSY); remove it, or put it on another interface"
  }
}
