import Foundation
import Glibc
import HostFiles
import Netlink

@testable import NodeAgent

/// A host with real network managers, in namespaces of its own: its /run, /etc and /var are a folder's, so that this program
/// finds them, and the managers' bus, below that folder as it finds a host's below `--root`.
///
/// The lab's root with the managers (`Tests/Lab/lib/managers.sh`) is its root, which stays as it is.
final class ManagedHost {
  let root: HostRoot
  private let folder: String
  /// Keeps the namespaces, until its input ends.
  private let holder: pid_t
  private let input: CInt
  private let tree: String

  init() throws {
    let lab = URL(filePath: #filePath).appending(path: "../../../Lab").standardizedFileURL.path
    tree = try Self.output("\(lab)/bin/lab-managers", []).split(separator: "\n").last.map(String.init) ?? ""
    folder = try Self.output("/usr/bin/mktemp", ["-d"])
    root = try HostRoot(folder)
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
    _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
    input = ends[1]
    holder = try Self.start(
      [
        "/usr/bin/unshare", "--net", "--mount", "--propagation", "private", "/bin/bash", "-ec",
        """
        cp -a "$0/etc" "$0/var" "$1"; mkdir "$1/run" "$1/lab"; cp "$2" "$1/lab"
        mount --bind "$0" "$0"; mount --bind "$1/etc" "$0/etc"; mount --bind "$1/var" "$0/var"
        mount --bind "$1/lab" "$0/usr/local"; mount --bind "$1/run" "$0/run"
        mount -t proc proc "$0/proc"; mount -t sysfs -o ro sysfs "$0/sys"; mount --rbind /dev "$0/dev"
        mount -t tmpfs tmpfs "$0/tmp"
        touch "$1/ready"
        read -r _
        """, tree, folder, "\(lab)/guest/bin/lab-managers",
      ], input: ends[0], output: "\(folder)/said")
    close(ends[0])
    let end = ContinuousClock.now + .seconds(20)
    while !FileManager.default.fileExists(atPath: "\(folder)/ready") {
      guard ContinuousClock.now < end else { throw POSIXError(.ETIMEDOUT) }
      usleep(10_000)
    }
  }

  /// Ends all that runs on it.
  func end() {
    // The DHCP server has a network of its own.
    _ = try? run("kill $(cat /run/dnsmasq.pid)")
    let own = try? FileManager.default.destinationOfSymbolicLink(
      atPath: "/proc/\(holder)/ns/net")
    for entry in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
      guard let id = Int32(entry), own != nil,
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(entry)/ns/net")) == own
      else { continue }
      kill(id, SIGKILL)
    }
    var status: CInt = 0
    waitpid(holder, &status, 0)
    close(input)
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Runs a script there; its output, errors included.
  @discardableResult
  func run(_ script: String) throws -> String {
    try Self.output(
      "/usr/bin/nsenter",
      [
        "-t", "\(holder)", "-n", "-m", "/usr/sbin/chroot", tree, "/bin/dash", "-c",
        ". /usr/local/lab-managers\n\(script)",
      ])
  }

  /// The interface as this program would have it from the kernel.
  func link(_ name: String) throws -> Link {
    Link(index: Int(try run("cat /sys/class/net/\(name)/ifindex")) ?? 0, name: name)
  }

  private static func output(_ program: String, _ arguments: [String]) throws -> String {
    // A file, as what a script leaves running would keep a pipe open.
    let path = NSTemporaryDirectory() + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    let process = try start([program] + arguments, input: nil, output: path)
    var status: CInt = 0
    waitpid(process, &status, 0)
    return try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Foundation's Process takes a program for running as long as anything that it started does.
  private static func start(_ words: [String], input: CInt?, output: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    } else {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var process: pid_t = 0
    let result = posix_spawn(&process, words[0], &actions, nil, &arguments, environ)
    guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: result) ?? .EIO) }
    return process
  }
}
