import CKmod
import Glibc

/// Keeps what libkmod says, instead of letting it write to standard error.
///
/// A class, since libkmod holds a plain pointer to it for as long as the context lives. Used by one
/// thread, as the context itself is.
final class KmodLog {
  /// Enough for one operation; a folder of broken configuration must not fill memory.
  private static let limit = 200

  private(set) var lines: [String] = []

  func append(_ line: String) {
    guard lines.count < Self.limit else { return }
    lines.append(line)
  }

  /// Makes a context report here. The log must outlive the context.
  func attach(to context: OpaquePointer) {
    unsafe kmod_set_log_fn(
      context,
      { data, _, _, _, _, format, arguments in
        guard let data = unsafe data, let format = unsafe format, let arguments = unsafe arguments
        else { return }
        let log = unsafe Unmanaged<KmodLog>.fromOpaque(data).takeUnretainedValue()
        var buffer = [CChar](repeating: 0, count: 1024)
        let length = unsafe vsnprintf(&buffer, buffer.count, format, arguments)
        guard length > 0 else { return }
        var line = buffer.prefix(min(Int(length), buffer.count - 1)).map { UInt8(bitPattern: $0) }
        while line.last == UInt8(ascii: "\n") { line.removeLast() }
        log.append(String(decoding: line, as: UTF8.self))
      },
      unsafe Unmanaged.passUnretained(self).toOpaque())
    unsafe kmod_set_log_priority(context, LOG_INFO)
  }
}
