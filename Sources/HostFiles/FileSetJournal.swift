/// What a ``FileSet`` is about to do, as its journal keeps it: names only, never contents.
///
///     vrouter-files 1
///     finish 5f0c…
///     existed keep /etc/contrail/contrail-vrouter-agent.conf
///     new drop /etc/contrail/vnc_api_lib.ini
///     end
struct FileSetJournal: Equatable {
  /// Which way it goes on after a kill.
  enum Phase: String {
    /// Everything is staged: the rest is renames.
    case finish
    /// A rename failed: what was renamed gets its old content back.
    case undo
  }

  /// One file that changes.
  struct Change: Equatable {
    let path: String
    /// Whether there was a file before.
    let existed: Bool
    let keepsPrevious: Bool
    /// Also as what was there before the first write; only beside `keepsPrevious`.
    var keepsOriginal = false

    /// What the journal calls it.
    fileprivate var keeping: String { keepsOriginal ? "original" : keepsPrevious ? "keep" : "drop" }

    /// The folder that holds the file.
    var folder: String {
      let end = path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
      return end == path.startIndex ? "/" : String(path[..<end])
    }

    private var name: Substring {
      path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
    }

    /// The name, in the same folder, of the new content until it has the file's own.
    func newName(_ tag: String) -> String { ".\(name).\(tag)\(HostRoot.unfinishedSuffix)" }

    /// The name of the old content's copy.
    func oldName(_ tag: String) -> String { ".\(name).\(tag).old\(HostRoot.unfinishedSuffix)" }

    /// The name of its second copy, which is to stay for good.
    func originalName(_ tag: String) -> String { ".\(name).\(tag).original\(HostRoot.unfinishedSuffix)" }
  }

  var phase: Phase
  /// Sixteen hexadecimal digits that tell this write's files from those of others.
  let tag: String
  /// In the order in which they are renamed.
  let changes: [Change]

  static func newTag() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The folders of the files, each once.
  var folders: [String] {
    var folders: [String] = []
    for change in changes where !folders.contains(change.folder) { folders.append(change.folder) }
    return folders
  }
}

extension FileSetJournal {
  private static let heading = "vrouter-files 1"

  var text: String {
    let lines = changes.map {
      "\($0.existed ? "existed" : "new") \($0.keeping) \($0.path)"
    }
    return ([Self.heading, "\(phase.rawValue) \(tag)"] + lines + ["end", ""]).joined(separator: "\n")
  }

  /// Reads what ``text`` wrote; nil for anything else.
  init?(parsing text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 5, lines.removeFirst() == Self.heading, lines.removeLast().isEmpty,
      lines.removeLast() == "end"
    else { return nil }
    let head = lines.removeFirst().split(separator: " ", omittingEmptySubsequences: false)
    guard head.count == 2, let phase = Phase(rawValue: String(head[0])), head[1].utf8.count == 16,
      head[1].utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) })
    else { return nil }
    var changes: [Change] = []
    for line in lines {
      let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, ["existed", "new"].contains(parts[0]),
        ["keep", "drop", "original"].contains(parts[1]),
        parts[2].hasPrefix("/"), !parts[2].hasSuffix("/"),
        !changes.contains(where: { $0.path == parts[2] })
      else { return nil }
      changes.append(
        Change(
          path: String(parts[2]), existed: parts[0] == "existed", keepsPrevious: parts[1] != "drop",
          keepsOriginal: parts[1] == "original"))
    }
    (self.phase, tag, self.changes) = (phase, String(head[1]), changes)
  }
}
