public import Glibc

/// What the kernel knows of a file (stat(2)).
public struct FileStatus: Equatable, Sendable {
  /// What kind of file it is.
  public enum Kind: Equatable, Sendable {
    case regular, directory, symbolicLink, characterDevice, blockDevice, pipe, socket
    case other
  }

  /// What kind of file it is.
  public let kind: Kind
  /// Permission bits, with the set-id and sticky bits: 0o7777 at the most.
  public let permissions: UInt32
  /// Owner.
  public let user: UInt32
  /// Group.
  public let group: UInt32
  /// What tells this content from any later one.
  public let identity: FileIdentity
  /// For a device file: which device, as makedev(3) packs it.
  public let deviceNumber: UInt64

  /// Takes over the C structure.
  public init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .symbolicLink
      case S_IFCHR: .characterDevice
      case S_IFBLK: .blockDevice
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      default: .other
      }
    permissions = UInt32(status.st_mode & 0o7777)
    user = status.st_uid
    group = status.st_gid
    deviceNumber = UInt64(status.st_rdev)
    identity = FileIdentity(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
      modified: Self.nanoseconds(status.st_mtim), changed: Self.nanoseconds(status.st_ctim))
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}

/// Which content a path led to: equal identities mean that the file was neither replaced nor written.
///
/// The change time can't be set from user space, so that a rewrite in place that restores size
/// and modification time still shows.
public struct FileIdentity: Equatable, Sendable {
  /// Device that holds the file system (`st_dev`).
  public let device: UInt64
  /// Inode number in that file system.
  public let inode: UInt64
  /// Bytes.
  public let size: Int64
  /// Time of the last change of the content, nanoseconds since 1970.
  public let modified: Int64
  /// Time of the last change of content or inode, nanoseconds since 1970.
  public let changed: Int64

  /// An identity from its five parts.
  public init(device: UInt64, inode: UInt64, size: Int64, modified: Int64, changed: Int64) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
    self.changed = changed
  }
}
