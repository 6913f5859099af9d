import HostFiles
import KernelModule
import Logging

/// Asks the kernel for huge pages, mounts them, and takes both back.
enum HugePageReservation {
  /// For one write of the number of pages: the kernel looks for each of them, and brings memory together for it.
  static let limit = Duration.seconds(120)
  /// What a first request sets free (memory in use that was moved meanwhile) a second may get.
  private static let attempts = 3

  /// Has the kernel reserve what is missing, and reads back what it got.
  ///
  /// - Returns: what holds afterwards: less than asked for is no failure, and was told in the log.
  @discardableResult
  static func reserve(_ wish: HugePageWish, on host: HostAccess) throws(CommandFailure) -> UInt64 {
    let path = HugePageWish.control(wish.pageBytes)
    let before = try number(path, host.root)
    let asked = Int64(clamping: wish.wanted - min(wish.wanted, before))
    try HostChanges.note(on: host.root) {
      $0.note(.init(pageBytes: wish.pageBytes, count: before))
      $0.correct(pagesOf: wish.pageBytes, by: asked)
    }
    var got = before
    var refusal: ControlRefusal?
    for _ in 0..<attempts where got < wish.wanted {
      refusal = host.controls.write("\(wish.wanted)", to: path, on: host.root, within: limit)
      let now = try number(path, host.root)
      guard now > got else { break }
      got = now
    }
    let short = Int64(clamping: got - min(got, before)) - asked
    try HostChanges.note(on: host.root) { $0.correct(pagesOf: wish.pageBytes, by: short) }
    if got < wish.wanted {
      host.log.warning(
        "the kernel has \(got) huge pages of \(wish.size), \(wish.wanted - got) fewer than \(wish.parameter) asks for\(refusal.map { " (\($0))" } ?? ""); \(wish.remedy)"
      )
    } else {
      host.log.notice("the kernel has \(got) huge pages of \(wish.size), \(got - before) more than before")
    }
    return got
  }

  private static func number(_ path: String, _ root: HostRoot) throws(CommandFailure) -> UInt64 {
    do {
      let text = try root.readValue(path)
      guard let number = UInt64(text) else {
        throw CommandFailure(.failed, "\(path) holds \(ModuleNames.quoted(text)), and no number")
      }
      return number
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.failed, "the number of huge pages can't be read: \(error)")
    }
  }

  /// Mounts a hugetlbfs, making its folder where there is none.
  static func mount(_ wish: HugePageWish, on host: HostAccess) throws(CommandFailure) {
    let path = wish.directory
    let note = HostChanges.Mount(path: path, pageBytes: wish.pageBytes)
    try HostChanges.note(on: host.root) { $0.note(note) }
    do {
      try host.root.makeDirectories(path, mode: 0o755)
      try host.root.mount("hugetlbfs", at: path, options: "pagesize=\(wish.pageBytes >> 20)M")
    } catch {
      // Whoever mounts one there by hand keeps it.
      try HostChanges.note(on: host.root) { $0.forget(note) }
      throw CommandFailure(.failed, "no hugetlbfs was mounted: \(error)")
    }
    guard HugePages.observe(on: host.root).isMounted(path, wish.pageBytes) else {
      try? host.root.unmount(path)
      try HostChanges.note(on: host.root) { $0.forget(note) }
      throw CommandFailure(
        .failed,
        "a hugetlbfs mounted at \(path) is not seen by the host's first process: this program's mounts stay in its own container; mount it on the host, or give the volume mountPropagation: Bidirectional"
      )
    }
  }

  /// Takes back what was mounted and reserved; pages that somebody has go when they are given back.
  static func undo(_ changes: HostChanges, on host: HostAccess, _ outcome: inout Cleanup.Outcome) {
    for mount in changes.mounts.reversed() {
      guard HugePages.observe(on: host.root).mounts.contains(where: { $0.path == mount.path }) else {
        continue
      }
      do {
        try host.root.unmount(mount.path)
        outcome.done.append("unmounted \(mount.path)")
      } catch {
        outcome.left.append("\(mount.path) stays mounted: \(error)")
      }
    }
    for pages in changes.pages {
      let path = HugePageWish.control(pages.pageBytes)
      let size = HugePageWish.size(pages.pageBytes)
      guard let now = try? number(path, host.root), now > pages.count, pages.made > 0 else { continue }
      // What somebody else added since stays.
      let goal = max(pages.count, now - min(now, pages.made))
      if let refusal = host.controls.write("\(goal)", to: path, on: host.root, within: limit) {
        outcome.left.append("\(now) huge pages of \(size) stay reserved: \(refusal)")
        continue
      }
      let left = (try? number(path, host.root)) ?? now
      if left > goal {
        outcome.left.append(
          "\(left - goal) huge pages of \(size) are in use, and go when they are given back")
      }
      outcome.done.append("gave \(now - min(now, left)) huge pages of \(size) back to the kernel")
    }
  }
}
