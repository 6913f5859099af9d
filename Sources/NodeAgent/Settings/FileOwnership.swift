/// Whose the configuration files are: the user and group of the containers that read them.
struct FileOwnership: Sendable, Equatable {
  /// CONTRAIL_UID; without it a file keeps its owner, and a new one is this program's.
  var user: Sourced<UInt32>?
  /// CONTRAIL_GID; as the user.
  var group: Sourced<UInt32>?

  /// Whether a file is whose it is to be.
  func fits(user: UInt32, group: UInt32) -> Bool {
    self.user?.value ?? user == user && self.group?.value ?? group == group
  }
}

extension SettingsReader {
  /// `CONTRAIL_UID` and `CONTRAIL_GID`.
  mutating func ownership() -> FileOwnership {
    FileOwnership(user: identifier("CONTRAIL_UID"), group: identifier("CONTRAIL_GID"))
  }

  /// The highest number means "leave it as it is" to chown(2), and is nobody's.
  private mutating func identifier(_ name: String) -> Sourced<UInt32>? {
    optional(name, expected: "a number from 0 to \(UInt32.max - 1)") {
      Self.number($0, in: 0...Int(UInt32.max - 1)).map { UInt32($0) }
    }
  }
}
