import Glibc
import SystemPackage

/// Owner of one end of the socket between this program and a helper of its own; lines go over it.
struct HelperSocket: ~Copyable {
  let number: CInt

  init(owning number: CInt) {
    self.number = number
  }

  deinit {
    _ = close(number)
  }

  /// Sends all bytes. A peer that is gone is an error, and no signal (MSG_NOSIGNAL).
  func send(_ bytes: [UInt8]) throws(Errno) {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes { buffer in
        unsafe Glibc.send(number, buffer.baseAddress, buffer.count, CInt(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Errno(rawValue: errno) }
      sent += count
    }
  }

  /// Receives up to the end of a line, which isn't part of the answer.
  ///
  /// - Returns: nil when the time is over before there was a whole line.
  /// - Throws: `.connectionReset` when the peer went away before; `.messageTooLong` for a line beyond the limit, and
  ///   for more than one line.
  func receiveLine(limit: Int, until end: ContinuousClock.Instant?) throws(Errno) -> [UInt8]? {
    var line: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      guard wait(until: end) else { return nil }
      let count = unsafe recv(number, &part, part.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Errno(rawValue: errno) }
      guard count > 0 else { throw .connectionReset }
      line += part.prefix(count)
      if let newline = line.firstIndex(of: UInt8(ascii: "\n")) {
        guard newline == line.count - 1 else { throw .messageTooLong }
        return Array(line.dropLast())
      }
      guard line.count <= limit else { throw .messageTooLong }
    }
  }

  /// Whether there is something to receive (or an end) before the time is over; without a time, waits for ever.
  private func wait(until end: ContinuousClock.Instant?) -> Bool {
    while true {
      var milliseconds: CInt = -1
      if let end {
        let (seconds, attoseconds) = (end - .now).components
        guard seconds >= 0, attoseconds >= 0 else { return false }
        milliseconds = CInt(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
      }
      var watched = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      let ready = unsafe poll(&watched, 1, milliseconds)
      if ready > 0 { return true }
      if ready < 0, errno != EINTR { return false }
    }
  }
}
