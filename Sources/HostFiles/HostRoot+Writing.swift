import Glibc
import SystemPackage

/// What became of a file that was to hold a content.
public struct ReplaceOutcome: Equatable, Sendable {
  /// False when the file held this content with this mode already: it was left untouched.
  public let changed: Bool
  /// The file afterwards.
  public let status: FileStatus
}

extension HostRoot {
  /// Makes a file hold exactly these bytes: at every moment either the old or the new whole content is there,
  /// also after a power cut.
  ///
  /// A new file is written beside it, flushed, and renamed over it. The owner of an existing file is kept.
  /// Nothing is written through a symbolic link, neither at the target nor on the way: that is an error.
  ///
  /// - Parameters:
  ///   - mode: permission bits of the result; the umask plays no part.
  ///   - owner: user and group of the result; nil keeps the owner of an existing file.
  @discardableResult
  public func replace(
    _ path: String, with bytes: [UInt8], mode: UInt32, owner: (user: UInt32, group: UInt32)? = nil
  ) throws(HostFileError) -> ReplaceOutcome {
    let place = try openParentStrictly(of: path, "write")
    let existing = try existingFile(path, at: place)
    let user = owner?.user ?? existing?.user
    let group = owner?.group ?? existing?.group
    do {
      if let existing, existing.permissions == mode, existing.user == user, existing.group == group,
        try holds(bytes, at: place)
      {
        return ReplaceOutcome(changed: false, status: existing)
      }
      return try write(bytes, at: place, mode: mode, user: user, group: group)
    } catch {
      throw failure("write", path, error)
    }
  }

  /// Adds bytes at the end of a file that exists, in one write(2) where the kernel takes them at once, and flushes them.
  ///
  /// Who is killed meanwhile leaves at most an unfinished end. Nothing is written through a symbolic link.
  public func append(_ path: String, _ bytes: [UInt8]) throws(HostFileError) {
    let place = try openParentStrictly(of: path, "add to")
    do {
      let file = try place.folder.open(place.name, O_WRONLY | O_APPEND | O_NOFOLLOW)
      try file.writeAll(bytes)
      try file.synchronize()
    } catch {
      throw failure("add to", path, error)
    }
  }

  /// Writes one value into an existing control file of /proc or /sys: one write(2), never a new file.
  public func writeControl(_ path: String, _ value: String) throws(HostFileError) {
    do throws(Errno) {
      let file = try openResolved(path, O_WRONLY)
      let bytes = Array(value.utf8)
      guard try file.write(bytes[...]) == bytes.count else { throw Errno.ioError }
    } catch {
      throw failure("write \"\(value)\" to", path, error)
    }
  }

  /// Removes a file or a link (never what a link points to). Answers false when there was none.
  @discardableResult
  public func remove(_ path: String) throws(HostFileError) -> Bool {
    let place: Place
    do {
      place = try openParentStrictly(of: path, "remove")
    } catch  where error.isNotFound {
      return false
    }
    do {
      try place.folder.unlink(place.name)
      return true
    } catch .noSuchFileOrDirectory {
      return false
    } catch {
      throw failure("remove", path, error)
    }
  }

  /// Gives a file another name in its folder, in the place of what has that name (rename(2)).
  public func rename(_ path: String, to name: String) throws(HostFileError) {
    guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(where: { $0 == 0 || $0 == 0x2f })
    else {
      throw failure("rename", path, reason: "'\(name)' is no name of a file")
    }
    let place = try openParentStrictly(of: path, "rename")
    do {
      try place.folder.rename(place.name, to: name)
      try place.folder.synchronize()
    } catch {
      throw failure("rename", path, error)
    }
  }

  /// Makes a folder and those above it that are missing. Existing ones keep their mode.
  ///
  /// - Parameter mode: of folders that are made; the umask plays no part.
  public func makeDirectories(_ path: String, mode: UInt32) throws(HostFileError) {
    let operation = "make the folder"
    do {
      var walked = ""
      var folder = try openRoot()
      for part in try Self.components(path) {
        walked += "/" + part
        var isNew = true
        do throws(Errno) {
          try folder.makeFolder(part, mode: mode)
        } catch {
          // EEXIST; and EROFS or EACCES, where an existing folder would still do.
          switch try? folder.status(of: part).kind {
          case .directory: isNew = false
          case .symbolicLink: throw linkOnTheWay(operation, walked)
          case nil: throw error
          default:
            throw failure(
              operation, path, reason: "\(walked) is no folder", remedy: "remove or rename what is there")
          }
        }
        folder = try folder.open(part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        if isNew { try folder.changeMode(mode) }
      }
    } catch let error as HostFileError {
      throw error
    } catch let error as Errno {
      throw failure(operation, path, error)
    } catch {
      throw failure(operation, path, reason: String(describing: error))
    }
  }

  /// Removes what a write that was killed left beside the file. Only for the holder of the agent's lock.
  public func removeUnfinished(_ path: String) throws(HostFileError) {
    let place: Place
    do {
      place = try openParentStrictly(of: path, "clean up beside")
    } catch  where error.isNotFound {
      return
    }
    do throws(Errno) {
      for other in try Self.names(in: place.folder)
      where other.hasPrefix(".\(place.name).") && other.hasSuffix(Self.unfinishedSuffix) {
        try place.folder.unlink(other)
      }
    } catch {
      throw failure("clean up beside", path, error)
    }
  }

  /// How the name of a file ends that is being written.
  static let unfinishedSuffix = ".unfinished"

  /// What a regular file is that is to be replaced; nil where there is none.
  func existingFile(
    _ path: String, at place: borrowing Place
  ) throws(HostFileError) -> FileStatus? {
    let status: FileStatus
    do {
      status = try place.folder.status(of: place.name)
    } catch .noSuchFileOrDirectory {
      return nil
    } catch {
      throw failure("write", path, error)
    }
    switch status.kind {
    case .regular: return status
    case .symbolicLink:
      throw failure(
        "write", path, reason: "it is a symbolic link, and nothing is written through one",
        remedy: "find out who made the link, then remove it")
    default:
      throw failure(
        "write", path, reason: "it is no regular file", remedy: "remove or rename what is there")
    }
  }

  /// Whether a file holds exactly these bytes.
  func holds(_ bytes: [UInt8], at place: borrowing Place) throws(Errno) -> Bool {
    let file = try place.folder.open(place.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    do {
      return try file.readToEnd(limit: bytes.count) == bytes
    } catch .fileTooLarge {
      return false
    }
  }

  private func write(
    _ bytes: [UInt8], at place: borrowing Place, mode: UInt32, user: UInt32?, group: UInt32?
  ) throws(Errno) -> ReplaceOutcome {
    // Two writers at once must not share it, so that neither renames what the other is writing.
    let tag = String(UInt64.random(in: .min ... .max), radix: 16)
    let unfinished = ".\(place.name).\(tag)\(Self.unfinishedSuffix)"
    let file = try place.folder.open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    do {
      try file.writeAll(bytes)
      try file.changeOwner(user: user, group: group)
      try file.changeMode(mode)
      try file.synchronize()
      try place.folder.rename(unfinished, to: place.name)
      try place.folder.synchronize()
      return ReplaceOutcome(changed: true, status: try file.status())
    } catch {
      try? place.folder.unlink(unfinished)
      throw error
    }
  }
}
