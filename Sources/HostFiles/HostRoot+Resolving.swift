import Glibc
import SystemPackage

extension HostRoot {
  /// As many links as the kernel follows in one path (path_resolution(7)).
  private static let maximumLinks = 40

  /// Opens a path for reading, following links inside the root.
  ///
  /// The walk is ours, part by part, rather than openat2(2) with RESOLVE_IN_ROOT: that call is
  /// missing before Linux 5.6 and refused by older container runtimes' system call filters.
  ///
  /// - Parameter flags: for the last part: O_RDONLY, O_WRONLY or openPathOnly, with O_DIRECTORY where meant.
  func openResolved(_ path: String, _ flags: CInt, followLast: Bool = true) throws(Errno) -> Descriptor {
    var remaining = Array(try Self.components(path).reversed())
    var links = 0
    // Folders from the root to where the walk stands, so that `..` needs no trust in the kernel's view.
    var walk = try DirectoryStack(root: openRoot())
    while let part = remaining.popLast() {
      if part == ".." {
        walk.leave()
        continue
      }
      let isLast = remaining.isEmpty
      let found = try walk.top.open(part, openPathOnly | O_NOFOLLOW)
      let kind = try found.status().kind
      if kind == .symbolicLink {
        guard followLast || !isLast else { return found }
        links += 1
        guard links <= Self.maximumLinks else { throw .tooManySymbolicLinkLevels }
        let target = try found.linkTarget()
        if target.hasPrefix("/") { walk.restart() }
        remaining += target.split(separator: "/").filter { $0 != "." }.map(String.init).reversed()
        continue
      }
      if isLast {
        if flags & openPathOnly != 0 { return found }
        // Opened by its name again, as openPathOnly gives no access; a link put there meanwhile is refused.
        return try walk.top.open(part, flags | O_NOFOLLOW)
      }
      guard kind == .directory else { throw .notDirectory }
      walk.enter(found)
    }
    return try walk.top.open(".", flags)
  }

  /// Opens the folder that holds a path, for writing: no part of the way may be a symbolic link.
  ///
  func openParentStrictly(
    of path: String, _ operation: String
  ) throws(HostFileError) -> Place {
    let parts: [String]
    do { parts = try Self.components(path) } catch { throw failure(operation, path, error) }
    guard let name = parts.last, !parts.contains("..") else {
      throw failure(operation, path, reason: "the path is not absolute and plain")
    }
    do {
      return Place(folder: try openStrictly(parts.dropLast()), name: name)
    } catch {
      throw failure(operation, path, error.errno, reason: error.reason, remedy: error.remedy)
    }
  }

  /// Opens a folder of which no part is a symbolic link.
  func openStrictly(_ parts: ArraySlice<String>) throws(HostFileError) -> Descriptor {
    var walked = ""
    do {
      var folder = try openRoot(O_RDONLY)
      for part in parts {
        walked += "/" + part
        if try folder.status(of: part).kind == .symbolicLink {
          throw linkOnTheWay("open", walked)
        }
        folder = try folder.open(part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      }
      return folder
    } catch let error as HostFileError {
      throw error
    } catch let error as Errno {
      throw failure("open", walked.isEmpty ? "/" : walked, error)
    } catch {
      throw failure("open", walked, reason: String(describing: error))
    }
  }
}

extension HostRoot {
  /// A symbolic link stands in the place of a folder that is to be written to.
  func linkOnTheWay(_ operation: String, _ path: String) -> HostFileError {
    failure(
      operation, path, reason: "\(path) is a symbolic link, and nothing is written through one",
      remedy: "replace the link by a folder")
  }
}

/// A name in an open folder: something may be there or not.
struct Place: ~Copyable {
  let folder: Descriptor
  let name: String
}

/// The folders from a root to the present place of a walk.
private struct DirectoryStack: ~Copyable {
  // Noncopyable values can't be kept in an array of the standard library: numbers, closed by hand.
  private var numbers: [CInt]
  private(set) var top: Descriptor

  init(root: consuming Descriptor) throws(Errno) {
    top = root
    numbers = []
  }

  deinit {
    for number in numbers { _ = close(number) }
  }

  mutating func enter(_ folder: consuming Descriptor) {
    var previous = folder
    swap(&top, &previous)
    numbers.append(previous.release())
  }

  mutating func leave() {
    guard let previous = numbers.popLast() else { return }
    top = Descriptor(owning: previous)
  }

  mutating func restart() {
    while !numbers.isEmpty { leave() }
  }
}
