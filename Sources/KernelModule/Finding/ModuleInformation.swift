/// What a module's file says of itself (its `.modinfo` section, modinfo(8)).
public struct ModuleInformation: Equatable, Sendable {
  /// A parameter that the module takes.
  public struct Parameter: Equatable, Sendable {
    /// The name as it is written in options.
    public let name: String
    /// The kernel's type: `int`, `uint`, `bool`, `charp`, `array of int`, …; nil when not said.
    public let type: String?
    /// What the module says about it.
    public let meaning: String?

    /// A parameter as declared.
    public init(name: String, type: String?, meaning: String?) {
      self.name = name
      self.type = type
      self.meaning = meaning
    }
  }

  /// The name, when the file says it (kernels since 4.16).
  public let name: String?
  /// The module's own version text.
  public let version: String?
  /// Checksum over its source, which `/sys/module/<name>/srcversion` shows once it is loaded.
  public let sourceVersion: String?
  /// The kernel that it was built for.
  public let versionMagic: VersionMagic?
  /// Modules that must be loaded before.
  public let dependencies: [String]
  /// By name.
  public let parameters: [Parameter]
  /// Who signed it, when a signature is appended to the file.
  public let signer: String?
  /// Whether a signature is appended to the file.
  public let isSigned: Bool

  /// From the section's keys and values, in any order.
  public init(entries: [(key: String, value: String)]) {
    func first(_ key: String) -> String? { entries.first { $0.key == key }?.value }
    name = first("name")
    version = first("version")
    sourceVersion = first("srcversion")
    versionMagic = first("vermagic").map(VersionMagic.init)
    dependencies = (first("depends") ?? "").split(separator: ",").map {
      ModuleNames.normalized(String($0))
    }
    signer = first("signer")
    isSigned = entries.contains { $0.key == "sig_id" }

    var types: [String: String] = [:]
    var meanings: [String: String] = [:]
    for entry in entries where entry.key == "parmtype" || entry.key == "parm" {
      let parts = entry.value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      if entry.key == "parmtype" {
        types[String(parts[0])] = String(parts[1])
      } else {
        meanings[String(parts[0])] = String(parts[1])
      }
    }
    parameters = Set(types.keys).union(meanings.keys).sorted().map {
      Parameter(name: $0, type: types[$0], meaning: meanings[$0])
    }
  }

  /// The parameter of this name.
  public func parameter(_ name: String) -> Parameter? {
    parameters.first { $0.name == name }
  }
}
