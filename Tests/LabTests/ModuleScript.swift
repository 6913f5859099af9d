import Foundation
import Testing

/// The part that the scripts about the agent and its module have in common: a node with one NIC, and a shell
/// function that runs the agent and keeps everything that came of it under a name (``GuestResult/agentRun(_:)``).
enum ModuleScript {
  static let prelude =
    functions + """
      lab-net eth0 10.0.2.15/24 10.0.2.2
      # A name that resolves without a resolver: else each run warns that it can't ask one.
      echo "10.0.2.15 $(hostname)" >>/etc/hosts

      """

  /// Only the functions.
  static let functions = #"""

    release=$(uname -r)
    builds=/opt/contrail/vrouter-kernel-modules/$release
    run=/run/vrouter-node-agent
    configuration=/etc/contrail/contrail-vrouter-agent.conf
    export VROUTER_MODULE_LOAD_ATTEMPTS=3 VROUTER_MODULE_LOAD_BACKOFF=10ms
    # What is tried is the module, which goes and comes: TakeoverTests are about what vhost0 does with it.
    export VROUTER_TAKEOVER=false

    # place VARIANT [FOLDER]: one of the lab's builds, alone in a folder of builds
    place() {
      rm -rf "${2:-$builds}"
      mkdir -p "${2:-$builds}"
      cp "/lab/modules/$1.ko" "${2:-$builds}/vrouter.ko"
    }

    # bare: the node as it was before the first run
    bare() {
      [ ! -e /sys/module/vrouter ] || rmmod vrouter
      rm -rf $run /etc/contrail /var/lib/vrouter-node-agent
    }

    # left: what is on the host
    left() {
      echo "module $(cat /sys/module/vrouter/initstate 2>/dev/null || echo absent)"
      [ -e $run/ready ] && echo "ready $(stat -c %i $run/ready)" || echo 'ready absent'
      [ -e $configuration ] && echo "configuration $(stat -c '%i-%Y-%Z-%s-%a' $configuration)" ||
        echo 'configuration absent'
      vrouter-probe >/dev/null && echo 'probe 0' || echo "probe $?"
      ls -A $run /etc/contrail 2>/dev/null | grep -c '\.unfinished$' | sed 's/^/unfinished /'
    }

    # record NAME COMMAND...: runs it, and keeps what it said, what the kernel said, and what it left
    record() {
      name=$1
      shift
      dmesg -c >/dev/null
      code=0
      "$@" >/out/$name.output 2>/out/$name.errors || code=$?
      echo $code >/out/$name.code
      dmesg >/out/$name.kernel
      left >/out/$name.left
      [ ! -e $run/status.json ] || cp $run/status.json /out/$name.status
    }

    # agent NAME ARGUMENT...
    agent() {
      agent=$1
      shift
      record $agent vrouter-node-agent "$@"
    }

    """#

  /// A guest for such a script: the builds lie at `/lab/modules`, and none where the agent looks.
  static func guest(
    module: Guest.ModulePlacement = .none, nics: [Guest.NIC] = [.peer], kernelArguments: [String] = []
  ) -> Guest {
    // Each run of the agent takes half a second on an idle machine, and these make dozens.
    Guest(nics: nics, module: module, kernelArguments: kernelArguments, timeout: .seconds(900))
  }

  /// Runs a script after the prelude; it has to come to its end.
  static func run(
    _ script: String, in guest: Guest = guest(), files: [String: [UInt8]] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> GuestResult {
    let result = try await guest.run(prelude + script + "\nexit 0", files: files)
    try #require(result.exitCode == 0, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.errors == "", sourceLocation: sourceLocation)
    return result
  }
}

/// One run of the agent in a guest.
struct AgentRun: Sendable {
  let exitCode: Int
  let output: String
  let errors: String
  /// What the kernel's log got meanwhile.
  let kernelLog: String
  /// What was on the host afterwards.
  let left: Left
  /// The file `status.json`, if there was one.
  let status: StatusDocument?

  /// A host after a run.
  struct Left: Equatable, Sendable {
    /// `live`, `coming`, `going` or `absent`.
    var module: String
    /// Which readiness file is there: its inode; nil for none.
    var ready: String?
    /// Which configuration is there: inode, times, size, mode; nil for none.
    var configuration: String?
    /// The probe's exit code.
    var probe: Int
    /// Files that a write which didn't come to its end left.
    var unfinished: Int

    /// A node on which nothing was done.
    static let nothing = Left(module: "absent", ready: nil, configuration: nil, probe: 1, unfinished: 0)
  }

  /// How often the kernel was asked to load the module, as the message says; nil when it says nothing.
  var attempts: Int? {
    guard let match = errors.firstMatch(of: /\(after ([0-9]+) attempts?\)/) else { return nil }
    return Int(match.1)
  }

  /// How often the module's init function began.
  var initCalls: Int {
    kernelLog.split(separator: "\n").filter { $0.contains("vrouter version: ") }.count
  }

  /// The report on standard output, given as JSON.
  func json<Document: Decodable>(_ type: Document.Type) throws -> Document {
    try AgentRun.decode(type, output)
  }

  static func decode<Document: Decodable>(_ type: Document.Type, _ text: String) throws -> Document {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(text.utf8))
  }
}

extension GuestResult {
  /// What `record` kept under a name.
  func agentRun(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> AgentRun {
    var left: [String: String] = [:]
    for line in text("\(name).left")?.split(separator: "\n") ?? [] {
      let words = line.split(separator: " ")
      left[String(words[0])] = words[1] == "absent" && words[0] != "module" ? nil : String(words[1])
    }
    let code = text("\(name).code").flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    return AgentRun(
      exitCode: try #require(code, "no run \(name)", sourceLocation: sourceLocation),
      output: text("\(name).output") ?? "", errors: text("\(name).errors") ?? "",
      kernelLog: text("\(name).kernel") ?? "",
      left: AgentRun.Left(
        module: try #require(left["module"], sourceLocation: sourceLocation), ready: left["ready"],
        configuration: left["configuration"],
        probe: try #require(left["probe"].flatMap { Int($0) }, sourceLocation: sourceLocation),
        unfinished: try #require(left["unfinished"].flatMap { Int($0) }, sourceLocation: sourceLocation)),
      status: try text("\(name).status").map { try AgentRun.decode(StatusDocument.self, $0) })
  }
}
