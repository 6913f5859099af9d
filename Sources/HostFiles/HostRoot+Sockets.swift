import Glibc
import SystemPackage

extension HostRoot {
  /// Connects to a socket of the host's (unix(7), a stream), links on the way resolved inside the root.
  ///
  /// Neither connecting nor reading or writing afterwards waits: the socket isn't blocking, and one whose queue is
  /// full is an error.
  public func connect(toSocket path: String) throws(HostFileError) -> Descriptor {
    do throws(Errno) {
      // The kernel would follow links by its own idea of `/`: what was opened inside the root is named by its number.
      let place = try openResolved(path, openPathOnly)
      guard try place.status().kind == .socket else { throw Errno.notSocket }
      let number = socket(
        AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
      guard number >= 0 else { throw .current }
      let result = Descriptor(owning: number)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      let name = Array("/proc/self/fd/\(place.number)".utf8)
      unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
      let length = socklen_t(MemoryLayout<sockaddr_un>.size)
      try check(
        unsafe withUnsafePointer(to: &address) { pointer in
          unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe Glibc.connect(number, $0, length)
          }
        })
      return result
    } catch {
      throw failure("connect to", path, error)
    }
  }
}
