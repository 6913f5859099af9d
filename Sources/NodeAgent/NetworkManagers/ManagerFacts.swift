/// What was read of a host about who gives one of its interfaces an address; nothing is concluded yet.
struct ManagerFacts: Sendable, Equatable {
  /// The interface.
  var nic: String
  /// Its index.
  var index: Int
  /// The files that were looked for and are there, by path, with their text; folders with an empty one.
  var files: [String: String] = [:]
  /// The host's processes that matter here; nil where the host's processes can't be seen from this one.
  var processes: [HostProcess]?
  /// The programs that were looked for, are root's, and can be written by nobody else.
  var trusted: Set<String> = []
  /// Whether the processes' numbers are those by which this process can send them signals.
  var canSignal = false
  /// Whether a program has a name on the host's system bus; nil where the bus gave no answer.
  var busNames: [String: Bool]?

  /// A path's text, if it is there.
  subscript(path: String) -> String? { files[path] }

  /// The paths in a folder, sorted.
  func paths(in folder: String) -> [String] {
    files.keys.filter { $0.hasPrefix(folder + "/") }.sorted()
  }

  /// Whether a program runs, by its name on the bus or else by its process; nil where neither can be seen.
  func isRunning(busName: String, processName: String) -> Bool? {
    if let owned = busNames?[busName], owned { return true }
    // A program may run without the bus, as in a rescue system.
    if let processes { return processes.contains { $0.name == processName } }
    return busNames?[busName]
  }
}

/// A process of the host.
struct HostProcess: Sendable, Equatable {
  let id: Int
  /// At most 15 bytes (proc(5), `comm`).
  let name: String
  let arguments: [String]
  /// The path of its program; nil where that can't be seen.
  var executable: String?
}
