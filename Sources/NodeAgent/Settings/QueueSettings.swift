/// The hardware queues and priority groups of the physical interface, as the vRouter agent is to know them.
struct QueueSettings: Sendable, Equatable {
  /// A hardware queue, and the logical queues that lead to it.
  struct Queue: Sendable, Equatable {
    var id: Int
    /// As the agent takes it: `[1, 6-10]`.
    var logical: Sourced<String>
  }

  /// A priority group of the card, for transmission selection (IEEE 802.1Qaz).
  struct Group: Sendable, Equatable {
    var id: Int
    /// `strict` or `rr`.
    var scheduling: Sourced<String>
    /// In percent.
    var bandwidth: Sourced<Int>
  }

  /// QOS_QUEUE_ID with QOS_LOGICAL_QUEUES, each id once.
  var queues: [Queue]
  /// QOS_DEF_HW_QUEUE: whether the last queue takes what is assigned to no other.
  var lastIsDefault: Sourced<Bool>
  /// PRIORITY_TAGGING
  var tagsPriority: Sourced<Bool>
  /// PRIORITY_ID with PRIORITY_SCHEDULING and PRIORITY_BANDWIDTH, each id once.
  var groups: [Group]
}

extension SettingsReader {
  /// What `QOS_*` and `PRIORITY_*` say.
  mutating func queueSettings() -> QueueSettings {
    let queues = queues()
    let (lastIsDefault, tagsPriority) = (flag("QOS_DEF_HW_QUEUE"), flag("PRIORITY_TAGGING"))
    if raw("QOS_QUEUE_ID") == nil {
      // What would be so without them, too, need not be told.
      let others = [
        raw("QOS_LOGICAL_QUEUES") == nil ? nil : "QOS_LOGICAL_QUEUES",
        lastIsDefault.value ? "QOS_DEF_HW_QUEUE" : nil, tagsPriority.value ? nil : "PRIORITY_TAGGING",
      ].compactMap(\.self)
      if !others.isEmpty { warn(others, "it says nothing without QOS_QUEUE_ID") }
    }
    return QueueSettings(
      queues: queues, lastIsDefault: lastIsDefault, tagsPriority: tagsPriority, groups: groups())
  }

  private mutating func queues() -> [QueueSettings.Queue] {
    let ids = numbers("QOS_QUEUE_ID", of: "hardware queues", in: 0...65535)
    let logical = list(
      "QOS_LOGICAL_QUEUES", separators: ";",
      expected: "for each hardware queue its logical queues, as in [1, 6-10];[12-15]", Self.logicalQueues)
    guard let ids else { return [] }
    // The last one may be left out: it then serves no logical queue, but what is assigned to none.
    var lists = logical?.value ?? []
    if lists.count == ids.count - 1 { lists.append("[]") }
    guard lists.count == ids.count else {
      if logical != nil || raw("QOS_LOGICAL_QUEUES") == nil {
        refuseLengths("QOS_LOGICAL_QUEUES", lists.count, as: "QOS_QUEUE_ID", ids.count, "or one fewer")
      }
      return []
    }
    let origin = ValueOrigin.defaultValue(of: "QOS_LOGICAL_QUEUES")
    return zip(ids, lists).enumerated().map { index, queue in
      let isGiven = index < logical?.value.count ?? 0
      return QueueSettings.Queue(
        id: queue.0,
        logical: Sourced(value: queue.1, origin: isGiven ? logical?.origin ?? origin : origin))
    }
  }

  private mutating func groups() -> [QueueSettings.Group] {
    let ids = numbers("PRIORITY_ID", of: "priority groups", in: 0...15)
    let scheduling = list("PRIORITY_SCHEDULING", expected: "strict or rr for each priority group") { text in
      ["strict", "rr"].first { $0 == text.lowercased() }
    }
    let bandwidth = list(
      "PRIORITY_BANDWIDTH", expected: "for each priority group a whole number of percent from 0 to 100"
    ) { Self.number($0, in: 0...100) }
    guard let ids else {
      let others = ["PRIORITY_SCHEDULING", "PRIORITY_BANDWIDTH"].filter { raw($0) != nil }
      if !others.isEmpty { warn(others, "it says nothing without PRIORITY_ID") }
      return []
    }
    var isFit = true
    for (name, count) in [
      ("PRIORITY_SCHEDULING", scheduling?.value.count), ("PRIORITY_BANDWIDTH", bandwidth?.value.count),
    ] {
      // Of a list that is malformed, its entries say what is wrong.
      let isMalformed = count == nil && raw(name) != nil
      guard !isMalformed, count ?? 0 != ids.count else { continue }
      refuseLengths(name, count ?? 0, as: "PRIORITY_ID", ids.count)
      isFit = false
    }
    guard isFit, let scheduling, let bandwidth else { return [] }
    return ids.indices.map { index in
      QueueSettings.Group(
        id: ids[index], scheduling: scheduling.map { $0[index] }, bandwidth: bandwidth.map { $0[index] })
    }
  }

  /// Numbers that name sections: each once.
  private mutating func numbers(_ name: String, of what: String, in range: ClosedRange<Int>) -> [Int]? {
    let expected = "numbers of \(what) from \(range.lowerBound) to \(range.upperBound), separated by commas"
    guard let numbers = list(name, expected: expected, { Self.number($0, in: range) })?.value else {
      return nil
    }
    var seen: Set<Int> = []
    for number in numbers where !seen.insert(number).inserted {
      if let raw = raw(name) { refuse(raw, found: "\(number) twice", expected: "each number once") }
      return nil
    }
    return numbers
  }

  private mutating func refuseLengths(
    _ name: String, _ count: Int, as other: String, _ wanted: Int, _ alternative: String = ""
  ) {
    let expected = "\(wanted), as \(other) has\(alternative.isEmpty ? "" : ", \(alternative)")"
    guard let raw = raw(name) else { return refuseMissing(name, expected: "a list of \(expected)") }
    refuse(raw, found: "\(count) entr\(count == 1 ? "y" : "ies")", expected: expected)
  }

  /// `[1, 6-10]`: numbers and ranges of numbers in brackets; the text stays as it was written.
  private static func logicalQueues(_ text: String) -> String? {
    guard text.hasPrefix("["), text.hasSuffix("]"), text.count >= 2 else { return nil }
    let inner = trimmed(String(text.dropFirst().dropLast()))
    guard !inner.isEmpty else { return text }
    let entries = inner.split(separator: ",", omittingEmptySubsequences: false)
    return entries.allSatisfy { isQueueRange(String($0)) } ? text : nil
  }

  /// Whether an entry is a logical queue, or a range of them.
  static func isQueueRange(_ entry: String) -> Bool {
    let ends = entry.split(separator: "-", omittingEmptySubsequences: false)
      .map { number(String($0), in: 0...65535) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else {
      return false
    }
    return first <= last
  }
}
