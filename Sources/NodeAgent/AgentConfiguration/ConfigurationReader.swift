/// What reads a configuration file, and how.
enum ConfigurationReader: Sendable {
  /// The vRouter agent, with Boost.Program_options.
  case agent
  /// What stands beside it, with Python's configparser.
  case python

  /// One option of a file.
  struct Option: Sendable, Equatable {
    let section: String
    let key: String
    /// What the reader and the check know it by.
    let name: String
    var value: String
    /// From 1.
    let line: Int
    /// Whether values of other options, which may be secrets, are part of it.
    var isComposed = false
    /// Why the reader gets no value; the value isn't repeated.
    var flaw: String?
  }

  /// A file's options and the lines that the reader doesn't take.
  func read(_ text: String) -> (options: [Option], flaws: [INIError]) {
    switch self {
    case .agent:
      let reading = INIReading(text)
      let options = reading.options.map { option in
        // Before the first header, and below any, a key may have its section in its own name.
        let dot = option.name.firstIndex(of: ".")
        return Option(
          section: dot.map { String(option.name[..<$0]) } ?? "",
          key: dot.map { String(option.name[option.name.index(after: $0)...]) } ?? option.name,
          name: option.name, value: option.value, line: option.line)
      }
      return (options, reading.flaws)
    case .python:
      let reading = PythonINIReading(text)
      let options = reading.options.map { option in
        Option(
          section: option.section, key: option.key, name: name(section: option.section, key: option.key),
          value: option.value, line: option.line, isComposed: option.isComposed, flaw: option.flaw)
      }
      return (options, reading.flaws)
    }
  }

  /// What an option is known by.
  func name(section: String, key: String) -> String {
    switch self {
    case .agent: INIReading.name(section: section, key: key)
    case .python: PythonINIReading.name(section: section, key: key)
    }
  }

  /// Under which names an option is looked for, the first one first.
  func names(section: String, key: String) -> [String] {
    switch self {
    case .agent: [name(section: section, key: key)]
    case .python: [section, PythonINIReading.everywhere].map { name(section: $0, key: key) }
    }
  }

  /// The type of the value of a key that would be written.
  func type(section: String, key: String) -> AgentKeyType {
    switch self {
    case .agent: KnownKeys.type(section: section, key: key) ?? .text
    case .python: ["use_ssl", "insecure"].contains(key.lowercased()) ? .pythonBoolean : .text
    }
  }

  /// How far messages may repeat what the file has in the place of a value that is none of the program's own secrets.
  func secrecy(section: String, key: String) -> Secrecy {
    switch self {
    case .agent: KnownKeys.secrecy(section: section, key: key)
    case .python: SecretNames.mentions(key) ? .path : .open
    }
  }

  /// What comes of something that it doesn't take.
  var consequence: String {
    switch self {
    case .agent: "which stops the agent"
    case .python: "which Python's configparser refuses"
    }
  }

  /// What a file is when it doesn't take it.
  var refusal: String {
    switch self {
    case .agent: "the agent can't start with it"
    case .python: "what reads it refuses it"
    }
  }
}

extension ConfigurationFile {
  var reader: ConfigurationReader { Self.reader(of: path) }

  /// What reads the file that lies there.
  static func reader(of path: String) -> ConfigurationReader {
    path == AgentConfiguration.path ? .agent : .python
  }
}
