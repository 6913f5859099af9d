import Glibc
public import SystemPackage

/// O_PATH: opens only the name, not the file (open(2)); defined for programs that ask for GNU extensions, and the same
/// on every architecture that this program runs on (asm-generic/fcntl.h).
let openPathOnly: CInt = 0o10_000_000

/// The owner of one open file descriptor: closed when it goes out of scope.
public struct Descriptor: ~Copyable {
  /// The number by which the kernel knows the open file.
  public let number: CInt

  /// Takes ownership of an open descriptor.
  public init(owning number: CInt) {
    self.number = number
  }

  deinit {
    _ = Glibc.close(number)
  }

  /// Gives up ownership without closing.
  public consuming func release() -> CInt {
    let number = self.number
    discard self
    return number
  }

  /// Opens `name` relative to this folder, close-on-exec (openat(2)).
  public func open(_ name: String, _ flags: CInt, mode: UInt32 = 0) throws(Errno) -> Descriptor {
    try Descriptor(
      owning: retrying { unsafe Glibc.openat(number, name, flags | O_CLOEXEC, mode_t(mode)) })
  }

  /// What the kernel knows of the open file (fstat(2)).
  public func status() throws(Errno) -> FileStatus {
    var result = stat()
    try check(unsafe fstat(number, &result))
    return FileStatus(result)
  }

  /// What the kernel knows of `name` in this folder, without following a link (fstatat(2)).
  public func status(of name: String) throws(Errno) -> FileStatus {
    var result = stat()
    try check(unsafe fstatat(number, name, &result, AT_SYMLINK_NOFOLLOW))
    return FileStatus(result)
  }

  /// The target of the symbolic link `name` in this folder; with an empty name, of the link that
  /// this descriptor itself (opened with openPathOnly) stands for (readlinkat(2)).
  public func linkTarget(of name: String = "") throws(Errno) -> String {
    let bytes = try unsafe [UInt8](upTo: Int(PATH_MAX)) { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      return unsafe readlinkat(number, name, start, buffer.count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads to the end of the file, and at the most `limit` bytes (read(2)).
  ///
  /// - Throws: the kernel's answer, or `.fileTooLarge` when there is more.
  public func readToEnd(limit: Int) throws(Errno) -> [UInt8] {
    var content: [UInt8] = []
    while true {
      // Most files of /proc and /sys are a few bytes: a page to begin with, then more at a time.
      let part = try unsafe [UInt8](upTo: content.isEmpty ? 4096 : 64 << 10) { buffer in
        unsafe Glibc.read(number, buffer.baseAddress, buffer.count)
      }
      if part.isEmpty { return content }
      content += part
      if content.count > limit { throw .fileTooLarge }
    }
  }

  /// Writes all bytes (write(2)).
  public func writeAll(_ bytes: [UInt8]) throws(Errno) {
    var written = 0
    while written < bytes.count {
      written += try write(bytes[written...])
    }
  }

  /// One write(2), as control files want it; answers how many bytes were taken.
  public func write(_ bytes: ArraySlice<UInt8>) throws(Errno) -> Int {
    let count = retrying {
      unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(number, buffer.baseAddress, buffer.count)
      }
    }
    guard count >= 0 else { throw .current }
    return count
  }

  /// Gives the file these permission bits (fchmod(2)).
  func changeMode(_ mode: UInt32) throws(Errno) {
    try check(fchmod(number, mode_t(mode)))
  }

  /// Gives the file to a user and a group; nil leaves one as it is (fchown(2)).
  func changeOwner(user: UInt32?, group: UInt32?) throws(Errno) {
    if user != nil || group != nil { try check(fchown(number, user ?? .max, group ?? .max)) }
  }

  /// Makes a folder in this folder (mkdirat(2)).
  func makeFolder(_ name: String, mode: UInt32) throws(Errno) {
    try check(unsafe mkdirat(number, name, mode_t(mode)))
  }

  /// Removes a file or link from this folder (unlinkat(2)).
  func unlink(_ name: String) throws(Errno) {
    try check(unsafe unlinkat(number, name, 0))
  }

  /// Gives a file of this folder another name in it, in the place of what has that name (renameat(2)).
  func rename(_ old: String, to new: String) throws(Errno) {
    try check(unsafe renameat(number, old, number, new))
  }

  /// Makes what was written durable (fsync(2)).
  public func synchronize() throws(Errno) {
    // A file system without the call (some network and pseudo file systems) has nothing to flush.
    do { try check(fsync(number)) } catch .invalidArgument {}
  }

  private func retrying(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || Errno.current != .interrupted { return result }
    }
  }

  private func retrying(_ call: () -> CInt) throws(Errno) -> CInt {
    while true {
      let result = call()
      if result >= 0 { return result }
      let errno = Errno.current
      if errno != .interrupted { throw errno }
    }
  }
}

extension Errno {
  /// The error that the last failed call of this thread left behind.
  public static var current: Errno { Errno(rawValue: Glibc.errno) }
}

/// Turns C's −1 into a thrown `errno`.
func check(_ result: CInt) throws(Errno) {
  if result < 0 { throw .current }
}

extension [UInt8] {
  /// An array of at most `capacity` bytes, filled by one call that answers how many it wrote, or −1.
  init(
    upTo capacity: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Int
  ) throws(Errno) {
    var failure: Errno?
    unsafe self.init(unsafeUninitializedCapacity: capacity) { buffer, count in
      while true {
        let filled = unsafe fill(buffer)
        if filled >= 0 {
          count = filled
          return
        }
        failure = .current
        if failure != .interrupted { return }
        failure = nil
      }
    }
    if let failure { throw failure }
  }
}
