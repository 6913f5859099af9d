/// Text that no message, log or dump may show.
struct Secret: Sendable, Equatable {
  private let text: String

  init(_ text: String) {
    self.text = text
  }

  /// The text itself, for the one place that has to write it.
  func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  var description: String { text.isEmpty ? "(unset)" : "(set)" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: []) }
}
