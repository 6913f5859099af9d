import Foundation
import Testing

/// A node's network as `lab-topology` makes it, and what is done with it under traffic, in one guest with others.
struct TakeoverCase: Sendable, CustomTestStringConvertible {
  /// How a run may end.
  enum Outcome: Sendable {
    case done
    /// Undone or refused, with one of these codes: the host is as it was.
    case undone([Int32])
    /// Either, and in neither case anything in between.
    case doneOrUndone([Int32])
  }

  let name: String
  /// A name that `lab-topology` knows, and its argument.
  let topology: String
  var nics = ["eth0"]
  var outcome = Outcome.done
  /// More settings.
  var settings: [String: String] = [:]
  /// What happens to the node before it is looked at.
  var before = ""
  /// What happens right before the run.
  var atOnce = ""

  var testDescription: String { name }

  init(
    _ name: String, topology: String? = nil, nics: [String] = ["eth0"], outcome: Outcome = .done,
    settings: [String: String] = [:], before: String = "", atOnce: String = ""
  ) {
    self.name = name
    self.topology = topology ?? name
    (self.nics, self.outcome, self.settings) = (nics, outcome, settings)
    (self.before, self.atOnce) = (before, atOnce)
  }

  /// What every case's script begins with: a folder, the network, its state, traffic.
  ///
  /// - Parameter watchers: of `lab-watch`; all of them when there are none.
  func opening(watchers: [String]) -> String {
    let variables = settings.sorted { $0.key < $1.key }
      .map { "export \($0.key)=\(HostCase.quoted($0.value))\n" }.joined()
    return """
      mkdir -p /out/\(folder)
      cd /out/\(folder)
      dmesg -c >/dev/null
      # Of a case that was ended before its time.
      [ ! -e /sys/module/vrouter ] || rmmod vrouter
      lab-topology \(topology)
      . /run/lab/node
      rm -rf /run/vrouter-node-agent /var/lib/vrouter-node-agent /etc/contrail
      \(variables)\(before)
      lab-netstate before
      lab-watch start takeover \(watchers.joined(separator: " "))
      \(atOnce)

      """
  }

  /// Functions of the scripts.
  static let prelude = """
    set -u
    # agent NAME ARGUMENT...: its output, errors and exit code are NAME.out, .err, .code
    agent() {
      name=$1
      shift
      code=0
      timeout 90 vrouter-node-agent "$@" --env-file /run/lab/common.env >$name.out 2>$name.err || code=$?
      echo $code >$name.code
    }
    probe() {
      code=0
      vrouter-probe >probe.out 2>&1 || code=$?
      echo $code >probe.code
    }
    # writes NAME ARGUMENT...: as agent, and NAME.writes says what it asked the kernel to change
    writes() {
      ip link add nlmon0 type nlmon
      ip link set nlmon0 up
      counter=$(lab-writes $1.writes)
      agent "$@"
      lab-traffic stop "$counter"
      ip link del nlmon0
    }
    # What would have crashed or corrupted the real module, as the kernel's log has it.
    dangers() { dmesg | grep 'stand-in: danger' >dangers || :; }
    # closing: what every script ends with; the next case begins without the module
    closing() {
      dangers
      lab-topology down
      [ ! -e /sys/module/vrouter ] || rmmod vrouter
    }

    """
}

/// Several cases in one boot of a guest; each is its own test.
struct TakeoverRun: Sendable {
  private let task: Task<GuestResult, any Error>

  /// Boots at once.
  ///
  /// - Parameters:
  ///   - limit: seconds that one case may take.
  ///   - watchers: of `lab-watch`; all of them when there are none.
  ///   - script: of a case, without its opening; runs in the case's folder.
  init(
    _ cases: [TakeoverCase], in guest: Guest, limit: Int = 400, watchers: [String] = [],
    script: @escaping @Sendable (TakeoverCase) -> String
  ) {
    task = Task {
      var files: [String: [UInt8]] = [:]
      var names: [String] = []
      for (number, item) in cases.enumerated() {
        names.append("\(number)")
        let text =
          TakeoverCase.prelude + item.opening(watchers: watchers) + script(item) + "\nclosing\n: >end\n"
        files["cases/\(number)"] = Array(text.utf8)
      }
      return try await guest.run(
        """
        for number in \(names.joined(separator: " ")); do
          echo "lab: case $number" >/dev/kmsg
          timeout \(limit) dash "/share/cases/$number" >"/out/$number.log" 2>&1 </dev/null ||
            echo "the script ended with $?" >>"/out/$number.log"
        done
        """, files: files)
    }
    order = Dictionary(uniqueKeysWithValues: cases.enumerated().map { ($1.name, $0) })
  }

  private let order: [String: Int]

  /// What a case left.
  func results(_ item: TakeoverCase) async throws -> TakeoverResults {
    let result = try await task.value
    let number = try #require(order[item.name])
    let log = result.text("\(number).log") ?? "nothing is left of it"
    try #require(result.files["\(item.folder)/end"] != nil, "\(item.name) didn't come to its end:\n\(log)")
    return TakeoverResults(item: item, files: result.files, log: log)
  }
}

extension TakeoverCase {
  /// Where its files are in `/out`.
  var folder: String { name.replacing(/[^a-zA-Z0-9]+/, with: "-") }
}

/// What a case left in its folder.
struct TakeoverResults: Sendable {
  let item: TakeoverCase
  let files: [String: [UInt8]]
  /// What the script's commands said.
  let log: String

  func text(_ name: String) -> String? {
    files["\(item.folder)/\(name)"].map { String(decoding: $0, as: UTF8.self) }
  }

  func code(_ name: String) throws -> Int32 {
    let text = try #require(self.text("\(name).code"), "no \(name) was run:\n\(log)")
    return try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  func state(_ name: String) throws -> NetworkState { try NetworkState(files, in: "\(item.folder)/\(name)") }

  func writes(_ name: String) throws -> WriteCount {
    let text = try #require(self.text("\(name).writes"), "nobody counted what \(name) wrote:\n\(log)")
    return try AgentRun.decode(WriteCount.self, text)
  }

  func traffic(_ name: String) throws -> Traffic { try Traffic(files, in: "\(item.folder)/\(name)") }

  /// What was said by a run, for a test's message.
  func said(_ name: String) -> String { "\(text("\(name).out") ?? "")\(text("\(name).err") ?? "")\(log)" }
}

/// What `lab-writes` counted.
struct WriteCount: Decodable, Sendable {
  struct Kind: Decodable, Sendable {
    /// NETLINK_ROUTE is 0, NETLINK_GENERIC 16.
    let family: Int
    let type: Int
    let count: Int
  }

  /// Requests in all; those that change something; those that the counter was too slow for.
  let requests: Int
  let writes: Int
  let missed: Int
  let kinds: [Kind]
}
