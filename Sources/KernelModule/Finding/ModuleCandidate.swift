/// One place where a module for the running kernel was looked for, and what was made of it.
public struct ModuleCandidate: Equatable, Sendable {
  /// Where it was looked for.
  public enum Origin: Equatable, Sendable {
    /// The kernel's module tree; its path inside the host.
    case tree(String)
    /// A folder of builds, with one folder for each release.
    case builds(String)
  }

  /// What was made of it.
  public enum Verdict: Equatable, Sendable {
    /// It can be tried. The note says what is left for the kernel to decide.
    case usable(note: String?)
    /// There is nothing.
    case absent
    /// It is part of the kernel.
    case builtIn
    /// It is a build for another kernel.
    case ofAnotherKernel(reason: String)
    /// It can't be used for another reason.
    case unusable(reason: String)
  }

  /// Where it was looked for.
  public let origin: Origin
  /// Its file, when there is one.
  public let file: ModuleFile?
  /// What the file says of itself, when it could be read.
  public let information: ModuleInformation?
  /// The release that its folder is named by, where that isn't the running kernel's.
  public let otherRelease: String?
  /// What was checked, in order; empty when there was nothing to check.
  public let checks: [BuildCheck]
  /// What was made of it.
  public let verdict: Verdict

  /// A candidate as judged.
  public init(
    origin: Origin, file: ModuleFile?, information: ModuleInformation?, otherRelease: String? = nil,
    checks: [BuildCheck] = [], verdict: Verdict
  ) {
    self.origin = origin
    self.file = file
    self.information = information
    self.otherRelease = otherRelease
    self.checks = checks
    self.verdict = verdict
  }

  /// A candidate whose checks tell: the first that failed says why it can't be used.
  init(
    origin: Origin, file: ModuleFile, information: ModuleInformation?, otherRelease: String?,
    checks: [BuildCheck]
  ) {
    let verdict: Verdict
    if let failed = checks.first(where: { $0.failure != nil }), let reason = failed.failure {
      switch failed.name {
      case .versionMagic, .checksums, .symbols, .architecture: verdict = .ofAnotherKernel(reason: reason)
      case .file, .name, .dependencies, .signature: verdict = .unusable(reason: reason)
      }
    } else {
      var notes = otherRelease.map { ["the nearest there is, built for \($0)"] } ?? []
      notes += checks.compactMap(\.doubt)
      verdict = .usable(note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }
    self.init(
      origin: origin, file: file, information: information, otherRelease: otherRelease, checks: checks,
      verdict: verdict)
  }

  /// Whether it can be tried.
  public var isUsable: Bool {
    if case .usable = verdict { true } else { false }
  }
}

extension ModuleCandidate: CustomStringConvertible {
  /// Where, and what was made of it.
  public var description: String {
    let place =
      switch origin {
      case .tree(let folder): "module tree \(folder)"
      case .builds(let folder): "builds in \(folder)"
      }
    let said =
      switch verdict {
      case .usable(let note): note.map { "usable (\($0))" } ?? "usable"
      case .absent: "nothing there"
      case .builtIn: "part of the kernel"
      case .ofAnotherKernel(let reason): "of another kernel\(cause): \(reason)"
      case .unusable(let reason): "not usable\(cause): \(reason)"
      }
    return "\(place): \(file.map { "\($0): " } ?? "")\(said)"
  }

  /// The name of the check that decided, as machines and documentation know it.
  private var cause: String {
    checks.first { $0.failure != nil }.map { " [\($0.name.rawValue)]" } ?? ""
  }
}
