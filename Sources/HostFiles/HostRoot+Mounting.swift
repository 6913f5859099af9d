import Glibc
import SystemPackage

extension HostRoot {
  /// Mounts a file system on an existing folder, of whose path no part may be a symbolic link (mount(2)).
  ///
  /// Without set-id bits and device files. The mount is one of this process's mount namespace.
  ///
  /// - Parameters:
  ///   - type: the file system, as the kernel names it: it stands for the source, too.
  ///   - options: the file system's own, as in `pagesize=2M`.
  public func mount(_ type: String, at path: String, options: String) throws(HostFileError) {
    do {
      let folder = try openStrictly(try Self.components(path)[...])
      // What was opened is named by its number: nobody can put a link in its place meanwhile.
      let target = "/proc/self/fd/\(folder.number)"
      let flags = CUnsignedLong(MS_NOSUID | MS_NODEV)
      let result = unsafe options.withCString { unsafe Glibc.mount(type, target, type, flags, $0) }
      guard result == 0 else { throw Errno.current }
    } catch let error as HostFileError {
      throw error
    } catch {
      throw failure("mount \(type) on", path, error as? Errno)
    }
  }

  /// Takes a mount away again, which nobody may be using (umount2(2)).
  public func unmount(_ path: String) throws(HostFileError) {
    do {
      // The folder that is mounted on can't be held open meanwhile: its path was looked at part by part, no more.
      _ = try openStrictly(try Self.components(path)[...])
      let target = isRunningHost ? path : self.path + path
      guard unsafe umount2(target, CInt(UMOUNT_NOFOLLOW)) == 0 else { throw Errno.current }
    } catch let error as HostFileError {
      throw error
    } catch {
      throw failure("unmount", path, error as? Errno)
    }
  }
}
