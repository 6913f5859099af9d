import SystemPackage

/// Finds the cause of one errno. Apart from `LoadFailure`, so that each question has a function of its own.
struct LoadClassifier {
  let errno: Errno
  let module: String
  let wanted: String
  let evidence: LoadEvidence

  var log: [String] { evidence.kernelLog ?? [] }

  /// Lines of the kernel's log that hold one of the phrases.
  func lines(_ phrases: String...) -> [String] {
    log.filter { line in phrases.contains { line.contains($0) } }
  }

  /// Lines that the module itself wrote, or the kernel about it.
  var ownLines: [String] {
    log.filter { line in
      guard line.hasPrefix(module) else { return false }
      let next = line.dropFirst(module.count).first
      return next == ":" || next == " " || next == "("
    }
  }

  func result(
    _ cause: LoadFailure.Cause, _ explanation: String, evidence: [String] = [], retry: Bool = false,
    remedy: String
  ) -> LoadFailure {
    LoadFailure(
      cause, module: module, errno: errno, isRetryable: retry, explanation: explanation, evidence: evidence,
      remedy: remedy)
  }

  func failure() -> LoadFailure {
    switch errno {
    case .noMemory: memory()
    case .resourceTemporarilyUnavailable, .resourceBusy, .interrupted: busy()
    case .execFormatError: notLoadable()
    case .noSuchFileOrDirectory: missing()
    case .invalidArgument, .outOfRange: invalid()
    case .notPermitted: notPermitted()
    case .permissionDenied:
      result(
        .securityPolicy, "a security policy refused the load", evidence: lines("avc:", "LoadPin", "apparmor"),
        remedy:
          "allow this program to load modules (SELinux: module_load), or run it in a privileged container")
    case Errno(rawValue: 129), Errno(rawValue: 126), Errno(rawValue: 65), .badMessage:
      // EKEYREJECTED, ENOKEY, ENOPKG, EBADMSG
      signature()
    case .fileExists where evidence.isPresent == true:
      result(
        .busy, "somebody else is loading it", retry: true,
        remedy: "try again; if it stays so, look for a module that hangs in its init (state 'coming')")
    case .noFunction:
      result(
        .unsupported, "the running kernel has no loadable modules",
        remedy: "boot a kernel that is built with CONFIG_MODULES")
    default: ownAnswer() ?? unknown()
    }
  }

  private func memory() -> LoadFailure {
    let shown = lines("page allocation failure") + ownLines
    if let verdict = evidence.verdict {
      guard verdict.isAboutMemory else {
        return result(
          .initRefused, verdict.explanation, evidence: ownLines, retry: verdict.canChange,
          remedy: verdict.remedy)
      }
      return result(
        verdict.canChange ? .memoryShort : .memoryImpossible, verdict.explanation, evidence: shown,
        retry: verdict.canChange, remedy: verdict.remedy)
    }
    let order = shown.first.flatMap(Self.order)
    let explanation =
      order.map { "no free block of 2^\($0) contiguous pages could be had (order \($0))" }
      ?? "the kernel had no memory of the kind that was asked for"
    return result(
      .memoryShort, explanation, evidence: shown, retry: true,
      remedy: "free and compact memory, make the module's tables smaller, or load it earlier after boot")
  }

  private func busy() -> LoadFailure {
    if let verdict = evidence.verdict, !verdict.canChange {
      return result(.initRefused, verdict.explanation, evidence: ownLines, remedy: verdict.remedy)
    }
    return result(
      .busy, "the kernel was busy with it", evidence: ownLines, retry: true,
      remedy: "try again; if it stays so, look for a module that hangs in its init (state 'coming')")
  }

  private func notLoadable() -> LoadFailure {
    let symbols = lines("disagrees about version of symbol", "no symbol version for")
    if !symbols.isEmpty {
      return result(
        .symbolVersions, "its symbol checksums are those of another kernel or flavour", evidence: symbols,
        remedy: "use the build that was made for exactly this kernel")
    }
    let magic = lines("version magic")
    if !magic.isEmpty {
      return result(
        .versionMagic, "its version magic is another kernel's", evidence: magic,
        remedy: "use the build that was made for exactly this kernel")
    }
    let elf = lines("Invalid ELF", "Invalid module format", "Invalid section", "has invalid ELF", "Only one")
    if elf.isEmpty {
      switch evidence.versionMagic {
      case .refused(let reason):
        return result(
          .versionMagic, reason, remedy: "use the build that was made for exactly this kernel")
      case .releaseDiffers:
        return result(
          .symbolVersions, "it was built for another release, and the kernel refused it",
          remedy: "use the build that was made for exactly this kernel")
      case .same, nil: break
      }
    }
    return result(
      .invalidFile, "the file isn't a whole kernel module for this machine", evidence: elf,
      remedy: "copy or build it again")
  }

  private func missing() -> LoadFailure {
    let symbols = lines("Unknown symbol")
    if evidence.fileSize == nil, symbols.isEmpty {
      return result(.fileMissing, "its file isn't there", remedy: "install a build for the running kernel")
    }
    return result(
      .unknownSymbol, "it uses symbols that neither the kernel nor a loaded module has",
      evidence: symbols,
      remedy: "use the build for exactly this kernel, and load the modules that it depends on first")
  }

  private func invalid() -> LoadFailure {
    let parameters = lines("invalid for parameter", "too large for parameter", "expects some arguments")
    if !parameters.isEmpty || errno == .outOfRange, evidence.verdict == nil {
      return result(
        .badParameter, "the value of a parameter was refused", evidence: parameters,
        remedy: "correct the module options")
    }
    if evidence.fileSize == 0 {
      return result(.emptyFile, "its file is empty", remedy: "copy or build it again")
    }
    return ownAnswer()
      ?? result(
        .initRefused,
        "a parameter's value or the module's own init was refused, without a word in the kernel's log",
        remedy: "check the module options; read the kernel's log on the host (dmesg)")
  }

  /// The module's init said no: by its own vocabulary, or by lines that it wrote.
  func ownAnswer() -> LoadFailure? {
    if let verdict = evidence.verdict {
      return result(
        .initRefused, verdict.explanation, evidence: ownLines, retry: verdict.canChange,
        remedy: verdict.remedy)
    }
    guard !ownLines.isEmpty else { return nil }
    return result(
      .initRefused, "its own init function refused", evidence: ownLines,
      remedy: "read the module's lines in the kernel's log, and check the module options")
  }

  private func unknown() -> LoadFailure {
    result(
      .initRefused, "its own init function refused, as no check of the kernel answers so",
      remedy: "read the kernel's log on the host (dmesg), and check the module options")
  }

  /// The order in `page allocation failure: order:10, mode:…`.
  static func order(_ line: String) -> Int? {
    guard let range = line.range(of: "order:") else { return nil }
    return Int(line[range.upperBound...].prefix { $0.isNumber })
  }
}

extension String {
  /// Where a text first occurs; the standard library has it only with Foundation.
  func range(of text: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
