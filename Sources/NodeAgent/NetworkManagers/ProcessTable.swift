import Glibc
import HostFiles

/// The host's processes as /proc below its root shows them.
struct ProcessTable {
  let root: HostRoot

  /// The number that the kernel gives to the process namespace of the host itself (`PROC_PID_INIT_INO` in linux/proc_ns.h):
  /// what a /proc of another one shows are a container's processes, which say nothing about the host's.
  private static let hostNamespace = "pid:[4026531836]"

  /// Whether it is the host's processes that are shown.
  private var showsHost: Bool {
    if canSignal { return true }
    // The /proc of a host's root that was mounted into a container.
    return (try? root.linkTarget("/proc/1/ns/pid")) == Self.hostNamespace
  }

  /// Whether the numbers are those by which this process can send signals.
  var canSignal: Bool {
    (try? root.linkTarget("/proc/self")) == "\(getpid())"
      && (try? root.linkTarget("/proc/self/ns/pid")) == Self.hostNamespace
  }

  /// The processes of those names in this process's network; nil where the host's can't be seen.
  func processes(named names: [String]) -> [HostProcess]? {
    guard showsHost, let entries = try? root.names(in: "/proc") else { return nil }
    // Our own, by the true /proc: that of a root may show none of ours.
    let network = try? HostRoot.running.linkTarget("/proc/self/ns/net")
    return entries.compactMap { Int($0) }.sorted().compactMap { id in
      guard let name = name(of: id), names.contains(name) else { return nil }
      // One in a network of its own is a container's, and manages nothing here.
      if let other = try? root.linkTarget("/proc/\(id)/ns/net"), other != network { return nil }
      let line = (try? root.readText("/proc/\(id)/cmdline", limit: 64 << 10)) ?? ""
      return HostProcess(
        id: id, name: name,
        arguments: line.split(separator: "\0", omittingEmptySubsequences: false).map(String.init),
        executable: try? root.linkTarget("/proc/\(id)/exe"))
    }
  }

  /// What `/proc/<number>/stat` says first (proc(5)).
  struct State {
    let id: Int
    /// `R`, `S`, `T` (stopped), `Z` (a zombie), …
    let state: Character
    let parent: Int
  }

  /// A process's state; nil when there is no such process.
  func state(of id: Int) -> State? {
    guard let text = try? root.readText("/proc/\(id)/stat", limit: 4096),
      // The name before may have any character in it.
      let name = text.lastIndex(of: ")")
    else { return nil }
    let words = text[text.index(after: name)...].split(separator: " ", maxSplits: 2)
    guard words.count == 3, let state = words[0].first, let parent = Int(words[1]) else { return nil }
    return State(id: id, state: state, parent: parent)
  }

  /// The processes that one started, and that are there still.
  func children(of id: Int) -> [State] {
    ((try? root.names(in: "/proc")) ?? []).compactMap { Int($0) }.compactMap(state).filter { $0.parent == id }
  }

  /// A process's name; nil when there is no such process.
  func name(of id: Int) -> String? {
    (try? root.readText("/proc/\(id)/comm", limit: 64)).map { String($0.prefix { $0 != "\n" }) }
  }
}
