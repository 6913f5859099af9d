import Glibc
import SystemPackage

extension HostRoot {
  /// The whole content of a file.
  ///
  /// - Parameter limit: bytes; a larger file is an error rather than a surprise.
  public func readBytes(_ path: String, limit: Int = 4 << 20) throws(HostFileError) -> [UInt8] {
    do {
      // Never blocks on a pipe that someone put in the file's place.
      let file = try openResolved(path, O_RDONLY | O_NONBLOCK)
      return try file.readToEnd(limit: limit)
    } catch {
      throw failure("read", path, error)
    }
  }

  /// The first bytes of a file: `count` of them, or all where there are fewer.
  public func readStart(_ path: String, count: Int) throws(HostFileError) -> [UInt8] {
    do {
      let file = try openResolved(path, O_RDONLY | O_NONBLOCK)
      var start: [UInt8] = []
      while start.count < count {
        let part = try unsafe [UInt8](upTo: count - start.count) { buffer in
          unsafe Glibc.read(file.number, buffer.baseAddress, buffer.count)
        }
        if part.isEmpty { break }
        start += part
      }
      return start
    } catch {
      throw failure("read", path, error)
    }
  }

  /// The whole content of a file as UTF-8; invalid bytes become U+FFFD.
  public func readText(_ path: String, limit: Int = 4 << 20) throws(HostFileError) -> String {
    String(decoding: try readBytes(path, limit: limit), as: UTF8.self)
  }

  /// The one value that a file of /proc or /sys holds: its text without the white space around it.
  public func readValue(_ path: String) throws(HostFileError) -> String {
    let bytes = try readBytes(path, limit: 64 << 10)
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }),
      let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }

  /// What the kernel knows of a file, links followed.
  public func status(_ path: String) throws(HostFileError) -> FileStatus {
    do {
      return try openResolved(path, openPathOnly).status()
    } catch {
      throw failure("look at", path, error)
    }
  }

  /// Whether something is at the path, links followed. A folder that can't be searched counts as no.
  public func exists(_ path: String) -> Bool {
    (try? status(path)) != nil
  }

  /// The names in a folder, sorted, without `.` and `..`.
  public func names(in directory: String) throws(HostFileError) -> [String] {
    do {
      let folder = try openResolved(directory, O_RDONLY | O_DIRECTORY)
      return try Self.names(in: folder)
    } catch {
      throw failure("list", directory, error)
    }
  }

  /// The target of a symbolic link, as written in it.
  public func linkTarget(_ path: String) throws(HostFileError) -> String {
    do {
      return try openResolved(path, openPathOnly, followLast: false).linkTarget()
    } catch {
      throw failure("read the link", path, error)
    }
  }

  static func names(in folder: borrowing Descriptor) throws(Errno) -> [String] {
    let copy = fcntl(folder.number, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw .current }
    guard let stream = unsafe fdopendir(copy) else {
      let errno = Errno.current
      _ = close(copy)
      throw errno
    }
    defer { unsafe _ = closedir(stream) }
    var names: [String] = []
    while true {
      Glibc.errno = 0
      guard let entry = unsafe readdir(stream) else {
        let errno = Errno.current
        guard errno.rawValue == 0 else { throw errno }
        return names.sorted()
      }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
  }
}
