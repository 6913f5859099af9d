import HostFiles

/// Reads what there is to know of builds, and of the kernel as far as they ask for it, and has them judged.
struct BuildReader {
  private let finder: ModuleFinder
  private let judge: BuildJudge
  private var kernel: KernelSymbolReader

  init(_ finder: ModuleFinder) {
    self.finder = finder
    let policy = LoadEvidence.gather(from: finder.host)
    judge = BuildJudge(
      name: finder.name, release: finder.release, flags: finder.kernelFlags(), machine: finder.machine,
      enforcesSignatures: policy.enforcesSignatures, lockdown: policy.lockdown)
    kernel = KernelSymbolReader(host: finder.host, backend: finder.backend, release: finder.release)
  }

  /// A file as a candidate.
  mutating func judged(
    _ file: ModuleFile, _ origin: ModuleCandidate.Origin, otherRelease: String?
  ) -> ModuleCandidate {
    var information: ModuleInformation?
    var checks: [BuildCheck] = []
    do throws(KernelModuleError) {
      if let objection = try Self.objection(to: file) {
        checks = [BuildCheck(.file, .failed(reason: objection))]
      } else {
        let header = try Self.header(of: file)
        let own = judge.architecture(header)
        checks = [BuildCheck(.file, .passed), own]
        if own.failure == nil {
          let read = try finder.backend.information(of: file)
          information = read
          let build = try build(file, header, read)
          checks = [BuildCheck(.file, .passed)] + judge.checks(build, kernel: symbols(for: build))
        }
      }
    } catch {
      checks.append(BuildCheck(.file, .failed(reason: error.description)))
    }
    return ModuleCandidate(
      origin: origin, file: file, information: information, otherRelease: otherRelease, checks: checks)
  }

  private func build(
    _ file: ModuleFile, _ header: ElfHeader, _ information: ModuleInformation
  ) throws(KernelModuleError) -> BuildJudge.Build {
    var build = BuildJudge.Build(header: header, information: information)
    build.symbols = try? finder.backend.symbols(of: file)
    for dependency in information.dependencies {
      switch try? finder.backend.find(dependency) {
      case .builtIn: continue
      case .file(let file):
        if let given = try? finder.backend.symbols(of: file) {
          build.given.merge(given.exported) { own, _ in own }
        }
      case nil:
        let loaded = try LoadedModule.observe(dependency, on: finder.host)
        if loaded == nil { build.missingDependencies.append(dependency) }
      }
    }
    return build
  }

  private mutating func symbols(for build: BuildJudge.Build) -> KernelSymbols {
    guard let symbols = build.symbols else { return KernelSymbols() }
    return kernel.read(
      checksumsOf: Set(symbols.checksums.keys), needed: symbols.needed.subtracting(build.given.keys))
  }

  private static func header(of file: ModuleFile) throws(KernelModuleError) -> ElfHeader {
    try translating { () throws(HostFileError) in
      ElfHeader(
        try file.root.readStart(file.path, count: ElfHeader.size),
        fileSize: try file.root.status(file.path).identity.size)
    }
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
}
