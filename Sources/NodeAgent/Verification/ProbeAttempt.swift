import Netlink
import SystemPackage

/// One probe under way: asks, and hears what comes back.
protocol ProbeAttempt {
  /// What came of it, once it is decided; until then it is asked again.
  var answer: ProbeAnswer? { get }
  /// What poll(2) has to watch for an answer; nil when there is nothing to come.
  var watched: (descriptor: CInt, events: Int16)? { get }
  /// How long an answer may take before it is asked again; nil: as is usual.
  var patience: Duration? { get }
  /// Asks once.
  mutating func ask()
  /// Takes what came.
  mutating func hear()
  /// What there is to say when the time is over.
  func silence(within limit: Duration) -> ProbeAnswer
}

/// What came of a probe, apart from which one it was.
struct ProbeAnswer: Equatable {
  let outcome: ProbeResult.Outcome
  let seen: String
  var isByInterface = false
}

extension ProbeAttempt {
  var patience: Duration? { nil }
}

/// Words for what was seen.
enum ProbeText {
  /// "0.4 ms", from ten on "23 ms".
  static func duration(_ duration: Duration) -> String {
    let tenths = Int64((duration / .microseconds(100)).rounded())
    return tenths < 100 ? "\(tenths / 10).\(tenths % 10) ms" : "\((tenths + 5) / 10) ms"
  }

  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// What went wrong last, for the end of a sentence.
  static func trouble(_ text: String?) -> String { text.map { "; at last: \($0)" } ?? "" }

  static func failure(_ call: String, _ error: Errno) -> String { "\(call): \(error)" }
}
