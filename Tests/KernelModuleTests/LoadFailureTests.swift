import KernelModule
import SystemPackage
import Testing

/// One way in which a load fails: the answer, the facts beside it, and the cause that must be named.
struct FailureRow: CustomTestStringConvertible, Sendable {
  let name: String
  let errno: Errno
  let evidence: LoadEvidence
  let cause: LoadFailure.Cause
  let retry: Bool
  let shown: String?
  var testDescription: String { name }

  init(
    _ name: String, _ errno: Errno, log: [String]? = [], _ cause: LoadFailure.Cause, retry: Bool = false,
    shown: String? = nil, _ change: (inout LoadEvidence) -> Void = { _ in }
  ) {
    var evidence = LoadEvidence()
    evidence.kernelLog = log
    evidence.fileSize = 1_000_000
    evidence.lockdown = "none"
    evidence.enforcesSignatures = false
    evidence.loadingDisabled = false
    evidence.hasCapability = true
    evidence.hasCallFilter = false
    evidence.isSigned = false
    evidence.versionMagic = .same
    evidence.isPresent = false
    change(&evidence)
    self.name = name
    self.errno = errno
    self.evidence = evidence
    self.cause = cause
    self.retry = retry
    self.shown = shown
  }
}

/// Every row of the table of failures, with the kernel's lines as 6.1 writes them, and each ambiguous one without its line.
private let rows: [FailureRow] = [
  FailureRow(
    "no contiguous memory", .noMemory,
    log: ["insmod: page allocation failure: order:10, mode:0x40b20(GFP_ATOMIC|__GFP_COMP|__GFP_ZERO)"],
    .memoryShort, retry: true, shown: "order:10"),
  FailureRow("no contiguous memory, no warning", .noMemory, .memoryShort, retry: true),
  FailureRow("no memory, and no log", .noMemory, log: nil, .memoryShort, retry: true),
  FailureRow("memory that can't ever be had", .noMemory, .memoryImpossible) {
    $0.verdict = ModuleVerdict(canChange: false, explanation: "zero table", remedy: "x")
  },
  FailureRow("memory, and the module knows which", .noMemory, .memoryShort, retry: true) {
    $0.verdict = ModuleVerdict(canChange: true, explanation: "next hops", remedy: "x")
  },
  FailureRow("busy", .resourceBusy, .busy, retry: true),
  FailureRow("again", .resourceTemporarilyUnavailable, .busy, retry: true),
  FailureRow("interrupted", .interrupted, .busy, retry: true),
  FailureRow("somebody else loads it", .fileExists, .busy, retry: true) { $0.isPresent = true },
  FailureRow("init says that something exists", .fileExists, .initRefused),
  FailureRow(
    "other flavour", .execFormatError, log: ["vrouter: disagrees about version of symbol module_layout"],
    .symbolVersions, shown: "module_layout"),
  FailureRow("other release, line missing", .execFormatError, .symbolVersions) {
    $0.versionMagic = .releaseDiffers
  },
  FailureRow(
    "version magic flags", .execFormatError,
    log: [
      "vrouter: version magic '5.10.0 SMP mod_unload ' should be '6.1.0 SMP preempt mod_unload modversions '"
    ],
    .versionMagic, shown: "should be"),
  FailureRow("version magic flags, line missing", .execFormatError, log: nil, .versionMagic) {
    $0.versionMagic = .refused(reason: "built with other flags")
  },
  FailureRow(
    "unknown symbol", .noSuchFileOrDirectory, log: ["vrouter: Unknown symbol nf_register (err -2)"],
    .unknownSymbol,
    shown: "nf_register"),
  FailureRow("unknown symbol, no log", .noSuchFileOrDirectory, log: nil, .unknownSymbol),
  FailureRow("file gone", .noSuchFileOrDirectory, .fileMissing) { $0.fileSize = nil },
  FailureRow(
    "bad value", .invalidArgument, log: ["vrouter: `abc' invalid for parameter `vr_nexthops'"], .badParameter,
    shown: "abc"),
  FailureRow("value out of range", .outOfRange, .badParameter),
  FailureRow("empty file", .invalidArgument, .emptyFile) { $0.fileSize = 0 },
  FailureRow(
    "init says invalid", .invalidArgument, log: ["vrouter: bad moon"], .initRefused, shown: "bad moon"),
  FailureRow("invalid without a word", .invalidArgument, .initRefused),
  FailureRow(
    "signature enforced", Errno(rawValue: 129), log: ["Loading of unsigned module is rejected"], .signature,
    shown: "unsigned"),
  FailureRow("signature enforced, line missing", Errno(rawValue: 129), .signature, shown: "sig_enforce") {
    $0.enforcesSignatures = true
  },
  FailureRow(
    "lockdown", .notPermitted,
    log: ["Lockdown: insmod: unsigned module loading is restricted; see man kernel_lockdown.7"], .lockdown,
    shown: "restricted"),
  FailureRow("lockdown, line missing", .notPermitted, .lockdown, shown: "integrity") {
    $0.lockdown = "integrity"
  },
  FailureRow(
    "blacklisted at boot", .notPermitted, log: ["Module vrouter is blacklisted"], .commandLineBlacklist),
  FailureRow(
    "blacklisted at boot, no log", .notPermitted, log: nil, .commandLineBlacklist, shown: "module_blacklist="
  ) {
    $0.commandLineBlacklist = ["a", "vrouter"]
  },
  FailureRow("loading switched off", .notPermitted, .loadingDisabled) { $0.loadingDisabled = true },
  FailureRow("no capability", .notPermitted, .capabilityMissing) { $0.hasCapability = false },
  FailureRow("call filter", .notPermitted, .securityPolicy) { $0.hasCallFilter = true },
  FailureRow("no reason shows", .notPermitted, .unknown),
  FailureRow("init says not permitted", .notPermitted, .initRefused) {
    $0.verdict = ModuleVerdict(canChange: false, explanation: "CPU number", remedy: "x")
  },
  FailureRow(
    "SELinux", .permissionDenied, log: ["audit: avc: denied { module_load }"], .securityPolicy, shown: "avc"),
  FailureRow(
    "junk", .execFormatError, log: ["Invalid ELF header magic: != \u{7f}ELF"], .invalidFile,
    shown: "Invalid ELF"),
  FailureRow("junk, no log", .execFormatError, log: nil, .invalidFile),
  FailureRow(
    "init says no device", .operationNotSupportedByDevice, log: ["vrouter: no device"], .initRefused),
  FailureRow("init says no, silently", .ioError, .initRefused),
  FailureRow("kernel without modules", .noFunction, .unsupported),
]

struct LoadFailureTests {
  @Test(arguments: rows) func names(row: FailureRow) throws {
    let failure = try #require(
      LoadFailure.classify(.errno(row.errno, module: "vrouter"), module: "vrouter", evidence: row.evidence))
    #expect(failure.cause == row.cause)
    #expect(failure.isRetryable == row.retry)
    #expect(failure.errno == row.errno)
    #expect(!failure.explanation.isEmpty && !failure.remedy.isEmpty)
    if let shown = row.shown {
      #expect(failure.evidence.contains { $0.contains(shown) }, "\(failure.evidence)")
    }
    #expect(failure.description.contains("[\(row.cause.rawValue)]"))
  }

  @Test(
    arguments: [
      (LoadAnswer.dependencyMissing("helper"), LoadFailure.Cause.dependencyMissing, "helper"),
      (.installCommand(module: "vrouter", command: "/bin/false"), .installCommand, "install vrouter"),
      (.blacklisted(module: "vrouter"), .configuredBlacklist, "blacklist vrouter"),
    ])
  func namesWhatNeverReachedTheKernel(answer: LoadAnswer, cause: LoadFailure.Cause, shown: String) throws {
    let failure = try #require(LoadFailure.classify(answer, module: "vrouter", evidence: LoadEvidence()))
    #expect(failure.cause == cause)
    #expect(failure.errno == nil)
    #expect(!failure.isRetryable)
    #expect((failure.explanation + failure.remedy).contains(shown))
  }

  @Test func aLoadIsNoFailure() {
    #expect(LoadFailure.classify(.loaded, module: "vrouter", evidence: LoadEvidence()) == nil)
  }

  @Test func aDependencyThatFailsIsNamed() throws {
    let failure = try #require(
      LoadFailure.classify(.errno(.noMemory, module: "helper"), module: "vrouter", evidence: LoadEvidence()))
    #expect(failure.module == "helper")
  }

  /// Lines of other modules whose names begin alike prove nothing.
  @Test func takesOnlyItsOwnLines() throws {
    var evidence = LoadEvidence()
    evidence.kernelLog = ["vrouter_other: broken", "vrouterx broken"]
    let failure = try #require(
      LoadFailure.classify(.errno(.ioError, module: "vrouter"), module: "vrouter", evidence: evidence))
    #expect(failure.evidence.isEmpty)
  }
}

/// Loads that give no answer.
struct UnansweredLoadTests {
  @Test(
    arguments: [
      (
        Unanswered.stuck(process: 41, place: "msleep, called by start [vrouter]", after: .seconds(60)), true,
        LoadFailure.Cause.hang,
        "the load hangs in the kernel: no answer within 60 s; its process 41 is beyond any signal (in msleep, called by start [vrouter])",
        "reboot"
      ),
      (
        .stuck(process: 41, place: nil, after: .milliseconds(1500)), true, .hang,
        "no answer within 1500 ms; its process 41 is beyond any signal", "reboot"
      ),
      (.ended(after: .seconds(2)), false, .hang, "the module went with it", "raise the time limit"),
      (.ended(after: .seconds(2)), true, .hang, "stays half loaded", "reboot"),
      (
        .crashed(signal: 9), true, .crash, "the kernel crashed in the module's init",
        "check the module options"
      ),
    ])
  func isNamedAndNeverTriedAgain(
    unanswered: Unanswered, isPresent: Bool, cause: LoadFailure.Cause, says: String, remedy: String
  ) throws {
    var evidence = LoadEvidence()
    evidence.isPresent = isPresent
    evidence.kernelLog = ["vrouter version: 1", "BUG: kernel NULL pointer dereference", "something else"]
    let failure = try #require(
      LoadFailure.classify(.unanswered(unanswered), module: "vrouter", evidence: evidence))
    #expect(failure.cause == cause)
    #expect(!failure.isRetryable)
    #expect(failure.explanation.contains(says), "\(failure)")
    #expect(failure.remedy.contains(remedy), "\(failure)")
    #expect(failure.evidence == ["vrouter version: 1", "BUG: kernel NULL pointer dereference"])
  }

  /// A signal is no proof of a crash: what the kernel shows decides, and where it shows nothing the worse is supposed.
  @Test(
    arguments: [
      (false, ["vrouter version: 1"], LoadFailure.Cause.killed), (false, [], .killed),
      (false, ["Oops: 0000 [#1] PREEMPT SMP"], .crash), (false, nil, .crash),
      (true, ["vrouter version: 1"], .crash), (nil, [], .crash),
    ] as [(Bool?, [String]?, LoadFailure.Cause)])
  func aKilledLoadIsNoCrash(isPresent: Bool?, log: [String]?, cause: LoadFailure.Cause) throws {
    var evidence = LoadEvidence()
    (evidence.isPresent, evidence.kernelLog) = (isPresent, log)
    let failure = try #require(
      LoadFailure.classify(.unanswered(.crashed(signal: 9)), module: "vrouter", evidence: evidence))
    #expect(failure.cause == cause)
    #expect(failure.isRetryable == (cause == .killed))
    #expect(failure.explanation.contains("signal 9"))
  }
}
