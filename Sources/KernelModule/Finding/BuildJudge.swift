/// Judges a build by what its file and the kernel show. Pure: everything was read before.
struct BuildJudge {
  /// The wanted module.
  let name: String
  /// The running kernel's release.
  let release: String
  /// The running kernel's version magic after the release; nil when unknown.
  let flags: [String]?
  /// As uname(2) names it.
  let machine: String
  /// Whether only signed modules are taken; nil when unknown.
  let enforcesSignatures: Bool?
  /// What the kernel is locked down to; nil when unknown.
  let lockdown: String?

  /// What was read of a build.
  struct Build {
    var header: ElfHeader
    var information: ModuleInformation
    /// Nil when they could not be read.
    var symbols: ModuleSymbols?
    /// What it depends on and is neither loaded, nor built in, nor in the tree.
    var missingDependencies: [String] = []
    /// Symbols that the modules give which it depends on.
    var given: [String: UInt32] = [:]
  }

  /// Every check of a build that can be read, in their order.
  func checks(_ build: Build, kernel: KernelSymbols) -> [BuildCheck] {
    [
      architecture(build.header), moduleName(build.information), versionMagic(build.information),
      checksums(build, kernel), symbols(build, kernel), dependencies(build), signature(build.information),
    ]
  }

  /// Of the file's first bytes.
  func architecture(_ header: ElfHeader) -> BuildCheck {
    switch header {
    case .invalid(let reason): BuildCheck(.architecture, .failed(reason: reason))
    case .compressed(let compression):
      BuildCheck(
        .architecture,
        .open(reason: "the machine isn't read from a file that is compressed (\(compression.rawValue))"))
    case .object(let number):
      if let own = ElfHeader.machineNumber(machine) {
        own == number
          ? BuildCheck(.architecture, .passed)
          : BuildCheck(
            .architecture, .failed(reason: "it is for another machine (ELF \(number), \(machine) is \(own))"))
      } else {
        BuildCheck(.architecture, .open(reason: "the ELF number of the machine \(machine) isn't known here"))
      }
    }
  }

  private func moduleName(_ information: ModuleInformation) -> BuildCheck {
    if let own = information.name, ModuleNames.normalized(own) != ModuleNames.normalized(name) {
      return BuildCheck(.name, .failed(reason: "it is the module \(own)"))
    }
    return BuildCheck(.name, .passed)
  }

  private func versionMagic(_ information: ModuleInformation) -> BuildCheck {
    guard let magic = information.versionMagic else {
      return BuildCheck(
        .versionMagic,
        .failed(reason: "it doesn't say for which kernel it was built, which every kernel refuses"))
    }
    switch magic.compared(toRelease: release, flags: flags) {
    case .refused(let reason): return BuildCheck(.versionMagic, .failed(reason: reason))
    case .same where flags != nil: return BuildCheck(.versionMagic, .passed)
    case .releaseDiffers where flags != nil: return BuildCheck(.versionMagic, .passed)
    case .same, .releaseDiffers:
      return BuildCheck(
        .versionMagic,
        .open(
          reason:
            "the kernel's own version magic isn't known, as its module tree has no module to read it from"))
    }
  }

  private func checksums(_ build: Build, _ kernel: KernelSymbols) -> BuildCheck {
    // Without symbol versions the kernel compares the release instead, as the version magic's check did.
    guard let magic = build.information.versionMagic, magic.hasSymbolVersions else {
      return BuildCheck(.checksums, .passed)
    }
    guard let symbols = build.symbols else {
      return BuildCheck(.checksums, .open(reason: "its symbol checksums can't be read"))
    }
    guard !symbols.checksums.isEmpty else {
      return BuildCheck(
        .checksums, .failed(reason: "it holds no symbol checksums, though its version magic promises them"))
    }
    var differing: [String] = []
    var unknown: [String] = []
    for (symbol, checksum) in symbols.checksums {
      // A dependency's own checksum, where it says one, is what the kernel will compare with.
      let own = kernel.checksums[symbol] ?? build.given[symbol].flatMap { $0 == 0 ? nil : $0 }
      if let own { if own != checksum { differing.append(symbol) } } else { unknown.append(symbol) }
    }
    let count = symbols.checksums.count
    // Every module uses it, and it stands for the layout of the kernel's own structures.
    if let shown = differing.contains("module_layout") ? "module_layout" : differing.min(),
      let built = symbols.checksums[shown], let own = kernel.checksums[shown] ?? build.given[shown]
    {
      return BuildCheck(
        .checksums,
        .failed(
          reason: "\(differing.count) of its \(count) symbol checksums are another kernel's: \(shown) is "
            + "\(Self.hex(built)), the running kernel has \(Self.hex(own))"))
    }
    if unknown.isEmpty { return BuildCheck(.checksums, .passed) }
    return BuildCheck(
      .checksums,
      .open(
        reason: unknown.count == count
          ? "the kernel's symbol checksums aren't known here, so that it decides at the load"
          : "\(unknown.count) of its \(count) symbol checksums can't be compared here"))
  }

  private func symbols(_ build: Build, _ kernel: KernelSymbols) -> BuildCheck {
    guard let symbols = build.symbols else {
      return BuildCheck(.symbols, .open(reason: "the symbols that it uses can't be read"))
    }
    let unseen = symbols.needed.filter {
      kernel.checksums[$0] == nil && !kernel.names.contains($0) && build.given[$0] == nil
    }.sorted()
    guard !unseen.isEmpty else { return BuildCheck(.symbols, .passed) }
    // What a missing dependency would give is no fault of the build; that check tells.
    guard kernel.isComplete, build.missingDependencies.isEmpty else {
      return BuildCheck(
        .symbols,
        .open(
          reason: "whether the kernel has all \(symbols.needed.count) symbols that it uses isn't known here"))
    }
    let shown = unseen.prefix(3).joined(separator: ", ") + (unseen.count > 3 ? ", …" : "")
    return BuildCheck(
      .symbols,
      .failed(
        reason:
          "it uses \(unseen.count == 1 ? "a symbol" : "\(unseen.count) symbols") that the running kernel doesn't have: \(shown)"
      ))
  }

  private func dependencies(_ build: Build) -> BuildCheck {
    build.missingDependencies.isEmpty
      ? BuildCheck(.dependencies, .passed)
      : BuildCheck(
        .dependencies,
        .failed(
          reason:
            "it depends on \(build.missingDependencies.joined(separator: ", ")), which is neither loaded nor in the module tree"
        ))
  }

  private func signature(_ information: ModuleInformation) -> BuildCheck {
    let isLocked = lockdown.map { $0 != "none" } ?? false
    guard enforcesSignatures == true || isLocked else { return BuildCheck(.signature, .passed) }
    if information.isSigned {
      return BuildCheck(
        .signature, .open(reason: "whether the kernel trusts the key of its signature isn't known here"))
    }
    return BuildCheck(
      .signature,
      .failed(
        reason: isLocked
          ? "it isn't signed, and the kernel is locked down (\(lockdown ?? ""))"
          : "it isn't signed, and the kernel takes signed modules only (module.sig_enforce)"))
  }

  private static func hex(_ number: UInt32) -> String { "0x" + String(number, radix: 16) }
}
