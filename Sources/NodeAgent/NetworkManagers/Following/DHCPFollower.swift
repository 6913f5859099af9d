import Glibc
import HostFiles
import Logging

/// Does and undoes ``DHCPFollow``s. Both can be repeated, also after this program was killed in the middle of one.
struct DHCPFollower: Sendable {
  let root: HostRoot
  /// For what is said to systemd, which reads all of its units anew.
  var busLimit = Duration.seconds(30)
  /// How long a process may take to begin, or to end.
  var processLimit = Duration.seconds(5)

  private static let step: useconds_t = 20_000

  /// Has it run; one that runs already is left alone. For a client of the interface that stands still, so that its lease is
  /// the last one.
  func apply(_ follow: DHCPFollow) throws(DHCPFollowError) {
    guard try !isRunning(follow.description) else { return }
    do {
      if let seed = try seed(follow) { try write(seed, DHCPFollow.leasePath, mode: 0o600) }
      try root.makeDirectories("/run/systemd/system", mode: 0o755)
      try write(follow.unit, DHCPFollow.unitPath, mode: 0o644)
    } catch let error as DHCPFollowError {
      throw error
    } catch {
      throw DHCPFollowError(operation: follow.description, reason: "\(error)")
    }
    try start()
  }

  /// Has systemd start it by the unit that is there.
  func start() throws(DHCPFollowError) {
    let operation = "have systemd start \(DHCPFollow.unitName)"
    try tell([SystemdCalls.reload, SystemdCalls.start(DHCPFollow.unitName)], operation)
    try awaitProcess(isRunning: true, operation)
  }

  /// The same for one that ended. A node whose lease nobody renews works until that ends, and longer: it is as ready as another.
  func startAgain(_ log: Logger) {
    do {
      try start()
    } catch {
      log.error("nobody renews the lease of vhost0's address: \(error)")
    }
  }

  /// It ends without a word to the server, and its files are gone.
  func undo(_ follow: DHCPFollow) throws(DHCPFollowError) {
    let operation = "end dhclient for \(follow.vhost)"
    guard root.exists(DHCPFollow.unitPath) || root.exists(DHCPFollow.leasePath) else { return }
    try tell([SystemdCalls.stop(DHCPFollow.unitName)], operation)
    try awaitProcess(isRunning: false, operation)
    do {
      try root.remove(DHCPFollow.unitPath)
      try root.remove(DHCPFollow.leasePath)
    } catch {
      throw DHCPFollowError(operation: operation, reason: "\(error)")
    }
    // What is gone is not to be listed any more.
    try tell([SystemdCalls.reload], operation)
  }

  /// The lease to begin with; nil where one that it got before is there, of the same address, and newer.
  private func seed(_ follow: DHCPFollow) throws(DHCPFollowError) -> String? {
    let own = (try? root.readText(DHCPFollow.leasePath)).flatMap { LeaseFile($0).last(of: follow.vhost) }
    let file = (try? root.readText(follow.leaseFile)).map(LeaseFile.init)
    guard let file, let lease = file.last(of: follow.interface) else {
      guard own == nil else { return nil }
      throw DHCPFollowError(
        operation: follow.description,
        reason: "\(follow.leaseFile) can't be read, or has no lease of \(follow.interface)")
    }
    return own?.address == lease.address ? nil : file.seed(from: follow.interface, for: follow.vhost)
  }

  private func write(_ text: String, _ path: String, mode: UInt32) throws(HostFileError) {
    try root.removeUnfinished(path)
    try root.replace(path, with: Array(text.utf8), mode: mode)
  }

  private func tell(_ calls: [BusCall], _ operation: String) throws(DHCPFollowError) {
    do throws(BusError) {
      var bus = try SystemBus.open(root: root, within: busLimit)
      for call in calls {
        do throws(BusError) {
          try bus.call(call)
        } catch  where error.errorName == SystemdCalls.noSuchUnit {
          // It never was loaded, or is stopped and forgotten.
          guard call.member != "StopUnit" else { continue }
          throw error
        }
      }
    } catch {
      throw DHCPFollowError(
        operation: operation, reason: "\(error); 'systemctl status \(DHCPFollow.unitName)' shows it")
    }
  }

  private func isRunning(_ operation: String) throws(DHCPFollowError) -> Bool {
    guard let isRunning = DHCPFollowState.isRunning(on: root) else {
      throw DHCPFollowError(operation: operation, reason: "the host's processes can't be seen from here")
    }
    return isRunning
  }

  private func awaitProcess(isRunning wanted: Bool, _ operation: String) throws(DHCPFollowError) {
    let end = ContinuousClock.now + processLimit
    while try isRunning(operation) != wanted {
      guard ContinuousClock.now < end else {
        throw DHCPFollowError(
          operation: operation,
          reason:
            "it \(wanted ? "doesn't run" : "still runs") after \(processLimit.seconds); 'systemctl status \(DHCPFollow.unitName)' shows it"
        )
      }
      usleep(Self.step)
    }
  }
}
