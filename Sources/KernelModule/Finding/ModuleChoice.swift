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
      install the build that was made for \(release), or boot a kernel that there is a build for
      """
  }
}
