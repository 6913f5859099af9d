public import HostFiles
import SystemPackage

/// Looks for the build of a module that fits the running kernel: in the kernel's tree and in a folder of builds.
public struct ModuleFinder: Sendable {
  /// Where builds lie that come with the product's own packages and images, one folder for each release.
  public static let defaultBuilds = "/opt/contrail/vrouter-kernel-modules"

  /// The module's name.
  public let name: String
  /// The running kernel's release.
  public let release: String
  /// The host whose tree is searched.
  public let host: HostRoot
  /// What reads files and the tree.
  public let backend: any ModuleBackend
  /// The folder of builds that the operator named; comes before the tree, and in the default one's place.
  public let folder: String?
  /// Where the folder of builds lies, when that isn't the host (a container's own image).
  public let buildsRoot: HostRoot

  /// Names and paths are checked here, once.
  public init(
    name: String, release: String, host: HostRoot, backend: any ModuleBackend, folder: String? = nil,
    buildsRoot: HostRoot? = nil
  ) throws(KernelModuleError) {
    try ModuleNames.checkName(name)
    try ModuleNames.checkRelease(release)
    if let folder { try ModuleNames.checkPath(folder) }
    self.name = ModuleNames.normalized(name)
    self.release = release
    self.host = host
    self.backend = backend
    self.folder = folder
    self.buildsRoot = buildsRoot ?? host
  }

  /// Looks everywhere. A place that can't be read is a candidate that can't be used, with the reason.
  public func find() -> ModuleChoice {
    let flags = kernelFlags()
    var candidates: [ModuleCandidate] = []
    if let folder { candidates.append(build(in: folder, flags)) }
    candidates.append(treeModule(flags))
    if folder == nil { candidates.append(build(in: Self.defaultBuilds, flags)) }
    return ModuleChoice(name: name, release: release, candidates: candidates)
  }

  private var tree: String { "/lib/modules/\(release)" }

  private func treeModule(_ flags: [String]?) -> ModuleCandidate {
    let origin = ModuleCandidate.Origin.tree(tree)
    do {
      switch try backend.find(name) {
      case nil: return ModuleCandidate(origin: origin, file: nil, information: nil, verdict: .absent)
      case .builtIn: return ModuleCandidate(origin: origin, file: nil, information: nil, verdict: .builtIn)
      case .file(let file): return judged(file, origin, flags)
      }
    } catch {
      return ModuleCandidate(
        origin: origin, file: nil, information: nil, verdict: .unusable(reason: error.description))
    }
  }

  private func build(in folder: String, _ flags: [String]?) -> ModuleCandidate {
    let origin = ModuleCandidate.Origin.builds(folder)
    for ending in [".ko", ".ko.zst", ".ko.xz", ".ko.gz"] {
      let path = "\(folder)/\(release)/\(name)\(ending)"
      guard buildsRoot.exists(path) else { continue }
      do {
        return judged(try ModuleFile(resolving: path, below: buildsRoot), origin, flags)
      } catch {
        return ModuleCandidate(
          origin: origin, file: nil, information: nil, verdict: .unusable(reason: error.description))
      }
    }
    return ModuleCandidate(origin: origin, file: nil, information: nil, verdict: .absent)
  }

  private func judged(
    _ file: ModuleFile, _ origin: ModuleCandidate.Origin, _ flags: [String]?
  ) -> ModuleCandidate {
    var information: ModuleInformation?
    let verdict: ModuleCandidate.Verdict
    do {
      if let reason = try Self.objection(to: file) {
        verdict = .unusable(reason: reason)
      } else {
        let read = try backend.information(of: file)
        information = read
        verdict = ModuleCandidate.judge(read, name: name, release: release, flags: flags)
      }
    } catch {
      verdict = .unusable(reason: error.description)
    }
    return ModuleCandidate(origin: origin, file: file, information: information, verdict: verdict)
  }

  /// Why a file is not even read; nil when nothing speaks against it.
  private static func objection(to file: ModuleFile) throws(KernelModuleError) -> String? {
    let status = try translating { () throws(HostFileError) in try file.root.status(file.path) }
    guard status.kind == .regular else { return "it is no regular file" }
    // What is loaded runs in the kernel: nobody but its owner may have written it.
    guard status.permissions & 0o002 == 0 else { return "everybody may write to it (chmod o-w)" }
    guard status.identity.size > 0 else { return "it is empty" }
    return nil
  }

  /// The words of the kernel's version magic after the release, as a module of its own tree has them.
  ///
  /// The running kernel doesn't show its own; whatever was built with it does.
  func kernelFlags() -> [String]? {
    guard let list = try? host.readText("\(tree)/modules.dep", limit: 16 << 20) else { return nil }
    var tries = 0
    for line in list.split(separator: "\n") {
      // Modules of other folders were added later, by whomever.
      guard line.hasPrefix("kernel/"), let end = line.firstIndex(of: ":") else { continue }
      tries += 1
      guard tries <= 3 else { return nil }
      if let file = try? ModuleFile(resolving: "\(tree)/\(line[..<end])", below: host),
        let magic = (try? backend.information(of: file))?.versionMagic, magic.release == release
      {
        return magic.flags
      }
    }
    return nil
  }
}
