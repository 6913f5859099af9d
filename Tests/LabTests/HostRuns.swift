import Foundation
import Testing

/// All cases of a suite in one boot of a guest, one after the other; each is its own test all the same.
struct HostGuestRun: Sendable {
  private let task: Task<GuestResult, any Error>
  private let names: [String]
  /// For one case: one that hangs is not to take the others with it.
  private static let limit = Duration.seconds(100)

  /// Boots at once.
  ///
  /// - Parameters:
  ///   - ownNetwork: whether each case has a network namespace of its own; without one the cards are there, and each
  ///     script leaves them as it found them.
  ///   - files: go to the guest's /share.
  init(_ cases: [HostCase], in guest: Guest, ownNetwork: Bool = true, files: [String: [UInt8]] = [:]) {
    let namespaces = ownNetwork ? "-n -m" : "-m"
    names = cases.map(\.testDescription)
    task = Task {
      var files = files
      for (number, host) in cases.enumerated() {
        files["cases/\(number)"] = Array(
          host.source(number, agent: "vrouter-node-agent", output: "/lab/out", replays: ["json"]).utf8)
      }
      return try await guest.run(
        """
        number=0
        while [ -e "/share/cases/$number" ]; do
          echo "lab: case $number" >/dev/kmsg
          timeout \(Int(Self.limit.components.seconds)) unshare \(namespaces) dash "/share/cases/$number" \
            >"/out/$number.log" 2>&1 </dev/null ||
            echo "the script ended with $?" >>"/out/$number.log"
          number=$((number + 1))
        done
        """, files: files)
    }
  }

  /// What was said in a case.
  func answers(_ host: HostCase) async throws -> HostAnswers {
    let number = try #require(names.firstIndex(of: host.testDescription))
    let result = try await task.value
    return HostAnswers(name: host.testDescription, number: number, files: result.files)
  }

  /// The guest's kernel log.
  var kernelLog: String { get async throws { try await task.value.kernelLog } }
}

extension HostCase {
  private static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// Runs it here, on the kernel of the machine that runs the tests: for links that it can make.
  func runInNamespace() async throws -> HostAnswers {
    let folder = try Folder()
    defer { folder.remove() }
    let agent = try #require(Guest.builtPrograms.first)
    try folder.write([], to: "out/0.begin")
    try folder.write(
      Array(source(0, agent: agent, output: folder.path("out"), replays: ["json", "text", "brief"]).utf8),
      to: "case")
    let log = try folder.file("out/0.log")
    let code = try await execute(
      "/usr/bin/unshare",
      ["--net", "--mount", "--uts", "env", "-i", "PATH=\(Self.path)", "sh", folder.path("case")],
      output: log, errors: log)
    var files = try folder.files(below: "out")
    if code != 0 { files["0.log", default: []] += Array("the script ended with \(code)\n".utf8) }
    return HostAnswers(name: testDescription, number: 0, files: files)
  }
}

extension HostAnswers {
  /// Of all that a run left, what belongs to one case.
  fileprivate init(name: String, number: Int, files: [String: [UInt8]]) {
    let prefix = "\(number)."
    var own: [String: [UInt8]] = [:]
    for (file, bytes) in files where file.hasPrefix(prefix) {
      own[String(file.dropFirst(prefix.count))] = bytes
    }
    self.init(
      name: name, files: own,
      log: own["log"].map { String(decoding: $0, as: UTF8.self) } ?? "nothing is left of it")
  }
}
