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
  /// What was made of it.
  public let verdict: Verdict

  /// A candidate as judged.
  public init(origin: Origin, file: ModuleFile?, information: ModuleInformation?, verdict: Verdict) {
    self.origin = origin
    self.file = file
    self.information = information
    self.verdict = verdict
  }

  /// Whether it can be tried.
  public var isUsable: Bool {
    if case .usable = verdict { true } else { false }
  }

  /// Judges a file by what it says of itself.
  ///
  /// - Parameters:
  ///   - name: the module that was looked for.
  ///   - release: the running kernel's release.
  ///   - flags: the running kernel's version magic after the release; nil when unknown.
  public static func judge(
    _ information: ModuleInformation, name: String, release: String, flags: [String]?
  ) -> Verdict {
    if let own = information.name, ModuleNames.normalized(own) != ModuleNames.normalized(name) {
      return .unusable(reason: "it is the module \(own)")
    }
    guard let magic = information.versionMagic else {
      return .ofAnotherKernel(
        reason: "it doesn't say for which kernel it was built, which every kernel refuses")
    }
    switch magic.compared(toRelease: release, flags: flags) {
    case .same: return .usable(note: nil)
    case .releaseDiffers:
      return .usable(
        note:
          "built for \(magic.release); whether its symbols are those of \(release), the kernel decides at the load"
      )
    case .refused(let reason): return .ofAnotherKernel(reason: reason)
    }
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
      case .ofAnotherKernel(let reason): "of another kernel: \(reason)"
      case .unusable(let reason): "not usable: \(reason)"
      }
    return "\(place): \(file.map { "\($0): " } ?? "")\(said)"
  }
}
