import SystemPackage

/// Files that change together: at the end of a write, and after any kill or power cut once ``recover(journal:on:)`` or
/// the next write has run, either all of them hold their new content or all hold their old one.
///
/// 1. Each new content is written beside its file, and each old one too; all are flushed.
/// 2. A journal that names them is written. From here on the set counts as written.
/// 3. The new contents get their files' names, one rename(2) after the other.
/// 4. The old contents become the files' `.previous`, where that is wanted, and their second copies the `.original`; the journal
///    is removed.
///
/// Who is killed before 2 left files that nothing names, which are removed; who is killed after it left a journal, by
/// which the rest is done. A step that fails in 1 to 3 undoes those before it; if that fails too, the journal says so.
///
/// What is unchanged isn't touched. Nothing is written through a symbolic link. One writer at a time: the caller holds
/// a lock.
public struct FileSet: Sendable {
  /// One file as it is to be.
  public struct File: Sendable, Equatable {
    /// Absolute, on the host.
    public var path: String
    /// What it is to hold.
    public var content: [UInt8]
    /// Permission bits; the umask plays no part.
    public var mode: UInt32
    /// The owner; nil keeps that of an existing file.
    public var user: UInt32?
    /// The group; nil keeps that of an existing file.
    public var group: UInt32?
    /// Whether what the file held before stays beside it, with the suffix `.previous` and the file's own mode and owner.
    public var keepsPrevious: Bool
    /// Whether it also stays with the suffix `.original`, where nothing has that name yet: what was there before this program's
    /// first write.
    public var keepsOriginal: Bool

    /// One file as it is to be.
    public init(
      path: String, content: [UInt8], mode: UInt32, user: UInt32? = nil, group: UInt32? = nil,
      keepsPrevious: Bool = false, keepsOriginal: Bool = false
    ) {
      self.path = path
      self.content = content
      self.mode = mode
      self.user = user
      self.group = group
      self.keepsPrevious = keepsPrevious
      self.keepsOriginal = keepsOriginal
    }

    /// Where what a file held before is kept.
    public var previousPath: String { Self.previousPath(of: path) }

    /// Where what a file held before is kept.
    public static func previousPath(of path: String) -> String { path + ".previous" }

    /// Where what a file held before the first write is kept.
    public static func originalPath(of path: String) -> String { path + ".original" }
  }

  /// Each path once.
  public let files: [File]
  /// The journal's path: in a folder that exists when the files are written, on a file system that outlives a power cut.
  public let journal: String

  /// Files, and the journal of their changes.
  public init(_ files: [File], journal: String) {
    self.files = files
    self.journal = journal
  }

  /// Makes all files hold what they are to hold, or none of them.
  ///
  /// - Returns: the paths that changed; the others held their content, mode and owner already.
  /// - Throws: what failed. The files are then as they were, unless the error says otherwise.
  @discardableResult
  public func write(to root: HostRoot) throws(HostFileError) -> [String] {
    try write(to: root, reached: { _ in })
  }

  /// For tests, which end the process at a moment.
  ///
  /// - Parameter moment: called with each one, before each system call that changes something.
  package func write(
    to root: HostRoot, atEach moment: @escaping @Sendable (String) -> Void
  ) throws(HostFileError) {
    _ = try write(to: root, reached: { moment($0) })
  }

  /// - Parameter reached: called with each moment, before each system call that changes something; what it throws
  ///   counts as that call's answer.
  func write(to root: HostRoot, reached: @escaping Moment) throws(HostFileError) -> [String] {
    let run = FileSetRun(root: root, journalPath: journal, reached: reached)
    _ = try run.recover()
    for path in files.map(\.path) + [journal] { try root.removeUnfinished(path) }
    let changes = try changes(on: root)
    guard !changes.isEmpty else { return [] }
    let tag = FileSetJournal.newTag()
    let journal = FileSetJournal(phase: .finish, tag: tag, changes: changes)
    try run.write(journal, files: files)
    return changes.map(\.path)
  }

  /// Called with what is about to be done.
  typealias Moment = @Sendable (String) throws(Errno) -> Void

  /// What a killed write left.
  public enum Recovery: Sendable, Equatable {
    /// Nothing, or nothing that counts.
    case nothing
    /// It had been decided on: the rest was done.
    case finished([String])
    /// It had failed: the files are as they were before.
    case undone([String])
  }

  /// Finishes or undoes what a killed write left. Only for the holder of the lock.
  public static func recover(journal: String, on root: HostRoot) throws(HostFileError) -> Recovery {
    try FileSetRun(root: root, journalPath: journal, reached: { _ in }).recover()
  }

  /// What differs from what is there.
  private func changes(on root: HostRoot) throws(HostFileError) -> [FileSetJournal.Change] {
    var changes: [FileSetJournal.Change] = []
    for (index, file) in files.enumerated() {
      guard !files[..<index].contains(where: { $0.path == file.path }) else {
        throw root.failure("write", file.path, reason: "it is to have two contents at once")
      }
      guard !file.path.contains("\n") else {
        throw root.failure("write", file.path, reason: "the path has a line end")
      }
      if let change = try change(file, on: root) { changes.append(change) }
    }
    return changes
  }

  private func change(_ file: File, on root: HostRoot) throws(HostFileError) -> FileSetJournal.Change? {
    let place = try root.openParentStrictly(of: file.path, "write")
    guard let existing = try root.existingFile(file.path, at: place) else {
      return FileSetJournal.Change(path: file.path, existed: false, keepsPrevious: false)
    }
    let isSame: Bool
    do {
      isSame = try root.holds(file.content, at: place)
    } catch {
      throw root.failure("read", file.path, error)
    }
    let isOwned =
      file.user ?? existing.user == existing.user && file.group ?? existing.group == existing.group
    if isSame && isOwned && existing.permissions == file.mode { return nil }
    let keeps = file.keepsPrevious && !isSame
    if keeps, let kind = try? place.folder.status(of: place.name + ".previous").kind, kind == .directory {
      throw root.failure(
        "write", file.previousPath, reason: "a folder has the name that the previous content is to have",
        remedy: "remove or rename what is there")
    }
    let isFirst = (try? place.folder.status(of: place.name + ".original")) == nil
    return FileSetJournal.Change(
      path: file.path, existed: true, keepsPrevious: keeps,
      keepsOriginal: keeps && file.keepsOriginal && isFirst)
  }
}
