/// Something that a manager is told about one interface: a file below /run that it reads, and the word to read it.
///
/// A value that a journal can hold: ``ManagerTeller`` does it, does it again, and undoes it, each from the step alone.
struct ManagerStep: Codable, Sendable, Equatable {
  /// How the manager learns of the file.
  enum Telling: String, Codable, Sendable {
    /// By itself, when it next starts: it doesn't run now.
    case nothing
    /// It is asked to read its files.
    case reload
    /// NetworkManager is asked to read its files, then to let go of the interface.
    case letGo
  }

  let manager: ManagerKind
  /// The interface that it is about.
  let interface: String
  /// Below /run, so that a reboot ends it.
  let path: String
  let content: String
  let telling: Telling
  /// Whether the manager is known to run: then it is an error when it can't be told. Otherwise the file has to do.
  let mustAnswer: Bool
  /// For people: what it amounts to.
  let purpose: String
}

extension ManagerStep: CustomStringConvertible {
  /// The step in a few words, as a plan shows it.
  var description: String { "\(purpose): \(path)" }
}
