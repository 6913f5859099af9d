/// What the kernel itself said of a build that could not be judged beforehand: a check that stayed open, and didn't hold.
public struct BuildRefusal: Equatable, Sendable {
  /// The build's file.
  public let path: String
  /// The check that the kernel made.
  public let check: BuildCheck.Name
  /// What it answered.
  public let reason: String

  /// As known from an earlier load.
  public init(path: String, check: BuildCheck.Name, reason: String) {
    (self.path, self.check, self.reason) = (path, check, reason)
  }

  /// What a load that failed says of its build.
  ///
  /// - Returns: nil where it says nothing of the build, where a module that it depends on failed, and where the check
  ///   didn't stay open: then it is no question of which build, and another would fare no better.
  public init?(_ failure: LoadFailure, of build: ModuleCandidate, module: String) {
    guard failure.module == module, let file = build.file, let check = failure.cause.check,
      build.checks.contains(where: { $0.name == check && $0.doubt != nil })
    else { return nil }
    self.init(
      path: file.path, check: check,
      reason: "the kernel refused it: \(failure.explanation)"
        + (failure.evidence.first.map { " (\($0))" } ?? ""))
  }
}

extension BuildRefusal: CustomStringConvertible {
  /// The file, the check, what the kernel answered.
  public var description: String { "\(path) [\(check.rawValue)]: \(reason)" }
}

extension LoadFailure.Cause {
  /// The check of a build that the kernel made before anything of the build ran; nil for all other causes.
  var check: BuildCheck.Name? {
    switch self {
    case .symbolVersions: .checksums
    case .versionMagic: .versionMagic
    case .unknownSymbol: .symbols
    case .invalidFile: .architecture
    case .signature: .signature
    default: nil
    }
  }
}

extension ModuleChoice {
  /// The same builds, with what the kernel said of some of them.
  public func knowing(_ refusals: [BuildRefusal]) -> ModuleChoice {
    guard !refusals.isEmpty else { return self }
    let judged = candidates.map { candidate in
      guard let file = candidate.file,
        let refusal = refusals.first(where: { refusal in
          refusal.path == file.path
            && candidate.checks.contains { $0.name == refusal.check && $0.doubt != nil }
        })
      else { return candidate }
      return ModuleCandidate(
        origin: candidate.origin, file: file, information: candidate.information,
        otherRelease: candidate.otherRelease,
        checks: candidate.checks.map {
          $0.name == refusal.check ? BuildCheck($0.name, .failed(reason: refusal.reason)) : $0
        })
    }
    return ModuleChoice(name: name, release: release, candidates: judged)
  }
}
