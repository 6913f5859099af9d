import Glibc
import SystemPackage

/// Exclusive ownership of a lock file (flock(2)): given up when this value goes out of scope, and by the kernel
/// when the process dies, so that a lock is never stale.
public struct HostLock: ~Copyable {
  private let file: Descriptor

  /// Why a lock was not taken.
  public enum Failure: Error, Equatable, Sendable {
    /// Another process holds it: its id, as far as it left one.
    case held(by: String)
    /// The lock file itself could not be used.
    case unusable(HostFileError)
  }

  /// Takes the lock at once, or fails at once.
  ///
  /// - Parameters:
  ///   - path: the lock file on the host; made when missing, in a folder that exists.
  ///   - holder: what others are told while it is held: a process id and what it does.
  public init(_ path: String, root: HostRoot, holder: String) throws(Failure) {
    file = try Self.take(path, root)
    // Only for people: the lock is the kernel's, so a failure here changes nothing.
    if ftruncate(file.number, 0) == 0 { try? file.writeAll(Array(holder.utf8)) }
  }

  /// Whether a process holds a lock now. The file isn't made, nor is what the holder wrote touched.
  public static func isHeld(_ path: String, root: HostRoot) -> Bool {
    guard let place = try? root.openParentStrictly(of: path, "look at"),
      let file = try? place.folder.open(place.name, O_RDONLY | O_NOFOLLOW)
    else { return false }
    // A shared lock, given up with the descriptor: an agent that starts in this moment may be told to wait once.
    return flock(file.number, LOCK_SH | LOCK_NB) != 0 && Errno.current == .wouldBlock
  }

  private static func take(_ path: String, _ root: HostRoot) throws(Failure) -> Descriptor {
    let file: Descriptor
    do {
      file = try open(path, root)
    } catch {
      throw .unusable(error)
    }
    guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
      let errno = Errno.current
      guard errno == .wouldBlock else { throw .unusable(root.failure("lock", path, errno)) }
      let text = (try? file.readToEnd(limit: 4096)).map { String(decoding: $0, as: UTF8.self) }
      throw .held(by: text ?? "")
    }
    return file
  }

  private static func open(_ path: String, _ root: HostRoot) throws(HostFileError) -> Descriptor {
    let place = try root.openParentStrictly(of: path, "lock")
    do {
      return try place.folder.open(place.name, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
    } catch {
      throw root.failure("lock", path, error)
    }
  }
}
