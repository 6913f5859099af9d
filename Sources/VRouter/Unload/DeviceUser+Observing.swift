import Glibc
public import HostFiles
import SystemPackage

extension DeviceUser {
  /// The name under which the module registers its tables' devices; each start of the vRouter agent adds a line.
  static let deviceName = "vrouter_mem"

  /// The processes of a host that have one of the module's devices open, wherever its node lies.
  ///
  /// Told by the open file's device number, not by its path: the agent's container has nodes of its own.
  public static func observe(on host: HostRoot) throws(VRouterError) -> [DeviceUser] {
    let devices: String
    do { devices = try host.readText("/proc/devices") } catch {
      throw VRouterError(
        "look for open devices in", "/proc/devices", reason: error.description,
        remedy: "mount the host's /proc")
    }
    let majors = majors(of: deviceName, in: devices)
    guard !majors.isEmpty else { return [] }
    let names: [String]
    do { names = try host.names(in: "/proc") } catch {
      throw VRouterError("list the processes in", "/proc", reason: error.description)
    }
    var users: [DeviceUser] = []
    for process in names.compactMap({ Int($0) }).sorted() {
      for descriptor in try descriptors(of: process, on: host) {
        let path = "/proc/\(process)/fd/\(descriptor)"
        guard let major = try openDeviceMajor(path, on: host), majors.contains(major) else { continue }
        users.append(
          DeviceUser(
            process: process, command: (try? host.readValue("/proc/\(process)/comm")) ?? "?",
            path: (try? host.linkTarget(path)) ?? path))
      }
    }
    return users
  }

  /// How often the module's device is registered on a host; 0 when that can't be seen.
  public static func registrations(on host: HostRoot) -> Int {
    (try? host.readText("/proc/devices")).map { majors(of: deviceName, in: $0).count } ?? 0
  }

  /// The numbers that a name has among the character devices of /proc/devices.
  static func majors(of name: String, in devices: String) -> Set<UInt32> {
    var majors: Set<UInt32> = []
    for line in devices.split(separator: "\n") {
      if line.hasPrefix("Block devices") { break }
      let words = line.split(separator: " ")
      if words.count == 2, words[1] == name, let major = UInt32(words[0]) { majors.insert(major) }
    }
    return majors
  }

  /// The open descriptors of a process; none when it has ended meanwhile.
  private static func descriptors(of process: Int, on host: HostRoot) throws(VRouterError) -> [String] {
    do {
      return try host.names(in: "/proc/\(process)/fd")
    } catch {
      if error.isNotFound || error.errno == .noSuchProcess { return [] }
      throw unseen("/proc/\(process)/fd", error.errno)
    }
  }

  /// What can't be looked at must not count as nothing: an open table that goes away crashes its reader.
  private static func unseen(_ path: String, _ errno: Errno?) -> VRouterError {
    VRouterError(
      "see who has the module's tables open in", path, reason: errno?.description ?? "it can't be read",
      remedy:
        "run this on the host as root; a container needs the host's /proc, its process namespace and CAP_SYS_PTRACE"
    )
  }

  /// The major number of the character device that a descriptor has open; nil for all else.
  ///
  /// stat(2) itself rather than `HostRoot.status`: such a link leads to the open file, not to what its text names.
  private static func openDeviceMajor(_ path: String, on host: HostRoot) throws(VRouterError) -> UInt32? {
    var status = stat()
    guard unsafe stat(host.isRunningHost ? path : host.path + path, &status) == 0 else {
      let errno = Errno.current
      // The descriptor or the process went away, or what it had open did.
      if errno == .noSuchFileOrDirectory || errno == .noSuchProcess { return nil }
      throw unseen(path, errno)
    }
    guard status.st_mode & S_IFMT == S_IFCHR else { return nil }
    return major(of: UInt64(status.st_rdev))
  }

  /// The major number as makedev(3) packs it: bits 8 to 19 and 44 to 63.
  static func major(of device: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: (device >> 8) & 0xfff | (device >> 32) & 0xffff_f000)
  }
}
