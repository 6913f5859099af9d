/// What `config check` found, for JSON and for people.
struct ConfigurationCheckReport: Encodable {
  /// One file.
  struct File: Encodable {
    /// The file that was read.
    let file: String
    /// The file on the host that it was compared with.
    let path: String
    /// Whether the same is read from it as from the file that would be written.
    let agrees: Bool
    /// Whether the agent could start with it, or whatever reads it in Python take it.
    let usable: Bool
    /// Why it could not be read; nil when it could.
    let failure: String?
    let differences: [Difference]
  }

  struct Difference: Encodable {
    let kind: String
    let section: String
    let key: String?
    let line: Int?
    let present: String?
    let wanted: String?
    let origin: String?
    let note: String?
  }

  var files: [File] = []

  /// Whether all of them agree.
  var agrees: Bool { files.allSatisfy(\.agrees) }

  /// Whether each could be used by what reads it.
  var isUsable: Bool { files.allSatisfy(\.usable) }

  mutating func add(_ check: ConfigurationCheck, file: String, path: String) {
    files.append(
      File(
        file: file, path: path, agrees: check.agrees, usable: check.isUsable, failure: nil,
        differences: check.differences.map { difference in
          // What a file holds may be anything; a report's line is one line.
          Difference(
            kind: difference.kind.rawValue, section: ControlCharacters.escaped(difference.section),
            key: difference.key.map(ControlCharacters.escaped), line: difference.line,
            present: difference.present.map(ControlCharacters.escaped), wanted: difference.wanted,
            origin: difference.origin.map { "\($0)" }, note: difference.note)
        }))
  }

  mutating func add(failure: String, file: String, path: String) {
    files.append(
      File(file: file, path: path, agrees: false, usable: false, failure: failure, differences: []))
  }

  /// For people.
  var text: String {
    files.map(Self.text(of:)).joined(separator: "\n")
  }

  private static func text(of file: File) -> String {
    if let failure = file.failure { return "\(file.file): \(failure)\n" }
    guard !file.agrees else { return "\(file.file): as it would be written\n" }
    let count = file.differences.count
    var text = "\(file.file): \(count) difference\(count == 1 ? "" : "s") from what would be written"
    text += file.usable ? "\n" : "; \(ConfigurationFile.reader(of: file.path).refusal)\n"
    var table = TextTable([
      "what", "line", "section", "key", "in the file", "would be written", "from", "note",
    ])
    for difference in file.differences {
      table.add([
        difference.kind, difference.line.map { "\($0)" } ?? "-", difference.section,
        difference.key ?? "-", difference.present ?? "-", difference.wanted ?? "-", difference.origin ?? "-",
        difference.note ?? "",
      ])
    }
    return text + table.text
  }
}
