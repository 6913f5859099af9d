import Glibc
import SystemPackage

extension HostRoot {
  /// As many links as the kernel follows in one path (path_resolution(7)).
  private static let maximumLinks = 40

  /// Opens a path for reading, following links inside the root.
  ///
  /// On the running host the kernel's own walk is the right one. Below another root it is ours, part by part, rather than openat2(2) with RESOLVE_IN_ROOT: that call is
  /// missing before Linux 5.6 and refused by older container runtimes' system call filters.
  ///
  /// - Parameter flags: for the last part: O_RDONLY, O_WRONLY or openPathOnly, with O_DIRECTORY where meant.
  func openResolved(_ path: String, _ flags: CInt, followLast: Bool = true) throws(Errno) -> Descriptor {
    let components = try Self.components(path)
    if isRunningHost {
      let number = unsafe open(path, flags | O_CLOEXEC | (followLast ? 0 : O_NOFOLLOW))
      guard number >= 0 else { throw .current }
      return Descriptor(owning: number)
    }
    var remaining = Array(components.reversed())
    var links = 0
    // Folders from the root to where the walk stands, so that `..` needs no trust in the kernel's view.
    var walk = try DirectoryStack(root: openRoot())
    while let part = remaining.popLast() {
      if part == ".." {
        walk.leave()
        continue
      }
      let target: String?
      if remaining.isEmpty {
        do throws(Errno) {
          let found = try walk.top.open(part, flags | O_NOFOLLOW)
          // With O_PATH a link itself is opened; every other way of opening one is refused.
          guard flags & openPathOnly != 0, followLast, try found.status().kind == .symbolicLink else {
            return found
          }
          target = try found.linkTarget()
        } catch .tooManySymbolicLinkLevels where followLast {
          target = try walk.top.linkTarget(of: part)
        }
      } else {
        target = try walk.enter(part)
      }
      guard let target else { continue }
      links += 1
      guard links <= Self.maximumLinks else { throw .tooManySymbolicLinkLevels }
      if target.hasPrefix("/") { walk.restart() }
      remaining += Self.parts(target).reversed()
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

  /// Goes into a folder; answers the target instead where the name is that of a symbolic link.
  mutating func enter(_ name: String) throws(Errno) -> String? {
    var previous: Descriptor
    do throws(Errno) {
      previous = try top.open(name, openPathOnly | O_DIRECTORY | O_NOFOLLOW)
    } catch .notDirectory {
      do throws(Errno) {
        return try top.linkTarget(of: name)
      } catch .invalidArgument {
        // No link, and no folder either.
        throw .notDirectory
      }
    }
    swap(&top, &previous)
    numbers.append(previous.release())
    return nil
  }

  mutating func leave() {
    guard let previous = numbers.popLast() else { return }
    top = Descriptor(owning: previous)
  }

  mutating func restart() {
    while !numbers.isEmpty { leave() }
  }
}
