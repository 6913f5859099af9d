import Glibc
import HostFiles
import SystemPackage

/// The folder of a capture: files with a manifest that tells what each of them held when it was written.
struct CaptureFolder {
  /// Absolute, as this process names it.
  let path: String

  /// The largest file that is read: 10,000 links are some 15 MB of datagrams.
  static let largestFile = 512 << 20
  /// All files together.
  static let largestTotal = 1 << 30
  /// One for each link that is hardware, of which a card with virtual functions has hundreds.
  static let mostFiles = 100_000

  /// Makes the folder and writes the files into it, the manifest last. Only its owner can look into it.
  ///
  /// - Throws: when there is something in the folder already, so that two captures never mix.
  @discardableResult
  func write(
    _ files: [String: [UInt8]], _ circumstances: CaptureManifest.Circumstances
  ) throws(CommandFailure) -> CaptureManifest {
    let manifest = CaptureManifest(circumstances, files: files)
    do {
      // Its own reading is the measure: nothing is written that would not be read.
      try Self.check(manifest)
      try prepare()
      for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
        if let slash = name.lastIndex(of: "/") {
          try HostRoot.running.makeDirectories("\(path)/\(name[..<slash])", mode: 0o700)
        }
        try HostRoot.running.replace("\(path)/\(name)", with: bytes, mode: 0o600)
      }
      let text = JSON.document(manifest)
      try HostRoot.running.replace("\(path)/\(CaptureManifest.name)", with: Array(text.utf8), mode: 0o600)
      return manifest
    } catch let flaw as CaptureFlaw {
      throw CommandFailure(.failed, "the capture was not written to \(path): \(flaw)")
    } catch {
      throw CommandFailure(.failed, "the capture was not written: \(error)")
    }
  }

  /// A folder that is new, or empty and ours, and that nobody else can look into.
  private func prepare() throws {
    try HostRoot.running.makeDirectories(path, mode: 0o700)
    guard try HostRoot.running.names(in: path).isEmpty else {
      throw CaptureFlaw("the folder is not empty; name a new one")
    }
    // Opened without following a link: what is checked is what is changed.
    try Self.makePrivate(
      Descriptor(owning: unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)))
  }

  private static func makePrivate(_ folder: borrowing Descriptor) throws {
    guard try folder.status().user == geteuid() else {
      throw CaptureFlaw("the folder belongs to another user; name a new one")
    }
    guard fchmod(folder.number, 0o700) == 0 else {
      throw CaptureFlaw("its permissions can't be set: \(Errno.current)")
    }
  }

  /// Reads every file, and checks it against the manifest.
  func read() throws(CommandFailure) -> (manifest: CaptureManifest, files: [String: [UInt8]]) {
    do {
      let root = try HostRoot(path)
      guard root.exists("/\(CaptureManifest.name)") else {
        throw CaptureFlaw("it has no \(CaptureManifest.name)")
      }
      let manifest = try CaptureManifest(
        parsing: try root.readBytes("/\(CaptureManifest.name)", limit: 32 << 20))
      try Self.check(manifest)
      try Self.checkNothingElse(in: root, manifest)
      var files: [String: [UInt8]] = [:]
      for file in manifest.files { files[file.path] = try Self.read(file, root) }
      return (manifest, files)
    } catch let flaw as CaptureFlaw {
      throw CommandFailure(.failed, "\(path) can't be used as a capture: \(flaw)")
    } catch {
      throw CommandFailure(.failed, "\(path) can't be used as a capture: \(error)")
    }
  }

  /// The manifest itself is not to be trusted.
  private static func check(_ manifest: CaptureManifest) throws(CaptureFlaw) {
    guard manifest.files.count <= mostFiles else {
      throw CaptureFlaw("it lists more than \(mostFiles) files")
    }
    var total = 0
    var seen: Set<String> = []
    for file in manifest.files {
      let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
      guard file.path != CaptureManifest.name, !file.path.utf8.contains(0),
        parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
      else { throw CaptureFlaw("its manifest names the file \(file.path)") }
      guard seen.insert(file.path).inserted else {
        throw CaptureFlaw("its manifest names \(file.path) twice")
      }
      guard (0...largestFile).contains(file.size) else {
        throw CaptureFlaw("\(file.path) is larger than \(largestFile) bytes")
      }
      total += file.size
    }
    guard total <= largestTotal else { throw CaptureFlaw("it is larger than \(largestTotal) bytes") }
  }

  /// What somebody put beside the files of a capture may be meant to be taken for a part of it.
  private static func checkNothingElse(in root: HostRoot, _ manifest: CaptureManifest) throws {
    let known = Set(manifest.files.map(\.path) + [CaptureManifest.name])
    var folders: Set<String> = []
    for path in known {
      var parts = path.split(separator: "/").dropLast()
      while !parts.isEmpty {
        folders.insert(parts.joined(separator: "/"))
        parts.removeLast()
      }
    }
    for folder in [""] + folders.sorted() {
      guard folder.isEmpty || root.exists("/\(folder)") else { continue }
      for name in try root.names(in: "/\(folder)") {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        guard known.contains(path) || folders.contains(path) else {
          throw CaptureFlaw("\(path) is no part of it")
        }
        guard (try? root.linkTarget("/\(path)")) == nil else {
          throw CaptureFlaw("\(path) is a symbolic link")
        }
      }
    }
  }

  private static func read(_ file: CaptureManifest.File, _ root: HostRoot) throws -> [UInt8] {
    guard root.exists("/\(file.path)") else { throw CaptureFlaw("\(file.path) is missing") }
    let bytes = try root.readBytes("/\(file.path)", limit: largestFile)
    guard bytes.count == file.size else {
      throw CaptureFlaw("\(file.path) was changed: it has \(bytes.count) bytes, not \(file.size)")
    }
    guard SHA256.hexadecimal(bytes) == file.sha256 else {
      throw CaptureFlaw("\(file.path) was changed: its hash is not the one in the manifest")
    }
    return bytes
  }
}
