import HostFiles
import KernelModule
import Logging
import Netlink
import Synchronization
import TestSupport

@testable import NodeAgent

/// A takeover in memory: an imaginary kernel, and a folder for the journal.
struct FakeTakeover {
  static let mac = MACAddress("52:54:00:00:00:01")
  /// That of vhost0 over several interfaces.
  static let commonMAC = MACAddress("00:00:5e:00:01:00")

  let root: HostRoot
  let kernel: FakeTakeoverKernel
  var cards = ["eth0"]
  var routes: [TakeoverWish.Wanted] = []
  /// What vhost0 is to have.
  var mac = Self.mac
  var mtu = 1500
  var verifier: any TakeoverVerifier = NoVerification()
  var managers: any TakeoverManagers = NoManagers()
  let pacing = NotedPacing()
  var objection: String?
  /// As when no guardian can be started.
  var isGuardianRefused = false
  /// Called with each moment's name.
  var reached: @Sendable (String) -> Void = { _ in }

  init(_ kernel: FakeTakeoverKernel, _ root: HostRoot) throws {
    (self.kernel, self.root) = (kernel, root)
    try FakeHost.write(FakeHost.bootID, "/proc/sys/kernel/random/boot_id", root)
    try FakeHost.write("Character devices:\n", "/proc/devices", root)
    try root.makeDirectories(LockedRun.folder, mode: 0o755)
  }

  var wish: TakeoverWish {
    get throws {
      guard let mac else { throw TakeoverError("read a MAC address", "malformed") }
      return TakeoverWish(mac: mac, mtu: mtu, routes: routes)
    }
  }

  var subject: TakeoverSubject {
    TakeoverSubject(cards: cards, destinations: routes.isEmpty ? nil : routes.map(\.destination))
  }

  private var context: TakeoverContext {
    let (objection, isGuardianRefused) = (objection, isGuardianRefused)
    return TakeoverContext(
      root: root, subject: subject, verifier: verifier, managers: managers,
      moments: PreparationMoments(reached),
      makeGuardian: { () throws(TakeoverError) in
        if isGuardianRefused { throw TakeoverError("start the guardian", "no memory") }
        return .none
      }, journalObjection: { _ in objection }, pacing: pacing, now: { 1_800_000_000 },
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// As `prepare`.
  @discardableResult
  func takeOver() throws -> TakeoverReport? {
    var run = TakeoverRun(kernel, context)
    if case .done(let report) = try run.takeOver(wish) { return report }
    return nil
  }

  /// As any run that changes the host does first.
  func recover() throws {
    guard let journal = try TakeoverJournal.read(from: root) else { return }
    var run = TakeoverRun(kernel, context)
    try run.recover(journal)
  }

  /// As `cleanup`.
  func cleanUp() throws {
    var run = TakeoverRun(kernel, context)
    try run.undo(by: try TakeoverJournal.read(from: root), added: [])
  }

  func plan(originals: TakeoverState? = nil) throws -> TakeoverPlan {
    TakeoverPlan(try kernel.observe(subject), wish: try wish, originals: originals)
  }
}

/// A clock that doesn't go.
final class NotedPacing: Pacing {
  private let noted = Mutex<[Duration]>([])
  var waits: [Duration] { noted.withLock(\.self) }

  func wait(_ duration: Duration) { noted.withLock { $0.append(duration) } }
  func now() -> Duration { .zero }
}

/// Managers that are told nothing, and when all is theirs again.
final class NotedManagers: TakeoverManagers {
  private let told = Mutex<[Bool]>([])
  /// Each time, whether they may have been told to let go of the interface.
  var undone: [Bool] { told.withLock(\.self) }

  func beforeVhost() throws(TakeoverError) {}
  func atCommit() -> [String] { [] }
  func undo(isCommitted: Bool) -> [String] {
    told.withLock { $0.append(isCommitted) }
    return []
  }
}

extension FakeTakeoverKernel {
  /// Operations that were asked for since, as text.
  func texts(since count: Int = 0) -> [String] { asked.dropFirst(count).map { "\($0)" } }
}
