/// What a module says of the kernel that it was built for: `6.1.0-56-cloud-amd64 SMP preempt mod_unload modversions`.
///
/// Source: include/linux/vermagic.h; compared by `same_magic` in kernel/module/main.c.
public struct VersionMagic: Equatable, Sendable {
  /// The release, its first word.
  public let release: String
  /// The other words, in their order.
  public let flags: [String]

  /// Takes the text apart; an empty one gives an empty release.
  public init(_ text: String) {
    let words = text.split(separator: " ").map(String.init)
    release = words.first ?? ""
    flags = Array(words.dropFirst())
  }

  /// Whether symbol checksums decide, so that the kernel doesn't compare the release word.
  public var hasSymbolVersions: Bool { flags.contains("modversions") }

  /// How a module's magic stands to a kernel's.
  public enum Comparison: Equatable, Sendable {
    /// The same words.
    case same
    /// Only the release differs, and symbol checksums decide at the load.
    case releaseDiffers
    /// The kernel will refuse it.
    case refused(reason: String)
  }

  /// Compares with a running kernel.
  ///
  /// - Parameters:
  ///   - release: the kernel's release.
  ///   - flags: its words after the release, as any module of its own tree has them; nil when none is at hand.
  public func compared(toRelease release: String, flags kernelFlags: [String]?) -> Comparison {
    if let kernelFlags, kernelFlags != flags {
      return .refused(
        reason: "it was built with '\(flags.joined(separator: " "))', the kernel with "
          + "'\(kernelFlags.joined(separator: " "))'")
    }
    if self.release == release { return .same }
    guard hasSymbolVersions else {
      return .refused(
        reason: "it was built for \(self.release), the kernel is \(release), "
          + "and without symbol versions both must be the same")
    }
    return .releaseDiffers
  }
}

extension VersionMagic: CustomStringConvertible {
  /// As the module holds it.
  public var description: String { ([release] + flags).joined(separator: " ") }
}
