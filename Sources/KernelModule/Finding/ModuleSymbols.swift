/// The symbols of a module's file.
public struct ModuleSymbols: Equatable, Sendable {
  /// What it takes from the kernel or other modules, by name; checksums as it was built with (section `__versions`).
  public var checksums: [String: UInt32]
  /// The names that must be there. Weak ones may be missing, and aren't among them.
  public var needed: Set<String>
  /// What it gives to others.
  public var exported: [String: UInt32]

  /// Symbols as read.
  public init(checksums: [String: UInt32] = [:], needed: Set<String> = [], exported: [String: UInt32] = [:]) {
    self.checksums = checksums
    self.needed = needed
    self.exported = exported
  }
}
