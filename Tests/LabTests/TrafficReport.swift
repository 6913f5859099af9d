import Foundation

/// What one watcher of `lab-watch` saw (Tests/Lab/guest/src/lab-traffic.c).
struct TrafficReport: Decodable, Sendable {
  struct Ping: Decodable, Sendable {
    let sent: Int
    let answered: Int
    /// Not answered within a second, or not sent because the sender itself had no way.
    let lost: Int
    let unsent: Int
    let unsentErrno: String
    let longestGapMs: Double
    let bursts: [Burst]
  }

  struct Burst: Decodable, Sendable {
    let atMs: Double
    let lost: Int
  }

  struct TCP: Decodable, Sendable {
    let connections: Int
    let bytes: Int
    /// Sent, and not come back within a second after the end.
    let missing: Int
    let wrong: Int
    let resets: Int
    let resetErrno: String
    let longestStallMs: Double
  }

  let to: String
  let seconds: Double
  /// By how much the watcher was late at the most: less than this a gap says nothing.
  let ownDelayMs: Double
  let ping: Ping
  let tcp: TCP

  /// Whether every connection is alive, and nothing got lost on it.
  var connectionsSurvived: Bool { tcp.resets == 0 && tcp.wrong == 0 && tcp.missing == 0 }
}

/// What all watchers saw in one stretch of time.
struct Traffic: Sendable, CustomStringConvertible {
  /// By the watcher's name: near-0, far-0, out, gateway …
  let reports: [String: TrafficReport]

  /// - Parameter folder: the one that was given to `lab-watch`.
  init(_ files: [String: [UInt8]], in folder: String) throws {
    var reports: [String: TrafficReport] = [:]
    for (path, bytes) in files where path.hasPrefix("\(folder)/") && path.hasSuffix(".json") {
      let name = path.dropFirst(folder.count + 1).dropLast(".json".count)
      reports[String(name)] = try JSONDecoder().decode(TrafficReport.self, from: Data(bytes))
    }
    self.reports = reports
  }

  var lost: Int { reports.values.map(\.ping.lost).reduce(0, +) }
  var longestGapMs: Double { reports.values.map(\.ping.longestGapMs).max() ?? 0 }
  var connectionsSurvived: Bool { reports.values.allSatisfy(\.connectionsSurvived) }

  /// One line for each watcher.
  var description: String {
    reports.sorted { $0.key < $1.key }.map { name, report in
      let ping = report.ping
      let stall =
        report.tcp.connections == 0
        ? ""
        : ", \(report.tcp.connections) connections, longest stall \(report.tcp.longestStallMs) ms, \(report.tcp.resets) reset"
      return "  \(name): \(ping.lost) of \(ping.sent) pings lost, longest gap \(ping.longestGapMs) ms"
        + "\(stall) (own delay \(report.ownDelayMs) ms)"
    }.joined(separator: "\n")
  }
}
