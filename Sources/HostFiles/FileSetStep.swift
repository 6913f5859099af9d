/// One thing that writing a ``FileSet`` does; each can be done again after a kill.
enum FileSetStep: Equatable {
  /// The new content is written beside its file, and flushed.
  case stage(FileSetJournal.Change)
  /// The old content is copied beside its file, and flushed.
  case copyOld(FileSetJournal.Change)
  /// The old content is copied once more, to stay for good.
  case copyOriginal(FileSetJournal.Change)
  /// What changed in a folder is made durable.
  case flush(folder: String)
  /// The journal is written.
  case commit
  /// The new content gets the file's name.
  case replace(FileSetJournal.Change)
  /// The old content's copy becomes the file's `.previous`.
  case keep(FileSetJournal.Change)
  /// The second copy becomes the file's `.original`.
  case keepOriginal(FileSetJournal.Change)
  /// The second copy is removed.
  case dropOriginal(FileSetJournal.Change)
  /// The old content's copy is removed.
  case dropOld(FileSetJournal.Change)
  /// The new content is removed before it had the file's name.
  case dropNew(FileSetJournal.Change)
  /// The old content's copy gets the file's name back.
  case restore(FileSetJournal.Change)
  /// A file is removed that wasn't there before.
  case remove(FileSetJournal.Change)
  /// The journal is removed.
  case close
}

/// The steps, as pure functions of the journal and of what is there.
extension FileSetJournal {
  /// What comes before the set counts as written.
  var preparation: [FileSetStep] {
    changes.flatMap { change -> [FileSetStep] in
      guard change.existed else { return [.stage(change)] }
      return [.stage(change), .copyOld(change)] + (change.keepsOriginal ? [.copyOriginal(change)] : [])
    }
      + folders.map { .flush(folder: $0) } + [.commit]
  }

  /// What gives the new contents their names.
  ///
  /// - Parameter isThere: whether a change's new content still waits beside its file.
  func replacement(isThere: (Change) -> Bool = { _ in true }) -> [FileSetStep] {
    changes.filter(isThere).map { .replace($0) }
  }

  /// What is left once all files have their new content.
  ///
  /// - Parameters:
  ///   - isThere: whether a change's copy of the old content is still beside its file.
  ///   - originalIsThere: whether its second copy is.
  func completion(
    isThere: (Change) -> Bool = { $0.existed }, originalIsThere: (Change) -> Bool = { $0.keepsOriginal }
  ) -> [FileSetStep] {
    changes.filter(originalIsThere).map { .keepOriginal($0) }
      + changes.filter(isThere).map { $0.keepsPrevious ? .keep($0) : .dropOld($0) } + ending
  }

  /// What gives back the old contents.
  ///
  /// - Parameters:
  ///   - newIsThere: whether a change's new content still waits beside its file, so that the file is as it was.
  ///   - oldIsThere: whether its copy of the old content does.
  ///   - originalIsThere: whether the second one does.
  func undoing(
    newIsThere: (Change) -> Bool, oldIsThere: (Change) -> Bool,
    originalIsThere: (Change) -> Bool = { _ in false }
  ) -> [FileSetStep] {
    changes.filter(originalIsThere).map { .dropOriginal($0) }
      + changes.reversed().flatMap { change -> [FileSetStep] in
        // The new content goes last: while it is there, it is known that the file wasn't replaced.
        if newIsThere(change) { return (oldIsThere(change) ? [.dropOld(change)] : []) + [.dropNew(change)] }
        if change.existed { return oldIsThere(change) ? [.restore(change)] : [] }
        return [.remove(change)]
      } + ending
  }

  private var ending: [FileSetStep] { folders.map { .flush(folder: $0) } + [.close] }
}
