/// One thing that is wrong with the settings.
struct SettingsProblem: Sendable, Equatable, CustomStringConvertible {
  /// The parameter, or nil when a file as a whole, or a line that assigns nothing, is meant.
  let parameter: String?
  /// Where the parameter stood; nil when it is absent and shouldn't be.
  let source: ParameterSource?
  /// What was there. Secrets aren't repeated.
  let found: String
  let expected: String

  var description: String {
    let subject =
      switch (parameter, source) {
      case (let parameter?, let source?): "\(parameter) (\(source))"
      case (let parameter?, nil): parameter
      case (nil, let source?): "\(source)"
      case (nil, nil): "settings"
      }
    return "\(subject): found \(found); expected \(expected)"
  }
}

extension SettingsProblem {
  init(_ problem: EnvironmentFile.Problem) {
    self.init(
      parameter: problem.name, source: .file(path: problem.path, line: problem.line), found: problem.found,
      expected: problem.expected)
  }
}

/// The settings can't be used. Holds everything that is wrong with them, not only the first thing.
struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
  let problems: [SettingsProblem]

  /// One line for each problem.
  var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Something about the settings that an operator should know; the node can be prepared all the same.
struct SettingsWarning: Sendable, Equatable, CustomStringConvertible {
  /// The parameters it is about, in the order of the parameter table.
  let parameters: [String]
  let message: String

  var description: String { "\(parameters.joined(separator: ", ")): \(message)" }
}
