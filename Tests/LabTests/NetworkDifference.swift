/// One way in which two states of a network differ.
enum NetworkDifference: Sendable, Equatable, CustomStringConvertible {
  case missing(NetworkRecord)
  case unexpected(NetworkRecord)
  /// An attribute that has another value; nil is one that isn't there.
  case changed(NetworkRecord, attribute: String, from: String?, to: String?)

  var description: String {
    switch self {
    case .missing(let record): "missing: \(record.identity) (\(Self.rest(of: record)))"
    case .unexpected(let record): "unexpected: \(record.identity) (\(Self.rest(of: record)))"
    case .changed(let record, let attribute, let from, let to):
      "changed: \(record.identity): \(attribute) was \(from ?? "not there"), is \(to ?? "not there")"
    }
  }

  private static func rest(of record: NetworkRecord) -> String {
    let words = Set(record.identity.split(separator: " ").map(String.init))
    return record.attributes.filter { !words.contains($0.key) }.sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  /// Every difference, in the order of what was there.
  ///
  /// Of several that have one identity (next hops of an equal metric), those that are equal belong together first, then
  /// those that differ least.
  static func between(_ before: [NetworkRecord], _ after: [NetworkRecord]) -> [Self] {
    let there = Dictionary(grouping: after, by: \.identity)
    let were = Dictionary(grouping: before, by: \.identity)
    var differences: [Self] = []
    var seen: Set<String> = []
    for record in before where seen.insert(record.identity).inserted {
      differences += amongEquals(were[record.identity] ?? [], there[record.identity] ?? [])
    }
    for record in after where seen.insert(record.identity).inserted {
      differences += (there[record.identity] ?? []).map(Self.unexpected)
    }
    return differences
  }

  private static func amongEquals(_ before: [NetworkRecord], _ after: [NetworkRecord]) -> [Self] {
    var after = after
    let unmatched = before.filter { record in
      guard let same = after.firstIndex(of: record) else { return true }
      after.remove(at: same)
      return false
    }
    var differences: [Self] = []
    for record in unmatched {
      let changes = after.map { Self.changes(record, $0) }
      guard let nearest = changes.indices.min(by: { changes[$0].count < changes[$1].count }) else {
        differences.append(.missing(record))
        continue
      }
      differences += changes[nearest]
      after.remove(at: nearest)
    }
    return differences + after.map(Self.unexpected)
  }

  private static func changes(_ before: NetworkRecord, _ after: NetworkRecord) -> [Self] {
    Set(before.attributes.keys).union(after.attributes.keys).sorted().compactMap { name in
      before[name] == after[name]
        ? nil : .changed(before, attribute: name, from: before[name], to: after[name])
    }
  }
}

extension [NetworkDifference] {
  /// One line each, for a test's message; of thousands the first ones.
  var report: String {
    let most = 30
    let lines = prefix(most).map { "\n  \($0)" }.joined()
    return "\(count) differences:\(lines)\(count > most ? "\n  … and \(count - most) more" : "")"
  }
}
