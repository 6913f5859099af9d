import Foundation

/// The state of a host's network as `lab-netstate` wrote it down, every attribute of everything.
struct NetworkState: Sendable, Equatable {
  var records: [NetworkRecord]

  init(_ records: [NetworkRecord]) {
    self.records = records
  }

  /// - Parameters:
  ///   - files: by path.
  ///   - folder: the one that was given to `lab-netstate`.
  init(_ files: [String: [UInt8]], in folder: String) throws {
    records = []
    for (name, kind) in Self.lists {
      let path = "\(folder)/\(name).json"
      guard let bytes = files[path] else { throw NetworkStateError(what: "there is no \(path)") }
      try add(kind, Data(bytes), from: path)
    }
    let path = "\(folder)/sysctls.json"
    guard let bytes = files[path],
      let values = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String]
    else {
      throw NetworkStateError(what: "\(path) is no list of sysctls")
    }
    records += values.map { NetworkRecord(.sysctl, ["name": $0.key, "value": $0.value]) }
  }

  /// The file of each kind that ip prints.
  private static let lists: [(String, NetworkRecord.Kind)] = [
    ("links", .link), ("addresses", .address), ("routes4", .route4), ("routes6", .route6),
    ("rules4", .rule4), ("rules6", .rule6), ("neighbours", .neighbour), ("proxies", .proxy),
    ("nexthops", .nexthop),
  ]

  /// What `ip -j -d` printed of one kind.
  mutating func add(_ kind: NetworkRecord.Kind, _ json: Data, from path: String) throws {
    guard let list = try JSONSerialization.jsonObject(with: json) as? [[String: Any]] else {
      throw NetworkStateError(what: "\(path) is no list of objects")
    }
    // Where a link has nothing of the kind, ip prints an object without anything in it.
    for object in list where !object.isEmpty {
      if kind == .address {
        records += NetworkRecord.addresses(of: object)
      } else {
        records.append(NetworkRecord(kind, NetworkRecord.flat(object)))
      }
    }
  }
}

struct NetworkStateError: Error, CustomStringConvertible {
  let what: String
  var description: String { what }
}

/// One thing of a host's network.
struct NetworkRecord: Sendable, Hashable {
  enum Kind: String, Sendable, CaseIterable {
    case link, address, neighbour, sysctl
    case proxy = "neighbour answered for"
    case route4 = "IPv4 route"
    case route6 = "IPv6 route"
    case rule4 = "IPv4 rule"
    case rule6 = "IPv6 rule"
    case nexthop = "next-hop object"
  }

  let kind: Kind
  /// As ip names them; those of what lies within have names such as `nexthops.0.gateway` and `metrics.0.mtu`.
  var attributes: [String: String]

  init(_ kind: Kind, _ attributes: [String: String]) {
    (self.kind, self.attributes) = (kind, attributes)
  }

  subscript(name: String) -> String? {
    get { attributes[name] }
    set { attributes[name] = newValue }
  }

  /// What tells it from the others of its kind; not every such two differ in it.
  var identity: String {
    let words = Self.identifying[kind, default: []].compactMap { name in self[name].map { "\(name) \($0)" } }
    return "\(kind.rawValue) \(words.joined(separator: " "))"
  }

  private static let identifying: [Kind: [String]] = [
    .link: ["ifname"], .address: ["family", "local", "prefixlen"], .neighbour: ["dst"], .proxy: ["dst"],
    .route4: ["type", "dst", "table", "tos", "metric"], .route6: ["type", "dst", "table", "metric"],
    .rule4: ["priority"], .rule6: ["priority"], .nexthop: ["id"], .sysctl: ["name"],
  ]

  /// Each address of a link, with the link's name as `dev` and its place among those of its family as `position`: the
  /// first one is the source of what has no other.
  static func addresses(of link: [String: Any]) -> [NetworkRecord] {
    var counts: [String: Int] = [:]
    return (link["addr_info"] as? [[String: Any]] ?? []).filter { !$0.isEmpty }.map { address in
      var record = NetworkRecord(.address, flat(address))
      record["dev"] = link["ifname"] as? String
      if !record.isLinkLocal {
        let family = record["family"] ?? ""
        record["position"] = "\(counts[family, default: 0])"
        counts[family, default: 0] += 1
      }
      return record
    }
  }

  static func flat(_ object: [String: Any]) -> [String: String] {
    var attributes: [String: String] = [:]
    func add(_ value: Any, _ name: String) {
      switch value {
      case let object as [String: Any]:
        for (inner, value) in object { add(value, name.isEmpty ? inner : "\(name).\(inner)") }
      case let words as [String]:
        attributes[name] = words.sorted().joined(separator: " ")
      case let list as [Any]:
        for (number, value) in list.enumerated() { add(value, "\(name).\(number)") }
      default: attributes[name] = "\(value)"
      }
    }
    add(object, "")
    return attributes
  }

  /// What each link with IPv6 has of its own: its link-local address, the routes to it and to its neighbours, and
  /// that to all of multicast.
  var isLinkLocal: Bool {
    switch kind {
    case .address: self["local"]?.hasPrefix("fe80:") == true
    case .route6:
      self["protocol"] == "kernel" && (self["dst"]?.hasPrefix("fe80:") == true || self["dst"] == "ff00::/8")
    default: false
    }
  }
}
