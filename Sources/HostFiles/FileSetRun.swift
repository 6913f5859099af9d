import Glibc
import SystemPackage

/// Carries out the steps of a ``FileSet``.
struct FileSetRun {
  let root: HostRoot
  let journalPath: String
  /// Called before each system call that changes something.
  let reached: FileSet.Moment

  /// Writes a set of which everything is known.
  func write(_ journal: FileSetJournal, files: [FileSet.File]) throws(HostFileError) {
    do {
      try perform(journal.preparation, of: journal, files)
    } catch {
      abandon(journal)
      throw error
    }
    do {
      try perform(journal.replacement(), of: journal, files)
    } catch {
      try undo(journal, after: error)
      throw error
    }
    // From here on all files are as they are to be; what fails now is done by the next run.
    try perform(journal.completion(), of: journal, files)
  }

  /// Finishes or undoes what a journal tells of.
  func recover() throws(HostFileError) -> FileSet.Recovery {
    guard let journal = try readJournal() else { return .nothing }
    let paths = journal.changes.map(\.path)
    let isNewThere = try presence(journal.changes) { $0.newName(journal.tag) }
    let isOldThere = try presence(journal.changes) { $0.oldName(journal.tag) }
    let isOriginalThere = try presence(journal.changes) { $0.originalName(journal.tag) }
    switch journal.phase {
    case .finish:
      try perform(journal.replacement(isThere: isNewThere), of: journal)
      try perform(
        journal.completion(isThere: isOldThere, originalIsThere: isOriginalThere), of: journal)
      return .finished(paths)
    case .undo:
      try perform(
        journal.undoing(
          newIsThere: isNewThere, oldIsThere: isOldThere, originalIsThere: isOriginalThere), of: journal)
      return .undone(paths)
    }
  }

  /// Before the set counted as written: what was staged goes, the journal first, so that it names nothing that is gone.
  private func abandon(_ journal: FileSetJournal) {
    _ = try? root.remove(journalPath)
    for change in journal.changes {
      guard let place = try? root.openParentStrictly(of: change.path, "clean up beside") else { continue }
      try? place.folder.unlink(change.newName(journal.tag))
      try? place.folder.unlink(change.oldName(journal.tag))
      try? place.folder.unlink(change.originalName(journal.tag))
    }
  }

  private func undo(_ journal: FileSetJournal, after failure: HostFileError) throws(HostFileError) {
    var journal = journal
    journal.phase = .undo
    do {
      try perform([.commit], of: journal)
      _ = try recover()
    } catch {
      throw HostFileError(
        operation: failure.operation, path: failure.path, root: failure.root, errno: failure.errno,
        reason:
          "it changes together with others, and these could not be given back their old content (\(error)); "
          + "\(journalPath) says how far it came",
        remedy: "mend what stands against it, then run this again: the rest is done, or undone, then")
    }
  }

  func perform(
    _ steps: [FileSetStep], of journal: FileSetJournal, _ files: [FileSet.File] = []
  ) throws(HostFileError) {
    for step in steps { try perform(step, journal, files) }
  }

  private func perform(
    _ step: FileSetStep, _ journal: FileSetJournal, _ files: [FileSet.File]
  ) throws(HostFileError) {
    let tag = journal.tag
    switch step {
    case .stage(let change):
      guard let file = files.first(where: { $0.path == change.path }) else { return }
      try stage(file, as: change.newName(tag))
    case .copyOld(let change): try copyOld(change, as: change.oldName(tag))
    case .copyOriginal(let change): try copyOld(change, as: change.originalName(tag))
    case .flush(let folder): try flush(folder)
    case .commit:
      do { try reached("commit") } catch { throw root.failure("write", journalPath, error) }
      try root.replace(journalPath, with: Array(journal.text.utf8), mode: 0o600)
    case .replace(let change):
      try at(change.path, "replace") { place throws(Errno) in
        try place.folder.rename(change.newName(tag), to: place.name)
      }
    case .keep(let change): try keep(change, change.oldName(tag), as: ".previous")
    case .keepOriginal(let change): try keep(change, change.originalName(tag), as: ".original")
    case .dropOriginal(let change):
      try at(change.path, "drop original") { place throws(Errno) in
        try place.folder.unlink(change.originalName(tag))
      }
    case .dropOld(let change):
      try at(change.path, "drop old") { place throws(Errno) in try place.folder.unlink(change.oldName(tag)) }
    case .dropNew(let change):
      try at(change.path, "drop new") { place throws(Errno) in try place.folder.unlink(change.newName(tag)) }
    case .restore(let change):
      try at(change.path, "restore") { place throws(Errno) in
        try place.folder.rename(change.oldName(tag), to: place.name)
      }
    case .remove(let change):
      try at(change.path, "remove") { place throws(Errno) in
        do throws(Errno) { try place.folder.unlink(place.name) } catch .noSuchFileOrDirectory {}
      }
    case .close:
      try at(journalPath, "close") { place throws(Errno) in
        try place.folder.unlink(place.name)
        try place.folder.synchronize()
      }
    }
  }
}

/// The steps that are more than one system call.
extension FileSetRun {
  private func flush(_ folder: String) throws(HostFileError) {
    let parts = HostRoot.parts(folder)
    let open = try root.openStrictly(parts[...])
    do {
      try reached("flush \(folder)")
      try open.synchronize()
    } catch {
      throw root.failure("flush", folder, error)
    }
  }

  private func stage(_ file: FileSet.File, as name: String) throws(HostFileError) {
    let place = try root.openParentStrictly(of: file.path, "write")
    let existing = try root.existingFile(file.path, at: place)
    try make(
      name, file.content, mode: file.mode, user: file.user ?? existing?.user,
      group: file.group ?? existing?.group, at: place, "stage", file.path)
  }

  private func copyOld(_ change: FileSetJournal.Change, as name: String) throws(HostFileError) {
    let place = try root.openParentStrictly(of: change.path, "copy")
    let content: [UInt8]
    let status: FileStatus
    do {
      let file = try place.folder.open(place.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      status = try file.status()
      content = try file.readToEnd(limit: Self.copyLimit)
    } catch {
      throw root.failure("copy", change.path, error)
    }
    try make(
      name, content, mode: status.permissions, user: status.user, group: status.group, at: place, "copy",
      change.path)
  }

  /// More than any configuration has, in bytes.
  private static let copyLimit = 16 << 20

  /// Makes a file that is whole and flushed, or none.
  private func make(
    _ name: String, _ content: [UInt8], mode: UInt32, user: UInt32?, group: UInt32?,
    at place: borrowing Place, _ operation: String, _ path: String
  ) throws(HostFileError) {
    do {
      try reached("\(operation) \(path): open")
      let file = try place.folder.open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
      try reached("\(operation) \(path): write")
      try file.writeAll(content)
      try reached("\(operation) \(path): owner")
      try file.changeOwner(user: user, group: group)
      try reached("\(operation) \(path): mode")
      try file.changeMode(mode)
      try reached("\(operation) \(path): flush")
      try file.synchronize()
    } catch {
      throw root.failure("write", path, error)
    }
  }

  /// What the file held may be what it holds now: nobody else gets to read it.
  private func keep(
    _ change: FileSetJournal.Change, _ old: String, as suffix: String
  ) throws(HostFileError) {
    try at(change.path, "keep \(suffix) of") { place throws(Errno) in
      let status = try place.folder.status(of: place.name)
      let file = try place.folder.open(old, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      try file.changeOwner(user: status.user, group: status.group)
      try file.changeMode(status.permissions)
      try reached("keep \(suffix) of \(change.path): rename")
      try place.folder.rename(old, to: place.name + suffix)
    }
  }

  private func at(
    _ path: String, _ operation: String, _ body: (borrowing Place) throws(Errno) -> Void
  ) throws(HostFileError) {
    let place = try root.openParentStrictly(of: path, operation)
    do {
      try reached("\(operation) \(path)")
      try body(place)
    } catch {
      throw root.failure(operation, path, error)
    }
  }

  /// Which changes have a file of that name beside theirs.
  private func presence(
    _ changes: [FileSetJournal.Change], _ name: (FileSetJournal.Change) -> String
  ) throws(HostFileError) -> (FileSetJournal.Change) -> Bool {
    var present: [String] = []
    for change in changes {
      let place = try root.openParentStrictly(of: change.path, "look beside")
      do {
        _ = try place.folder.status(of: name(change))
        present.append(change.path)
      } catch .noSuchFileOrDirectory {
      } catch {
        throw root.failure("look beside", change.path, error)
      }
    }
    return { present.contains($0.path) }
  }

  /// The journal, if there is one. It says what gets which name: nobody else may have written it.
  private func readJournal() throws(HostFileError) -> FileSetJournal? {
    let place: Place
    do {
      place = try root.openParentStrictly(of: journalPath, "read")
    } catch  where error.isNotFound {
      return nil
    }
    let status: FileStatus
    let text: [UInt8]
    do throws(Errno) {
      let file = try place.folder.open(place.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      status = try file.status()
      text = status.kind == .regular ? try file.readToEnd(limit: 1 << 20) : []
    } catch .noSuchFileOrDirectory {
      return nil
    } catch {
      throw root.failure("read", journalPath, error)
    }
    guard status.kind == .regular, status.user == geteuid(), status.permissions & 0o022 == 0 else {
      throw root.failure(
        "trust", journalPath, reason: "others than this program may have written it",
        remedy: "find out who made it, then remove it")
    }
    guard let journal = FileSetJournal(parsing: String(decoding: text, as: UTF8.self)) else {
      throw root.failure(
        "understand", journalPath, reason: "it isn't what this program writes there",
        remedy: "look at the files beside it, then remove it")
    }
    return journal
  }
}
