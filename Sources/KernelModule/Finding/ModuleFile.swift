public import HostFiles
import SystemPackage

/// A module's file: below which root, and where there.
///
/// Builds may lie in this program's own container image, the kernel's tree on the mounted host: each has its root.
public struct ModuleFile: Equatable, Sendable {
  /// The file system that holds it.
  public let root: HostRoot
  /// Absolute inside the root, without symbolic links.
  public let path: String

  /// A file below a root, with the links on its way resolved inside that root.
  ///
  /// libkmod opens files by plain paths: an absolute link on a mounted host would lead it into this
  /// program's own file system (weak-updates of EL kernels are such links).
  public init(resolving path: String, below root: HostRoot) throws(KernelModuleError) {
    try ModuleNames.checkPath(path)
    self.root = root
    self.path = try Self.resolve(path, below: root)
  }

  /// The path as this process opens it.
  public var localPath: String {
    root.isRunningHost ? path : root.path + path
  }

  /// As many links as the kernel follows in one path (path_resolution(7)).
  private static let maximumLinks = 40

  static func resolve(_ path: String, below root: HostRoot) throws(KernelModuleError) -> String {
    var remaining = path.split(separator: "/").reversed().map(String.init)
    var walked: [String] = []
    var links = 0
    while let part = remaining.popLast() {
      if part == "." { continue }
      if part == ".." {
        _ = walked.popLast()
        continue
      }
      let here = "/" + (walked + [part]).joined(separator: "/")
      // What is no link, or not there, is taken as it stands: whoever opens it will be told.
      guard let target = try? root.linkTarget(here) else {
        walked.append(part)
        continue
      }
      links += 1
      guard links <= maximumLinks else {
        throw KernelModuleError(
          .input, "follow", path, errno: .tooManySymbolicLinkLevels,
          remedy: "remove the loop of symbolic links")
      }
      if target.hasPrefix("/") { walked = [] }
      remaining += target.split(separator: "/").reversed().map(String.init)
    }
    return "/" + walked.joined(separator: "/")
  }
}

extension ModuleFile: CustomStringConvertible {
  /// The path, and the root where it isn't `/`.
  public var description: String {
    root.isRunningHost ? path : "\(path) (below \(root.path))"
  }
}
