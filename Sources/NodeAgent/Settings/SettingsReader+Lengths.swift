/// Lists that belong together, entry by entry.
extension SettingsReader {
  /// Refuses lists of which an entry would have no partner; a list that isn't set is no list.
  mutating func requireEqualLengths() {
    equal("SRIOV_PHYSICAL_INTERFACE", "SRIOV_VF")
    equal("PRIORITY_ID", "PRIORITY_SCHEDULING")
    equal("PRIORITY_ID", "PRIORITY_BANDWIDTH")
    // The last queue may be the default one, which takes what no other takes.
    equal("QOS_QUEUE_ID", "QOS_LOGICAL_QUEUES", separators: ";", missing: 1)
  }

  private mutating func equal(
    _ first: String, _ second: String, separators: String = ",", missing: Int = 0
  ) {
    guard let wanted = entries(first, ","), let (found, raw) = entries(second, separators),
      !(wanted.count - missing...wanted.count).contains(found)
    else { return }
    let right = missing == 0 ? "\(wanted.count)" : "\(wanted.count), or \(wanted.count - missing)"
    refuse(
      raw, found: "\(found) entr\(found == 1 ? "y" : "ies")",
      expected: "\(right): one for each of the \(wanted.count) of \(first)")
  }

  /// How many entries a list has; nil when it isn't set to text.
  private func entries(_ name: String, _ separators: String) -> (count: Int, raw: Raw)? {
    guard let raw = present(name), case .text(let text) = raw.value, !text.isEmpty else { return nil }
    return (Self.entries(text, separators: separators).count, raw)
  }
}
