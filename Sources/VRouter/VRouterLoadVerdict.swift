public import KernelModule
import SystemPackage

/// What the module itself writes to the kernel's log when a part of it can't start.
///
/// `vrouter (Nexthop): Init failed at nh_table_init:4715 with return -12 (data 4194304)`
public struct InitFailure: Equatable, Sendable {
  /// The part: `Nexthop`, `Interface`, …
  public let part: String
  /// The function that gave up.
  public let function: String
  /// What it returned: a negative errno.
  public let code: Int
  /// Bytes or entries that it was about; nil when not said.
  public let data: UInt64?

  /// The failures that a log tells of, in order.
  public static func find(in log: [String]) -> [InitFailure] {
    log.compactMap(parse)
  }

  private static func parse(_ line: String) -> InitFailure? {
    let words = line.split(separator: " ")
    guard words.count >= 8, words[0] == "vrouter", words[1].hasPrefix("("), words[1].hasSuffix("):"),
      words[2] == "Init", words[3] == "failed", words[4] == "at", words[6] == "with", words[7] == "return",
      words.count > 8, let code = Int(words[8])
    else { return nil }
    let function = words[5].split(separator: ":").first.map(String.init) ?? String(words[5])
    let data = words.count > 10 && words[9] == "(data" ? UInt64(words[10].dropLast()) : nil
    return InitFailure(
      part: String(words[1].dropFirst().dropLast(2)), function: function, code: code, data: data)
  }
}

/// What the vrouter module's own vocabulary makes of a failed load.
public struct VRouterLoadVerdict: Sendable {
  /// The host's facts.
  public let host: VRouterHostFacts
  /// The dangers of the options, as found before the load.
  public let dangers: [Danger]

  /// For a host and options.
  public init(options: ModuleOptions, on host: VRouterHostFacts) {
    self.host = host
    dangers = Danger.find(in: options, on: host)
  }

  /// The verdict on one answer; nil when the module has nothing to add.
  public func callAsFunction(_ answer: LoadAnswer, _ log: [String]) -> ModuleVerdict? {
    guard case .errno(let errno, module: "vrouter") = answer else { return nil }
    let failures = InitFailure.find(in: log)
    if let taken = failures.first(where: { $0.function == "linux_pkt_dev_init" && $0.code == -17 }) {
      return ModuleVerdict(
        canChange: false, isAboutMemory: false,
        explanation: "a link named pkt1, pkt2 or pkt3 exists already (\(taken.part): return \(taken.code)), "
          + "which the module reports as a lack of memory",
        remedy: "rename or delete the links pkt1, pkt2, pkt3 that aren't the module's")
    }
    if errno == .notPermitted, let line = log.first(where: { $0.contains("Invalid CPU number") }) {
      return ModuleVerdict(
        canChange: false, explanation: "a CPU number is beyond this host's CPUs (\(line))",
        remedy: "correct vr_perfq1, vr_perfq2, vr_perfq3")
    }
    guard errno == .noMemory else { return own(failures) }
    if let danger = dangers.first(where: { $0.effect == .loadFails }) {
      return ModuleVerdict(canChange: false, explanation: danger.reason, remedy: danger.remedy)
    }
    return failures.last.map { failure in
      let size = failure.data.map { " for \($0) bytes or entries" } ?? ""
      return ModuleVerdict(
        canChange: true,
        explanation:
          "no free block of memory was large enough\(size) (part \(failure.part), \(failure.function))",
        remedy: "free and compact memory, make the module's tables smaller, or load it earlier after boot")
    }
  }

  private func own(_ failures: [InitFailure]) -> ModuleVerdict? {
    failures.last.map { failure in
      ModuleVerdict(
        canChange: false,
        explanation: "its part \(failure.part) could not start (\(failure.function): \(failure.code))",
        remedy: "check the module options; read the module's lines in the kernel's log")
    }
  }

  /// Whether the drop log got no memory at a load that succeeded: then an unload crashes the kernel.
  ///
  /// The module passes over it without a word. The kernel may tell of an allocation that failed, with the order that was
  /// asked for and the functions that asked; as all other failures end the load, that was the drop log's. Such lines are
  /// rate-limited: their absence proves nothing.
  ///
  /// - Parameter order: of the drop log's blocks (``VRouterMemory/dropLogOrder(in:)``); nil when they are smaller than a page
  ///   block, or unknown.
  public static func lacksDropLog(_ log: [String], order: Int?) -> Bool {
    log.contains { line in
      if line.contains("vr_pkt_drop_log_init") { return true }
      guard let order, let failure = line.split(separator: " ").first(where: { $0.hasPrefix("order:") })
      else {
        return false
      }
      return line.contains("page allocation failure") && failure.prefix { $0 != "," } == "order:\(order)"
    }
  }
}
