/// The configuration files as JSON carries them: each value with its origin.
struct ConfigurationReport: Encodable {
  let files: [File]
  /// What an operator should know, with what `prepare` would refuse.
  let warnings: [String]

  struct File: Encodable {
    let path: String
    let entries: [Entry]
  }

  struct Entry: Encodable {
    let section: String
    let key: String
    let value: String
    let secret: Bool
    /// In words.
    let origin: String
    /// The same for machines.
    let from: [Origin]
  }

  /// One thing that a value was made from.
  struct Origin: Encodable {
    /// parameter, default, fixed or detected.
    let kind: String
    let parameter: String?
    /// The file that sets the parameter; absent when the environment does.
    let file: String?
    let line: Int?
    /// By which rule it was found out about the host.
    let rule: String?
  }

  init(_ files: [ConfigurationFile], showsSecrets: Bool, warnings: [String] = []) {
    self.warnings = warnings
    self.files = files.map { file in
      File(
        path: file.path,
        entries: file.sections.flatMap { section in
          section.entries.map { entry in
            Entry(
              section: section.name, key: entry.key, value: showsSecrets ? entry.value.reveal() : entry.shown,
              secret: entry.isSecret, origin: "\(entry.origin)", from: entry.origin.parts.map(Origin.init))
          }
        })
    }
  }
}

extension ConfigurationReport.Origin {
  fileprivate init(_ origin: ValueOrigin) {
    var (file, line): (String?, Int?) = (nil, nil)
    switch origin {
    case .parameter(let name, let source):
      if case .file(let path, let number) = source { (file, line) = (path, number) }
      self.init(kind: "parameter", parameter: name, file: file, line: line, rule: nil)
    case .defaultValue(let name):
      self.init(kind: name == nil ? "fixed" : "default", parameter: name, file: nil, line: nil, rule: nil)
    case .detected(let rule):
      self.init(kind: "detected", parameter: nil, file: nil, line: nil, rule: rule)
    case .standIn(let name):
      // Never in a file.
      self.init(kind: "standIn", parameter: name, file: nil, line: nil, rule: nil)
    case .combined:
      // Its parts are told one by one.
      self.init(kind: "combined", parameter: nil, file: nil, line: nil, rule: nil)
    }
  }
}

/// The configuration files for people.
enum ConfigurationText {
  /// The files, secrets as set or unset unless they are to be shown; each below its path, where there are several.
  static func files(_ files: [ConfigurationFile], showsSecrets: Bool) -> String {
    files.map { file in
      (files.count > 1 ? "==> \(file.path) <==\n" : "") + (showsSecrets ? file.text : text(of: file))
    }.joined(separator: "\n")
  }

  private static func text(of file: ConfigurationFile) -> String {
    AgentConfiguration.heading
      + file.sections.map { section in
        "[\(section.name)]\n" + section.entries.map { "\($0.key)=\($0.shown)\n" }.joined()
      }.joined(separator: "\n")
  }

  /// Each value with where it comes from.
  static func table(_ files: [ConfigurationFile], showsSecrets: Bool) -> String {
    var table = TextTable(["file", "section", "key", "value", "from"])
    for (file, report) in zip(files, ConfigurationReport(files, showsSecrets: showsSecrets).files) {
      for entry in report.entries {
        table.add([String(file.name), entry.section, entry.key, entry.value, entry.origin])
      }
    }
    return table.text
  }
}
