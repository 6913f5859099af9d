public import SystemPackage

/// A host file could not be read or written.
///
/// Says what was tried, on which path (as the host names it, below which root), what the kernel
/// answered, and what to do about it.
public struct HostFileError: Error, Equatable, Sendable {
  /// What was tried, as a phrase that continues "cannot": "read", "replace", "create the folder".
  public let operation: String
  /// The path inside the root, absolute.
  public let path: String
  /// The root below which `path` lies; "/" for the running host.
  public let root: String
  /// The kernel's answer, or nil when the file's own state is the reason (see `reason`).
  public let errno: Errno?
  /// What was wrong with what was found, where no errno tells it.
  public let reason: String?
  /// What the operator can do.
  public let remedy: String?

  /// Describes one failed operation on one path.
  public init(
    operation: String, path: String, root: String, errno: Errno? = nil, reason: String? = nil,
    remedy: String? = nil
  ) {
    self.operation = operation
    self.path = path
    self.root = root
    self.errno = errno
    self.reason = reason
    self.remedy = remedy ?? Self.remedy(for: errno, path: path)
  }

  /// Whether the path, or a folder on the way to it, does not exist.
  public var isNotFound: Bool {
    errno == .noSuchFileOrDirectory
  }

  private static func remedy(for errno: Errno?, path: String) -> String? {
    switch errno {
    case .readOnlyFileSystem:
      "mount it writable for this program (in a container: a hostPath volume without readOnly)"
    case .permissionDenied, .notPermitted:
      "run as root, with the capabilities that the documentation lists"
    case .notDirectory: "remove or rename what is in the place of a folder on the way"
    case .noSpace: "free space on the file system that holds \(path)"
    default: nil
    }
  }
}

extension HostFileError: CustomStringConvertible {
  /// One line: operation, path, answer, remedy.
  public var description: String {
    let place = root == "/" ? path : "\(path) (below \(root))"
    var text = "cannot \(operation) \(place)"
    if let reason { text += ": \(reason)" }
    if let errno { text += ": \(errno.description)" }
    if let remedy { text += "; \(remedy)" }
    return text
  }
}
