import Glibc
import HostFiles

/// Does and undoes ``ManagerStep``s. Both can be repeated, also after this program was killed in the middle of one.
struct ManagerTeller: Sendable {
  let root: HostRoot
  /// For what is said over the bus in one step.
  var limit = Duration.seconds(10)

  /// Writes the file and has the manager take note of it.
  func apply(_ step: ManagerStep) throws(ManagerError) {
    do {
      try root.makeDirectories(Self.folder(of: step.path), mode: 0o755)
      try root.removeUnfinished(step.path)
      try root.replace(step.path, with: Array(step.content.utf8), mode: 0o644)
    } catch {
      throw ManagerError(step: step, isUndo: false, cause: .file(error))
    }
    try tell(step, isUndo: false)
  }

  /// Removes the file and has the manager take note of it, and of the interface where it let go of it.
  func undo(_ step: ManagerStep) throws(ManagerError) {
    do {
      try root.remove(step.path)
    } catch {
      throw ManagerError(step: step, isUndo: true, cause: .file(error))
    }
    try tell(step, isUndo: true)
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/"
  }

  private func tell(_ step: ManagerStep, isUndo: Bool) throws(ManagerError) {
    guard step.telling != .nothing else { return }
    do throws(BusError) {
      var bus = try SystemBus.open(root: root, within: limit)
      switch step.manager {
      case .networkManager:
        try bus.call(NetworkManagerCalls.reload)
        if step.telling == .letGo { try setManaged(step.interface, isUndo, &bus) }
      case .networkd: try bus.call(NetworkdCalls.reload)
      default: break
      }
    } catch  where error.isNobodyThere {
      // Nobody has the name: whoever starts under it reads the file.
    } catch  where error.isNoBus && step.manager == .networkManager && step.telling == .reload && signal() {
      // It reads its configuration at a SIGHUP, too.
    } catch  where !step.mustAnswer && error.isNoBus {
      // Not known to run, and not to be reached: the file is there for its next start.
    } catch {
      throw ManagerError(step: step, isUndo: isUndo, cause: .bus(error))
    }
  }

  private func setManaged(
    _ interface: String, _ isManaged: Bool, _ bus: inout SystemBus
  ) throws(BusError) {
    let answer: BusValue?
    do throws(BusError) {
      answer = try bus.call(NetworkManagerCalls.device(interface))
    } catch  where error.errorName == NetworkManagerCalls.unknownDevice {
      return
    }
    guard case .objectPath(let device) = answer else {
      throw BusError(operation: "find NetworkManager's object for \(interface)", cause: .malformed)
    }
    try bus.call(NetworkManagerCalls.setManaged(device: device, isManaged))
  }

  /// Sends NetworkManager a SIGHUP; false where its process can't be told for certain.
  private func signal() -> Bool {
    let table = ProcessTable(root: root)
    guard table.canSignal, let text = try? root.readValue(ManagerPaths.networkManagerPID),
      let id = Int32(text),
      id > 1, table.name(of: Int(id)) == "NetworkManager"
    else { return false }
    return kill(id, SIGHUP) == 0
  }
}

/// A manager could not be told, or the file for it not be written.
struct ManagerError: Error, Equatable {
  enum Cause: Equatable {
    case file(HostFileError)
    case bus(BusError)
  }

  let step: ManagerStep
  let isUndo: Bool
  let cause: Cause
}

extension ManagerError: CustomStringConvertible {
  var description: String {
    let what =
      isUndo
      ? "what was said to \(step.manager) about \(step.interface) can't be taken back"
      : "cannot \(step.purpose)"
    switch cause {
    case .file(let error): return "\(what): \(error)"
    case .bus(let error):
      return
        "\(what): \(error); \(step.path) \(isUndo ? "is gone" : "is there"), and takes effect when \(step.manager) is restarted or reads its files: make the host's /run/dbus available to this program"
    }
  }
}
