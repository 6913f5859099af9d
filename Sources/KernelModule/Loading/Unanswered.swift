/// A call into the kernel that gave no answer: the kernel may hang or crash in a module's own code, and then nobody
/// comes back who could tell.
///
/// Who makes such a call has a process of its own for it, and sees this of it.
public enum Unanswered: Equatable, Sendable {
  /// There was no answer in time. The process could be ended, and with it the call.
  case ended(after: Duration)
  /// There was no answer in time, and the process is beyond any signal: it sleeps uninterruptibly in the kernel.
  ///
  /// - process: its number; it is left behind.
  /// - place: the kernel's function in which it sleeps; nil when that can't be seen.
  case stuck(process: Int, place: String?, after: Duration)
  /// A signal ended the process: the kernel does that when code that it ran for it crashed, and anybody may.
  case crashed(signal: Int)
}

extension Unanswered: CustomStringConvertible {
  /// What was seen, as a sentence without its end.
  public var description: String {
    switch self {
    case .ended(let limit): "no answer within \(Self.seconds(limit)); its process was ended"
    case .stuck(let process, let place, let limit):
      "no answer within \(Self.seconds(limit)); its process \(process) is beyond any signal"
        + (place.map { " (in \($0))" } ?? "")
    case .crashed(let signal): "its process was ended by signal \(signal)"
    }
  }

  private static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = attoseconds / 1_000_000_000_000_000
    return milliseconds == 0 ? "\(seconds) s" : "\(seconds * 1000 + milliseconds) ms"
  }
}
