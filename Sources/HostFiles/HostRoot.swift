import Glibc
import SystemPackage

/// A folder that stands for a host's `/`: the host itself, its mount in a container, or a test's folder.
///
/// Paths are absolute as the host names them. Reading follows symbolic links as a process on that
/// host would see them: an absolute target starts again at this root, and `..` never leaves it.
/// Writing follows none (`HostRoot+Writing.swift`).
public struct HostRoot: Sendable, Equatable {
  /// The folder's own path as this process names it.
  public let path: String

  /// The host on which this process runs.
  public static let running = HostRoot(uncheckedPath: "/")

  /// A host mounted at, or imitated by, an existing folder.
  ///
  /// - Parameter path: absolute.
  public init(_ path: String) throws(HostFileError) {
    guard path.hasPrefix("/"), !path.utf8.contains(0) else {
      throw HostFileError(
        operation: "use as root", path: path, root: "/", reason: "it is not an absolute path",
        remedy: "name the folder in which the host's / is mounted, for example --root /host")
    }
    self.init(uncheckedPath: path)
    do {
      _ = try openRoot()
    } catch {
      throw HostFileError(
        operation: "use as root", path: path, root: "/", errno: error,
        remedy: "name the folder in which the host's / is mounted, for example --root /host")
    }
  }

  private init(uncheckedPath: String) {
    path = uncheckedPath
  }

  /// Whether this is the running host's own `/`.
  public var isRunningHost: Bool { path == "/" }

  func openRoot(_ access: CInt = openPathOnly) throws(Errno) -> Descriptor {
    let number = unsafe open(path, access | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw .current }
    return Descriptor(owning: number)
  }

  func failure(
    _ operation: String, _ path: String, _ errno: Errno? = nil, reason: String? = nil,
    remedy: String? = nil
  ) -> HostFileError {
    HostFileError(
      operation: operation, path: path, root: self.path, errno: errno, reason: reason,
      remedy: remedy)
  }

  /// The parts of an absolute path, without empty ones and `.`.
  ///
  /// - Throws: `.invalidArgument` for a relative path or one that holds NUL.
  static func components(_ path: String) throws(Errno) -> [String] {
    guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else { throw .invalidArgument }
    return parts(path)
  }

  /// What stands between the slashes of a path or a link's target, without empty parts and `.`.
  static func parts(_ path: String) -> [String] {
    // By bytes: slashes are never part of another character in UTF-8, and the probe has no time for graphemes.
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }
  }
}
