import HostFiles

/// Whether the host's /run is what a takeover's journal has to lie in: gone after a reboot, and only then.
///
/// A journal in a container's own /run, or in a volume, would be gone with the container while vhost0 stays; one on a
/// disk would outlive a reboot that took vhost0 away.
struct RunFolder {
  static let folder = "/run"

  /// The mounts that this process sees (`/proc/self/mountinfo`, proc(5)).
  let mounts: [Mount]
  /// Where the host's root is, for this process.
  let root: String
  /// Whether this process runs in a container whose root is its own.
  let isContainer: Bool

  struct Mount: Equatable {
    let point: String
    let type: String
  }

  /// Looks at the running system; `root` is the host's.
  init(_ root: HostRoot) {
    let text = (try? HostRoot.running.readText("/proc/self/mountinfo")) ?? ""
    self.init(
      mountinfo: text, root: root.path,
      isContainer: ["/.dockerenv", "/run/.containerenv"].contains(where: HostRoot.running.exists))
  }

  init(mountinfo: String, root: String, isContainer: Bool) {
    mounts = mountinfo.split(separator: "\n").compactMap(Self.mount)
    self.root = root == "/" ? "" : root
    self.isContainer = isContainer
  }

  /// `36 35 98:0 /root /mount/point rw,… master:1 - type source options`; octal escapes for blanks.
  private static func mount(_ line: Substring) -> Mount? {
    let parts = line.split(separator: " ", omittingEmptySubsequences: true)
    guard let dash = parts.firstIndex(of: "-"), dash > 5, parts.count > dash + 1 else { return nil }
    let point = parts[4].replacing("\\040", with: " ").replacing("\\011", with: "\t")
    return Mount(point: String(point), type: String(parts[dash + 1]))
  }

  private func mount(of path: String) -> Mount? {
    // Of several at one point the last one is seen.
    mounts.enumerated().filter {
      path == $0.element.point || $0.element.point == "/" || path.hasPrefix($0.element.point + "/")
    }
    .max { ($0.element.point.utf8.count, $0.offset) < ($1.element.point.utf8.count, $1.offset) }?.element
  }

  /// Why no journal can be kept there; nil when one can.
  var objection: String? {
    let run = root + Self.folder
    if root.isEmpty, isContainer {
      return
        "this process runs in a container, whose \(run) is not the host's; mount the host's / (or its /run) and name it with --root"
    }
    guard let outer = mount(of: run), let inner = mount(of: root + LockedRun.folder) else {
      return "the mounts can't be seen in /proc/self/mountinfo"
    }
    guard ["tmpfs", "ramfs"].contains(outer.type) else {
      return
        "\(run) is on \(outer.type), and not the host's own tmpfs: what lies there may outlive a reboot, or go with a container"
    }
    guard outer == inner else {
      return
        "\(root + LockedRun.folder) is a mount of its own (\(inner.type)), and not a folder of the host's \(run); mount the whole of the host's /run"
    }
    return nil
  }
}
