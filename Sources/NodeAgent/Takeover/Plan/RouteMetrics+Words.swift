import Netlink

extension RouteMetrics {
  /// The metrics as `ip route add` takes them (ip-route(8)).
  var words: [String] {
    var words = Self.names.compactMap { metric, name in self[metric].map { "\(name) \(lock(metric))\($0)" } }
    // As the kernel keeps it, not in the milliseconds of a bare number.
    if let time = self[.roundTripTime] { words.append("rtt \(lock(.roundTripTime))\(Double(time) / 8)ms") }
    // ip always locks it.
    if let time = self[.minimumRetransmission] { words.append("rto_min \(time)ms") }
    if let congestionControl { words.append("congctl \(congestionControl)") }
    return words
  }

  private func lock(_ metric: RouteMetric) -> String { isLocked(metric) ? "lock " : "" }

  private static let names: [(RouteMetric, String)] = [
    (.mtu, "mtu"), (.window, "window"), (.advertisedMSS, "advmss"), (.hopLimit, "hoplimit"),
    (.initialCongestionWindow, "initcwnd"), (.initialReceiveWindow, "initrwnd"),
  ]
}
