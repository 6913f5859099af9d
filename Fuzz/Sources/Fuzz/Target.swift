/// Something that reads bytes from outside, and what must hold while it does.
struct Target: Sendable {
  /// Its name on the command line.
  let name: String
  /// What an input is made of, so that inputs can be changed where it matters.
  let shape: InputShape
  /// Inputs to begin with, made from the golden captures.
  let seeds: @Sendable () -> [[UInt8]]
  /// Reads an input; traps where something doesn't hold.
  let run: @Sendable ([UInt8]) -> Void

  static let all: [Target] = [
    .messages, .attributes, .acknowledgements, .dumps, .replays, .monitors, .captures, .sandesh,
    .environments,
    .configurations,
  ]
}

/// What an input is made of.
enum InputShape {
  /// Messages, one after the other.
  case datagram
  /// Attributes, one after the other.
  case attributes
  /// Two bytes, then records: see ``Script``.
  case script
  /// Nothing that could be told.
  case bytes
}

/// Traps if something doesn't hold, which is a finding.
func hold(_ condition: Bool, _ promise: @autoclosure () -> String) {
  if !condition { broken(promise()) }
}

/// What was promised doesn't hold.
func broken(_ promise: String) -> Never {
  // libFuzzer takes a crash, and nothing else, for a finding, and keeps the input that led to it.
  fatalError("broken promise: \(promise)")
}

/// Text for people is one line, whatever the kernel or another program put into it.
func holdOneLine(_ text: String) {
  for scalar in text.unicodeScalars {
    hold(
      scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value),
      "no control character in \(text.debugDescription)")
  }
}
