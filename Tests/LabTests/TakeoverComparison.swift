/// Whether vhost0 has all that the NIC had, and whether all is as it was once that is undone: attribute by attribute.
///
/// Whatever may differ is one of the rules here; everything else is a difference.
struct TakeoverComparison: Sendable {
  var nics: [String]
  var host = "vhost0"
  /// Whether the module may have stayed loaded after an undo, with its own links.
  var moduleMayStay = false
  /// Seconds that may have passed between the two states, for what counts down.
  var mostSeconds = 120

  // MARK: After a takeover

  /// Of several NICs each keeps what it has.
  private var isMultihomed: Bool { nics.count > 1 }

  /// What of `after` isn't what `before` has, with vhost0 in the NIC's place.
  func afterTakeover(_ before: NetworkState, _ after: NetworkState) -> [NetworkDifference] {
    let compared = before.records.filter(isComparedInTakeover)
    let moved =
      isMultihomed
      ? compared : compared.map(outlasting).map(withHostForNICs).map(withoutTakeoversMarks)
    let found = after.records.filter(isComparedInTakeover).map {
      isMultihomed ? $0 : withoutTakeoversMarks($0)
    }
    let (expected, actual) = evened(moved, found)
    return NetworkDifference.between(expected, actual) + linkDifferences(before, after)
      + sysctlDifferences(before, after)
  }

  /// Links and sysctls are looked at apart, what the kernel learns by itself isn't looked at, and every link has its own
  /// link-local address and routes.
  private func isComparedInTakeover(_ record: NetworkRecord) -> Bool {
    switch record.kind {
    case .link, .sysctl: false
    case .neighbour: isStatic(record)
    default: !record.isLinkLocal
    }
  }

  private func isStatic(_ neighbour: NetworkRecord) -> Bool {
    neighbour["state"]?.split(separator: " ").contains("PERMANENT") == true
  }

  private func withHostForNICs(_ record: NetworkRecord) -> NetworkRecord {
    var record = record
    for (name, value) in record.attributes {
      switch name.split(separator: ".").last {
      case "dev", "iif", "oif":
        if nics.contains(value) { record[name] = host }
      case "label":
        // An alias: eth0:vip.
        let parts = value.split(separator: ":", maxSplits: 1)
        if let first = parts.first, nics.contains(String(first)) {
          record[name] = ([host] + parts.dropFirst().map(String.init)).joined(separator: ":")
        }
      default: break
      }
    }
    return record
  }

  /// The NICs' addresses stay when their time is over, but for those that the kernel forms of a MAC address: nobody would
  /// renew it on vhost0, and nobody on the NIC until its manager does.
  private func outlasting(_ record: NetworkRecord) -> NetworkRecord {
    guard record.kind == .address, record["valid_life_time"] != nil, nics.contains(record["dev"] ?? ""),
      record["local"]?.contains("ff:fe") != true
    else { return record }
    var record = record
    record["dynamic"] = nil
    record["valid_life_time"] = Self.forever
    if record["deprecated"] == nil { record["preferred_life_time"] = Self.forever }
    return record
  }

  /// As ip prints it in JSON.
  private static let forever = "4294967295"

  /// Without what a takeover adds to an address, as it brings the connected routes itself and knows that nobody else has
  /// the address: IFA_F_NOPREFIXROUTE and IFA_F_NODAD.
  private func withoutTakeoversMarks(_ record: NetworkRecord) -> NetworkRecord {
    guard record.kind == .address else { return record }
    var record = record
    if nics.contains(record["dev"] ?? "") || record["dev"] == host {
      record["noprefixroute"] = nil
      record["nodad"] = nil
    }
    return record
  }

  /// vhost0 is up, has the NIC's MTU and, over one NIC, its MAC; the NIC is up too.
  private func linkDifferences(_ before: NetworkState, _ after: NetworkState) -> [NetworkDifference] {
    func link(_ name: String, in state: NetworkState) -> NetworkRecord? {
      state.records.first { $0.kind == .link && $0["ifname"] == name }
    }
    let vhost = link(host, in: after)
    return nics.flatMap { nic -> [NetworkDifference] in
      guard let was = link(nic, in: before) else { return [] }
      var expected = NetworkRecord(.link, ["ifname": host, "mtu": was["mtu"] ?? "", "up": "true"])
      expected["address"] = isMultihomed ? Self.multihomedMAC : was["address"]
      let found = [vhost, link(nic, in: after)].compactMap(\.self)
      func isUp(_ link: NetworkRecord) -> String {
        "\(link["flags"]?.split(separator: " ").contains("UP") == true)"
      }
      let actual = found.map { link in
        NetworkRecord(
          .link,
          [
            "ifname": link["ifname"] ?? "", "mtu": link["mtu"] ?? "", "address": link["address"] ?? "",
            "up": isUp(link),
          ])
      }
      let own = NetworkRecord(
        .link,
        ["ifname": nic, "mtu": was["mtu"] ?? "", "address": was["address"] ?? "", "up": isUp(was)])
      return NetworkDifference.between([expected, own], actual)
    }
  }

  /// Of a vhost0 over several NICs.
  private static let multihomedMAC = "00:00:5e:00:01:00"

  /// What follows the interface has the NIC's values on vhost0; no other link's have changed. The NIC's own may have: it
  /// is not to take part any more, unless it keeps what it has.
  private func sysctlDifferences(_ before: NetworkState, _ after: NetworkState) -> [NetworkDifference] {
    let following = [
      "ipv4/conf/%/rp_filter", "ipv4/conf/%/forwarding", "ipv6/conf/%/accept_ra", "ipv6/conf/%/forwarding",
    ]
    func sysctls(_ state: NetworkState, of links: [String]) -> [NetworkRecord] {
      state.records.filter { record in
        record.kind == .sysctl && links.contains { record["name"]?.contains("/\($0)/") == true }
      }
    }
    var expected: [NetworkRecord] = []
    if let nic = nics.first, !isMultihomed {
      let paths = following.map { $0.replacing("%", with: nic) }
      expected = sysctls(before, of: [nic]).filter { paths.contains($0["name"] ?? "") }.map { record in
        var record = record
        record["name"] = record["name"]?.replacing("/\(nic)/", with: "/\(host)/")
        return record
      }
    }
    let names = Set(expected.map { $0["name"] })
    let actual = sysctls(after, of: [host]).filter { names.contains($0["name"]) }
    func others(_ state: NetworkState) -> [NetworkRecord] {
      state.records.filter { record in
        guard record.kind == .sysctl, let link = sysctlLink(record) else { return false }
        return (isMultihomed || !nics.contains(link)) && link != host && !isModulesLink(link)
      }
    }
    return NetworkDifference.between(expected, actual)
      + NetworkDifference.between(others(before), others(after))
  }

  // MARK: After an undo

  /// What isn't as it was: nothing may differ but what counts down or is learned.
  func afterUndo(_ before: NetworkState, _ after: NetworkState) -> [NetworkDifference] {
    func compared(_ state: NetworkState) -> [NetworkRecord] {
      state.records.filter { $0.kind != .neighbour || isStatic($0) }.filter { !isModulesOwn($0) }
        .map(withoutBridgeTimers).map(outlasting)
    }
    let (expected, actual) = evened(compared(before), compared(after))
    return NetworkDifference.between(expected, actual)
  }

  /// A link of the module's that may stay, or its sysctls.
  private func isModulesOwn(_ record: NetworkRecord) -> Bool {
    guard moduleMayStay else { return false }
    switch record.kind {
    case .link: return isModulesLink(record["ifname"] ?? "")
    case .sysctl: return sysctlLink(record).map(isModulesLink) ?? false
    default: return false
    }
  }

  private func isModulesLink(_ name: String) -> Bool { ["pkt1", "pkt2", "pkt3"].contains(name) }

  /// `ipv4/conf/eth0/rp_filter`: eth0.
  private func sysctlLink(_ record: NetworkRecord) -> String? {
    let parts = (record["name"] ?? "").split(separator: "/")
    return parts.count > 2 ? String(parts[2]) : nil
  }

  private func withoutBridgeTimers(_ record: NetworkRecord) -> NetworkRecord {
    guard record.kind == .link else { return record }
    var record = record
    for name in record.attributes.keys where name.hasSuffix("_timer") { record[name] = nil }
    return record
  }

  // MARK: What counts down

  private static let countingDown = ["valid_life_time", "preferred_life_time", "expires"]

  /// How long a route of IPv6 lasts isn't taken over: a router's next advertisement says so again.
  private func withoutRouteLifetime(_ record: NetworkRecord) -> NetworkRecord {
    guard record.kind == .route6 else { return record }
    var record = record
    record["expires"] = nil
    return record
  }

  /// Gives each lifetime that is less than it was, by no more than the time that may have passed, its old value. Where a
  /// router's advertisements renew them (an address has the flag mngtmpaddr), it may also be as much more.
  private func evened(
    _ before: [NetworkRecord], _ after: [NetworkRecord]
  ) -> ([NetworkRecord], [NetworkRecord]) {
    let (before, after) = (before.map(withoutRouteLifetime), after.map(withoutRouteLifetime))
    var limits: [String: [NetworkRecord]] = [:]
    for record in before where Self.countingDown.contains(where: { record[$0] != nil }) {
      limits[record.identity, default: []].append(record)
    }
    let isRenewed = before.contains { $0["mngtmpaddr"] != nil }
    let evened = after.map { record in
      var record = record
      for name in Self.countingDown {
        guard let now = record[name].flatMap(Int.init),
          let old = limits[record.identity]?.compactMap({ $0[name].flatMap(Int.init) })
            .first(where: { (now <= $0 || isRenewed) && abs($0 - now) <= mostSeconds })
        else { continue }
        record[name] = "\(old)"
      }
      return record
    }
    return (before, evened)
  }
}
