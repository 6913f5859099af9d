import HostFiles
import Logging
import Netlink

/// Turns features off, reads back what came of it, and turns them on again.
struct FeatureSwitch: Sendable {
  let host: HostAccess

  /// A feature that stays on is a warning: the node works, and some of what it forwards may be lost.
  func turnOff(_ plan: FeaturePlan) throws(CommandFailure) {
    guard let access = host.features, !plan.off.isEmpty else { return }
    try HostChanges.note(on: host.root) {
      $0.note(.init(interface: plan.interface, index: plan.index, names: plan.off))
    }
    do throws(FeatureProblem) {
      try access.turn(plan.off, on: false, of: plan.interface)
      let left = try access.features(of: plan.interface).get().active
      let stay = plan.off.filter(left.contains)
      guard !stay.isEmpty else { return }
      host.log.warning("the driver of \(plan.interface) left \(stay.joined(separator: ", ")) on")
    } catch {
      host.log.warning("the features of \(plan.interface) are not known to be off: \(error)")
    }
  }

  /// Turns on again what was turned off, at interfaces that are still the same ones.
  func undo(_ changes: HostChanges, _ outcome: inout Cleanup.Outcome) {
    guard let access = host.features else { return }
    for change in changes.features {
      let index = (try? host.root.readValue("/sys/class/net/\(change.interface)/ifindex")).flatMap { Int($0) }
      guard index == change.index else { continue }
      let names = change.names.joined(separator: ", ")
      do throws(FeatureProblem) {
        let before = try access.features(of: change.interface).get().active
        let missing = change.names.filter { !before.contains($0) }
        guard !missing.isEmpty else { continue }
        try access.turn(missing, on: true, of: change.interface)
        let now = try access.features(of: change.interface).get().active
        let off = missing.filter { !now.contains($0) }
        if off.isEmpty {
          outcome.done.append("turned \(names) of \(change.interface) on again")
        } else {
          outcome.left.append("the driver of \(change.interface) leaves \(off.joined(separator: ", ")) off")
        }
      } catch {
        outcome.left.append("\(names) of \(change.interface) may stay off: \(error)")
      }
    }
  }
}
