import Logging

/// Physical interfaces that are gone, or called otherwise.
extension TakeoverRun where Kernel: ~Copyable {
  /// Looks what became of a takeover's physical interfaces, and goes on with those that are there.
  ///
  /// - Parameter head: what the takeover's journal tells; nil: there are only names.
  mutating func lookForCards(_ head: TakeoverJournal.Head?) throws(TakeoverError) {
    let known =
      head?.before.cards
      ?? (changes.gone.isEmpty ? context.subject.cards : changes.present + changes.gone.map(\.name)).map {
        TakeoverDevice(name: $0, index: 0, mac: nil, mtu: 0)
      }
    let found = try CardChanges(known) { (old) throws(TakeoverError) in
      if let link = try kernel.device(named: old.name) { return link }
      let link = try kernel.device(index: old.index)
      return link.flatMap { CardChanges.isRenamed(old, $0) ? $0 : nil }
    }
    guard found != changes else { return }
    for warning in found.warnings(head?.beginning) { context.log.warning("\(warning)") }
    changes = found
    context.subject.cards = found.present
  }
}
