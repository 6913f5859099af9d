import Glibc

/// The two ways by which the program speaks. Both write whole texts, past no buffer that a crash would lose.
enum Output {
  /// To standard output: what was asked for.
  static func report(_ text: String) {
    write(text, to: STDOUT_FILENO)
  }

  /// To standard error: why it was not done.
  static func error(_ text: String) {
    write(text, to: STDERR_FILENO)
  }

  private static func write(_ text: String, to descriptor: CInt) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      // A reader that went away ends the program by SIGPIPE; anything else leaves nobody to tell.
      guard count > 0 || errno == EINTR else { return }
      bytes = bytes.dropFirst(max(count, 0))
    }
  }
}
