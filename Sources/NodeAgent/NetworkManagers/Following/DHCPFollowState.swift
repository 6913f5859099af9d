import HostFiles

/// How it stands with a ``DHCPFollow`` that was done.
struct DHCPFollowState: Sendable, Equatable {
  /// Nil where the host's processes can't be seen.
  let isRunning: Bool?
  /// What it has of the server; nil where it has nothing.
  let address: String?
  /// When that ends, in seconds since 1970.
  let expires: Int64?

  /// Nil where nothing is followed. Nothing is changed.
  static func observe(on root: HostRoot) -> DHCPFollowState? {
    guard root.exists(DHCPFollow.unitPath) else { return nil }
    let lease = (try? root.readText(DHCPFollow.leasePath)).flatMap {
      LeaseFile($0).last(of: TakeoverWish.vhostName)
    }
    return DHCPFollowState(
      isRunning: isRunning(on: root), address: lease?.address, expires: lease?.expires)
  }

  /// Whether the follower's process is there; nil where the host's can't be seen.
  static func isRunning(on root: HostRoot) -> Bool? {
    let table = ProcessTable(root: root)
    return table.processes(named: ["dhclient"])?.contains {
      DHCPFollow.isFollower($0) && table.state(of: $0.id)?.state != "Z"
    }
  }

  /// What is wrong with it. Pure.
  enum Problem: Sendable, Equatable {
    /// Nobody renews the lease.
    case ended
    /// The server renewed it no more, so many seconds ago.
    case expired(String, ago: Int64)
    /// The server gave another address.
    case moved(to: String)
  }

  /// dhclient writes no lease down within so many seconds of the one before (`MIN_LEASE_WRITE` in its source).
  private static let writePause: Int64 = 15

  /// - Parameters:
  ///   - addresses: vhost0's, IPv4.
  ///   - now: seconds since 1970.
  func problems(addresses: [String], now: Int64) -> [Problem] {
    var problems: [Problem] = isRunning == false ? [.ended] : []
    guard let address else { return problems }
    if !addresses.contains(address) {
      problems.append(.moved(to: address))
    } else if let expires, expires + Self.writePause < now {
      problems.append(.expired(address, ago: now - expires))
    }
    return problems
  }
}

extension DHCPFollowState.Problem: CustomStringConvertible {
  var description: String {
    switch self {
    case .ended: "no dhclient renews the lease of vhost0's address"
    case .expired(let address, let ago):
      "the DHCP server has not renewed the lease of \(address), which ended \(ManagerWords.time(UInt32(clamping: ago))) ago: vhost0 keeps the address, and the server may give it to another host"
    case .moved(let address):
      "the DHCP server gave vhost0 the address \(address), which it hasn't: vhost0 keeps its own, which the server may give to another host"
    }
  }
}
