import FoundationEssentials
import Glibc
import Logging

/// In what form the log goes to standard error.
enum LogFormat: String, CaseIterable, Sendable {
  /// A line for people: time, level, message, `key=value`.
  case text
  /// A JSON object a line.
  case json
}

/// Writes each record to standard error with one write(2), so that lines of several processes don't mix.
struct StandardErrorLog: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  let format: LogFormat
  private let write: @Sendable (String) -> Void

  /// - Parameter write: takes a whole line with its newline; standard error unless a test says otherwise.
  init(
    format: LogFormat, level: Logger.Level,
    write: @escaping @Sendable (String) -> Void = StandardErrorLog.toStandardError
  ) {
    self.format = format
    self.logLevel = level
    self.write = write
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    let time = Date().formatted(.iso8601)
    switch format {
    case .text:
      let details = fields.map { " \(Self.oneLine($0.key))=\(Self.oneLine($0.value.description))" }.joined()
      write("\(time) \(event.level) \(Self.oneLine(event.message.description))\(details)\n")
    case .json:
      var record = ["time": time, "level": event.level.rawValue, "message": event.message.description]
      for (key, value) in fields where record[key] == nil { record[key] = value.description }
      write(JSON.line(record))
    }
  }

  /// Lines joined, control characters spelt out: no value can write a line of its own, or over one on a terminal.
  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { line in
      line.unicodeScalars.map { ControlCharacters.contains($0) ? $0.escaped(asASCII: true) : String($0) }
        .joined()
    }.joined(separator: " | ")
  }

  private static func toStandardError(_ line: String) {
    let bytes = Array(line.utf8)
    // Nobody is left to tell when standard error itself fails.
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
