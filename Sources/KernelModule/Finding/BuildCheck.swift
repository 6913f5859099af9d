/// One thing about a build that must hold before it may be tried, and what was found.
public struct BuildCheck: Equatable, Sendable {
  /// The checks, in their order.
  public enum Name: String, Equatable, Sendable, CaseIterable {
    /// A regular file that nobody but its owner may write to.
    case file
    /// A whole relocatable ELF object for this machine.
    case architecture
    /// The wanted module.
    case name
    /// The version magic: its flags, and its release where no checksums decide.
    case versionMagic = "version-magic"
    /// The checksums of the symbols that it uses are those of the running kernel.
    case checksums = "symbol-checksums"
    /// The symbols that it uses are there.
    case symbols
    /// What it depends on is loaded, built in or in the module tree.
    case dependencies
    /// It is signed, where only signed modules are taken.
    case signature
  }

  /// What was found.
  public enum Outcome: Equatable, Sendable {
    /// It holds.
    case passed
    /// It doesn't, and the kernel would refuse the build.
    case failed(reason: String)
    /// It can't be known here, in whole or in part; the kernel decides.
    case open(reason: String)
  }

  /// Which.
  public let name: Name
  /// What was found.
  public let outcome: Outcome

  /// A check and what was found.
  public init(_ name: Name, _ outcome: Outcome) {
    self.name = name
    self.outcome = outcome
  }

  /// Why the build can't be loaded; nil when this check doesn't say so.
  public var failure: String? {
    if case .failed(let reason) = outcome { reason } else { nil }
  }

  /// What is left for the kernel to decide; nil when nothing is.
  public var doubt: String? {
    if case .open(let reason) = outcome { reason } else { nil }
  }
}
