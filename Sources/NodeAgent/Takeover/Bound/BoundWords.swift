import Netlink

/// What is said of each thing that is bound to an interface; nil where there is nothing to say.
struct BoundWords {
  let facts: BoundFacts
  let vhost: String

  private var nic: String { facts.interface }

  private func bound(
    _ kind: BoundToInterface.Kind, _ what: String, _ evidence: [String], _ consequence: String,
    _ remedy: String
  ) -> BoundToInterface? {
    guard !evidence.isEmpty else { return nil }
    return BoundToInterface(
      kind: kind, interface: nic, what: what, evidence: Self.some(evidence), consequence: consequence,
      remedy: remedy)
  }

  private static let most = 10

  private static func some(_ evidence: [String]) -> [String] {
    evidence.count <= most
      ? evidence : evidence.prefix(most) + ["and \(evidence.count - most) more"]
  }

  /// VLANs above it go on: the kernel gives them their frames before the module, and they send by the interface itself.
  private static let unharmed: Set<String> = ["vlan"]
  private static let takers: Set<String> = ["macvlan", "macvtap", "ipvlan", "ipvtap"]
  private static let tunnelKinds: Set<String> = [
    "vxlan", "gre", "gretap", "erspan", "ip6gre", "ip6gretap", "ip6erspan", "ipip", "sit", "ip6tnl", "vti",
    "vti6",
    "xfrm",
  ]

  var tunnels: BoundToInterface? {
    bound(
      .tunnel, "tunnels tied to \(nic)",
      facts.links.filter { Self.tunnelKinds.contains($0.kind) }.map { "\($0.name): \($0.kind)" },
      "what they send has to leave by \(nic), where the node has no routes and gets no answers to ARP any more, and what arrives for them arrives on \(vhost): they fall silent",
      "make them anew without a device (no 'dev \(nic)'), or with 'dev \(vhost)' once it has taken over")
  }

  /// Kinds of which nothing is known here.
  var stacked: BoundToInterface? {
    bound(
      .stacked, "links that lie on \(nic)",
      facts.links.filter {
        !Self.tunnelKinds.contains($0.kind) && !Self.takers.contains($0.kind)
          && !Self.unharmed.contains($0.kind)
      }.map { "\($0.name): \($0.kind)" },
      "they stay on \(nic), whose frames go to \(vhost) from then on",
      "look whether they still work, and move them to \(vhost)")
  }

  var xdp: BoundToInterface? {
    bound(
      .xdp, "an XDP program on \(nic)", facts.hasXDPProgram ? ["ip link show dev \(nic)"] : [],
      "it stays and sees every frame before \(vhost) does: what it drops or sends elsewhere never reaches \(vhost), and it doesn't see what \(vhost) would be asked for by name",
      "make sure that it lets pass what is for the node and for the vRouter, tunnelled packets among it; or detach it (ip link set dev \(nic) xdp off)"
    )
  }

  var arriving: BoundToInterface? {
    bound(
      .tc, "tc filters on what arrives at \(nic)", filters { $0.parent == TrafficFilter.arriving },
      "they stay and see every frame before \(vhost) does, those of the vRouter's tunnels among them: what they drop or redirect never reaches \(vhost)",
      "make sure that they let pass what is for the node and for the vRouter, or remove them (tc filter del dev \(nic) ingress)"
    )
  }

  var leaving: BoundToInterface? {
    let disciplines = facts.disciplines.filter {
      !["clsact", "ingress"].contains($0.kind) && $0.parent == QueueingDiscipline.root
    }
    return bound(
      .tc, "tc's order and filters of what leaves by \(nic)",
      disciplines.map { "root \($0.kind)" } + filters { $0.parent != TrafficFilter.arriving },
      "they stay, and what \(vhost) sends still passes them on its way out; with a vRouter agent it is tunnelled packets that they see, and not those of workloads",
      "look whether what they tell packets apart by still holds")
  }

  private func filters(_ isMeant: (TrafficFilter) -> Bool) -> [String] {
    facts.filters.filter(isMeant).map { filter in
      "\(filter.kind)\(filter.programName.map { " \($0)" } ?? "") of priority \(filter.priority)"
    }
  }

  var hooks: BoundToInterface? {
    bound(
      .nftables, "chains and flow tables of nf_tables on \(nic)",
      facts.rules.compactMap { mention in
        switch mention.place {
        case .rules: nil
        case .hook(let chain): "\(mention.family) \(mention.table) \(chain)"
        case .flowTable(let name): "flow table \(mention.family) \(mention.table) \(name)"
        }
      },
      "they stay and see frames before \(vhost) does, and nothing that \(vhost) is asked for by name; a flow table takes no more connections over",
      "make sure that they let pass what is for the node and for the vRouter, or name \(vhost) in them")
  }

  var rules: BoundToInterface? {
    bound(
      .nftables, "rules of nf_tables that name \(nic)",
      facts.rules.compactMap { mention in
        guard case .rules(let chain, let count) = mention.place, mention.family != "netdev" else {
          return nil
        }
        return "\(count) in \(mention.family) \(mention.table) \(chain)"
      }, unmatched, "name \(vhost) in them, too, before it takes over")
  }

  var legacy: BoundToInterface? {
    bound(
      .iptables, "rules of iptables that name \(nic)",
      facts.legacyRules.map { "\($0.count) in table \($0.table) (\($0.family))" }, unmatched,
      "add rules with '-i \(vhost)' and '-o \(vhost)' before it takes over")
  }

  private var unmatched: String {
    "packets arrive and leave by \(vhost) from then on, so that these match no more: what they allowed may be dropped, what they dropped allowed, what they translated goes out as it is"
  }

  var sockets: BoundToInterface? {
    bound(
      .socket, "sockets bound to \(nic)", facts.sockets.map(Self.text),
      "what is for the node arrives on \(vhost), which they don't hear (packet sockets for all types of frames hear both), and what they send by \(nic) gets no answer",
      "have their programs use \(vhost): a DHCP client, a routing daemon, keepalived")
  }

  private static func text(_ socket: BoundSocket) -> String {
    switch socket.kind {
    case .tcp, .udp: "\(socket.kind.rawValue) port \(socket.number), \(socket.family.map { "\($0)" } ?? "")"
    case .raw: "raw, protocol \(socket.number), \(socket.family.map { "\($0)" } ?? "")"
    // ETH_P_ALL
    case .packet where socket.number == 3: "packets of every type"
    case .packet: "packets of type 0x\(String(socket.number, radix: 16))"
    }
  }

  var unknown: BoundToInterface? {
    bound(
      .notKnown, "what else is bound to \(nic) is not known in full", facts.unknown,
      "what is there of these isn't warned of",
      "look yourself: ss -anp, nft list ruleset, tc filter show dev \(nic)")
  }
}
