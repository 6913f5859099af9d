/// Which build of a module is to be loaded, and why: the result of looking everywhere.
public struct ModuleChoice: Equatable, Sendable {
  /// The module's name.
  public let name: String
  /// The running kernel's release.
  public let release: String
  /// Every place, in the order of preference, with what was made of it.
  public let candidates: [ModuleCandidate]

  /// The places as judged, the preferred one first.
  public init(name: String, release: String, candidates: [ModuleCandidate]) {
    self.name = name
    self.release = release
    self.candidates = candidates
  }

  /// The first one that can be tried; nil when there is none.
  public var chosen: ModuleCandidate? {
    candidates.first { $0.isUsable }
  }

  /// Whether the kernel has the module in itself, so that none is needed.
  public var isBuiltIn: Bool {
    candidates.contains { $0.verdict == .builtIn }
  }

  /// What to say when nothing can be tried: the places, what was found there, and what to do.
  public var absence: String {
    let seen = candidates.map { "  \($0)" }.joined(separator: "\n")
    return """
      no build of the module \(name) for the kernel \(release):
      \(seen)
      \(remedy)
      """
  }

  /// What to do when nothing can be tried: whatever the build needs that came furthest, else another build.
  public var remedy: String {
    let another =
      "install the build that was made for \(release), or boot a kernel that there is a build for"
    let failed = candidates.compactMap { candidate in candidate.checks.first { $0.failure != nil }?.name }
    // In the order of the checks: what failed late is nearest to being loaded.
    let last = failed.max { Self.rank($0) < Self.rank($1) }
    switch last {
    case .signature:
      return
        "sign the module with a key that the kernel trusts (Secure Boot: enrol it with mokutil), or boot without "
        + "lockdown and module.sig_enforce"
    case .dependencies:
      return "install what it depends on for the kernel \(release), and run depmod; or \(another)"
    case .file, .architecture, .name, .versionMagic, .checksums, .symbols, nil: return another
    }
  }

  private static func rank(_ name: BuildCheck.Name) -> Int {
    BuildCheck.Name.allCases.firstIndex(of: name) ?? 0
  }
}
