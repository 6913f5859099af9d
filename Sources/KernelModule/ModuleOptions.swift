/// Values for a module's parameters, as they are handed to the kernel: `name=value`, separated by blanks.
public struct ModuleOptions: Equatable, Sendable {
  /// One parameter's value.
  public struct Assignment: Equatable, Sendable {
    /// The parameter's name: letters, digits, `_`.
    public let name: String
    /// The value as text, without blanks, quotes or control characters; may be empty.
    public let value: String

    /// A parameter and its value.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// In the order in which they were given; every name once.
  public let assignments: [Assignment]

  /// No options.
  public init() { assignments = [] }

  /// Reads what an operator wrote, for example `vr_mpls_labels=196000 vr_nexthops=521000`.
  ///
  /// One pair of quotes around the whole is taken away, since an environment file that no shell reads keeps them.
  /// All that is wrong is reported at once.
  public init(parsing text: String) throws(KernelModuleError) {
    var problems: [String] = []
    let parsed = Self.read(Self.unquoted(text), lenient: false, &problems)
    guard problems.isEmpty else {
      throw KernelModuleError(
        .input, "use the module options", ModuleNames.quoted(text), reason: problems.joined(separator: "; "),
        remedy: "write name=value pairs separated by blanks, each name once")
    }
    assignments = parsed
  }

  /// Reads the options that modprobe.d or the kernel's command line holds for a module.
  ///
  /// There a later value replaces an earlier one, and a name alone is a flag that is set, as the kernel has it.
  public init(configured text: String) throws(KernelModuleError) {
    var problems: [String] = []
    let parsed = Self.read(text, lenient: true, &problems)
    guard problems.isEmpty else {
      throw KernelModuleError(
        .input, "use the options that modprobe.d or the kernel's command line gives",
        ModuleNames.quoted(text), reason: problems.joined(separator: "; "),
        remedy: "correct the module's 'options' lines in /etc/modprobe.d")
    }
    assignments = parsed
  }

  private init(_ assignments: [Assignment]) { self.assignments = assignments }

  /// The value given to a parameter.
  public subscript(name: String) -> String? {
    assignments.first { $0.name == name }?.value
  }

  /// Whether nothing is set.
  public var isEmpty: Bool { assignments.isEmpty }

  /// As handed to the kernel.
  public var text: String {
    assignments.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
  }

  /// These options on top of others: what both name is taken from these.
  public func over(_ base: ModuleOptions) -> ModuleOptions {
    ModuleOptions(base.assignments.filter { self[$0.name] == nil } + assignments)
  }

  private static func unquoted(_ text: String) -> String {
    let trimmed = text.drop { $0 == " " }
    guard let quote = trimmed.first, quote == "\"" || quote == "'" else { return text }
    let body = trimmed.dropFirst()
    guard let last = body.lastIndex(where: { $0 != " " }), body[last] == quote else { return text }
    return String(body[..<last])
  }

  private static func read(
    _ text: String, lenient: Bool, _ problems: inout [String]
  ) -> [Assignment] {
    if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      problems.append("a control character (a tab or a line end, perhaps) is among them")
      return []
    }
    var assignments: [Assignment] = []
    for word in text.split(separator: " ") {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard !name.isEmpty, name.utf8.allSatisfy(ModuleNames.isWord(or: lenient ? [.dash] : [])) else {
        problems.append("\(ModuleNames.quoted(name)) is no parameter name")
        continue
      }
      guard parts.count == 2 || lenient else {
        problems.append("'\(name)' has no value")
        continue
      }
      let value = parts.count == 2 ? String(parts[1]) : "1"
      guard !value.contains(where: { $0 == "\"" || $0 == "'" || $0 == "\\" }) else {
        problems.append("the value of '\(name)' holds a quote or a backslash")
        continue
      }
      let assignment = Assignment(name: lenient ? ModuleNames.normalized(name) : name, value: value)
      if let earlier = assignments.firstIndex(where: { $0.name == assignment.name }) {
        if !lenient {
          problems.append("'\(name)' is given twice (\(assignments[earlier].value) and \(value))")
          continue
        }
        assignments.remove(at: earlier)
      }
      assignments.append(assignment)
    }
    return assignments
  }
}

extension ModuleOptions: CustomStringConvertible {
  /// As handed to the kernel.
  public var description: String { text }
}
