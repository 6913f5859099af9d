import Glibc
public import HostFiles
import SystemPackage

/// Looks for the builds of a module that fit the running kernel: in the kernel's tree and in a folder of builds.
public struct ModuleFinder: Sendable {
  /// Where builds lie that come with the product's own packages and images, one folder for each release.
  public static let defaultBuilds = "/opt/contrail/vrouter-kernel-modules"

  /// As many builds for other releases are looked into, the nearest first.
  static let otherBuildsLimit = 100

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
  /// The copy of a build that this program itself once put into the tree, if it did.
  let ownCopy: String?
  /// The machine as uname(2) names it.
  let machine: String

  /// Names and paths are checked here, once.
  public init(
    name: String, release: String, host: HostRoot, backend: any ModuleBackend, folder: String? = nil,
    buildsRoot: HostRoot? = nil, ownCopy: String? = nil, machine: String? = nil
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
    self.ownCopy = ownCopy
    self.machine = machine ?? Self.runningMachine()
  }

  /// Looks everywhere: for builds of exactly this release first, then for others in the order of how near they are.
  ///
  /// The tree comes before the default folder of builds, but for a copy that this program put there: the folder that it was
  /// copied from may have a newer one since.
  ///
  /// A place that can't be read is a candidate that can't be used, with the reason.
  public func find() -> ModuleChoice {
    var reader = BuildReader(self)
    let builds = folder ?? Self.defaultBuilds
    let tree = treeModule(&reader)
    let own = build(in: builds, release, &reader)
    let isCopy = ownCopy != nil && tree.file?.path == ownCopy
    var candidates = folder == nil && !isCopy ? [tree, own] : [own, tree]
    candidates += otherBuilds(in: builds, &reader)
    return ModuleChoice(name: name, release: release, candidates: candidates)
  }

  private func treeModule(_ reader: inout BuildReader) -> ModuleCandidate {
    let origin = ModuleCandidate.Origin.tree("/lib/modules/\(release)")
    func nothing(_ verdict: ModuleCandidate.Verdict) -> ModuleCandidate {
      ModuleCandidate(origin: origin, file: nil, information: nil, verdict: verdict)
    }
    do {
      switch try backend.find(name) {
      case nil: return nothing(.absent)
      case .builtIn: return nothing(.builtIn)
      case .file(let file): return reader.judged(file, origin, otherRelease: nil)
      }
    } catch {
      return nothing(.unusable(reason: error.description))
    }
  }

  private func build(
    in folder: String, _ wanted: String, _ reader: inout BuildReader
  ) -> ModuleCandidate {
    let origin = ModuleCandidate.Origin.builds(folder)
    let other = wanted == release ? nil : wanted
    guard let path = file(in: folder, wanted) else {
      return ModuleCandidate(
        origin: origin, file: nil, information: nil, otherRelease: other, verdict: .absent)
    }
    do {
      return reader.judged(try ModuleFile(resolving: path, below: buildsRoot), origin, otherRelease: other)
    } catch {
      return ModuleCandidate(
        origin: origin, file: nil, information: nil, otherRelease: other,
        verdict: .unusable(reason: error.description))
    }
  }

  private func file(in folder: String, _ release: String) -> String? {
    [".ko", ".ko.zst", ".ko.xz", ".ko.gz"].map { "\(folder)/\(release)/\(name)\($0)" }
      .first(where: buildsRoot.exists)
  }

  /// Builds for other releases: those that may be proposed are checked, the nearest first; the others are named.
  private func otherBuilds(in folder: String, _ reader: inout BuildReader) -> [ModuleCandidate] {
    let running = KernelRelease(release)
    let releases = ((try? buildsRoot.names(in: folder)) ?? []).filter { other in
      other != release && (try? ModuleNames.checkRelease(other)) != nil && file(in: folder, other) != nil
    }.map(KernelRelease.init)
    var candidates: [ModuleCandidate] = []
    for (number, near) in running.nearest(among: releases).enumerated() {
      candidates.append(
        number < Self.otherBuildsLimit
          ? build(in: folder, near.text, &reader)
          : unseen(
            in: folder, near,
            .unusable(reason: "not looked into, as \(Self.otherBuildsLimit) nearer ones were")))
    }
    for other in releases.sorted() {
      guard let objection = running.objection(to: other) else { continue }
      candidates.append(unseen(in: folder, other, .ofAnotherKernel(reason: objection)))
    }
    return candidates
  }

  /// A build that is judged by its folder alone.
  private func unseen(
    in folder: String, _ release: KernelRelease, _ verdict: ModuleCandidate.Verdict
  ) -> ModuleCandidate {
    let path = file(in: folder, release.text)
    return ModuleCandidate(
      origin: .builds(folder), file: path.flatMap { try? ModuleFile(resolving: $0, below: buildsRoot) },
      information: nil, otherRelease: release.text, verdict: verdict)
  }

  /// The words of the kernel's version magic after the release, as a module of its own tree has them.
  ///
  /// The running kernel doesn't show its own; whatever was built with it does.
  func kernelFlags() -> [String]? {
    let tree = "/lib/modules/\(release)"
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

  private static func runningMachine() -> String {
    var names = utsname()
    guard unsafe uname(&names) == 0 else { return "" }
    return unsafe withUnsafeBytes(of: &names.machine) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
