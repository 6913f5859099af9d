import Glibc
public import HostFiles

/// Owner of a reader of the kernel's log that gives only what is written from now on.
///
/// /dev/kmsg is read, or where that can't be opened, as in a container that has no such device, what syslog(2) gives.
/// Absent lines prove nothing: some are rate-limited, and a container may not see the log at all.
public struct KernelLog: ~Copyable {
  /// /dev/kmsg; -1 where the log comes from ``ring``.
  private let descriptor: CInt
  private var ring: KernelRing?

  /// Stands at the present end of a host's log.
  ///
  /// - Returns: nil when the log can't be read here.
  public init?(following host: HostRoot) {
    let path = host.isRunningHost ? "/dev/kmsg" : host.path + "/dev/kmsg"
    let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      guard let ring = KernelRing(of: host) else { return nil }
      self.descriptor = -1
      self.ring = ring
      return
    }
    guard lseek(descriptor, 0, SEEK_END) >= 0 else {
      _ = close(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  deinit {
    if descriptor >= 0 { _ = close(descriptor) }
  }

  /// The messages since the reader was made or last asked, oldest first, without the time.
  public mutating func newMessages() -> [String] {
    if let messages = ring?.newMessages() { return messages }
    // Longer than any record (CONSOLE_EXT_LOG_MAX, 8192): a short buffer would make the record unreadable.
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    var messages: [String] = []
    // A log that grows as fast as it is read must not keep us here.
    for _ in 0..<20_000 {
      let count = unsafe read(descriptor, &buffer, buffer.count)
      if count > 0 {
        messages += Self.messages(in: String(decoding: buffer.prefix(count), as: UTF8.self))
      } else if count < 0, errno == EPIPE || errno == EINTR {
        // EPIPE: records were overwritten before they were read; the reader stands at the oldest that is left.
        continue
      } else {
        break
      }
    }
    return messages
  }

  /// The messages in records as /dev/kmsg gives them: `priority,number,microseconds,flags[,…];message`, and
  /// lines with a blank in front that describe the device.
  ///
  /// Source: Documentation/ABI/testing/dev-kmsg.
  public static func messages(in records: String) -> [String] {
    records.split(separator: "\n").compactMap { line in
      guard line.first != " ", let start = line.firstIndex(of: ";") else { return nil }
      return unescaped(line[line.index(after: start)...])
    }
  }

  /// Bytes that can't be printed come as `\xNN`.
  private static func unescaped(_ text: Substring) -> String {
    guard text.contains("\\") else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      let code = rest.prefix(3)
      if byte == UInt8(ascii: "\\"), code.count == 3, code.first == UInt8(ascii: "x"),
        let value = UInt8(String(decoding: code.dropFirst(), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
