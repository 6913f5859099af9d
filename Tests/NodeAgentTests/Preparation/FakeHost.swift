import Foundation
import HostFiles
import KernelModule
import Logging
import Netlink
import Synchronization
import VRouter

@testable import NodeAgent

/// A host in a folder: its files are there, its network and its kernel's module loader are imagined.
struct FakeHost {
  static let bootID = "5a1f4c0e-7d3b-4a63-9a43-0c6f2f6f1c11"

  let root: HostRoot
  var network = ImaginaryHost.plain()
  var environment: [String: String] = [:]
  /// What the kernel answers to a load; `.loaded` shows the module in /sys.
  var answer = LoadAnswer.loaded
  /// What the kernel answers to loads before that, in order.
  var earlier = LoadAnswers()
  /// What brings free memory together; the host's own files, unless a test says otherwise.
  var treatment: any TreatmentRunner = DirectTreatment()
  /// What becomes of what is written to control files.
  var controls: any ControlWriter = DirectControls()
  var features: (any FeatureAccess)?
  var cloud: (any CloudMetadata)?
  /// What the module does about its tables.
  var tables = FakeTables()

  init(root: HostRoot, path: String) throws {
    self.root = root
    for (file, text) in [
      "/proc/sys/kernel/random/boot_id": Self.bootID,
      "/proc/sys/kernel/osrelease": ImaginaryNode.release,
      "/proc/buddyinfo": "Node 0, zone   Normal 8 8 8 8 8 8 8 8 8 8 64",
      "/sys/devices/system/cpu/present": "0-1",
      "/sys/class/net/eth0/ifindex": "2",
      "/sys/class/net/eth0/address": "52:54:00:00:00:01",
    ] {
      try Self.write(text, file, root)
    }
    let build = "/opt/contrail/vrouter-kernel-modules/\(ImaginaryNode.release)/vrouter.ko"
    try root.makeDirectories((build as NSString).deletingLastPathComponent, mode: 0o755)
    try root.replace(build, with: Self.build, mode: 0o644)
  }

  /// The least file that depmod takes for a module: an ELF header, and the names of sections, of which there are no more.
  static let build: [UInt8] = {
    var bytes: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 57)
    // Relocatable, for x86-64; two section headers of 64 bytes at 80, of which the second has the names.
    (bytes[16], bytes[18], bytes[20], bytes[40], bytes[52]) = (1, 62, 1, 80, 64)
    (bytes[58], bytes[60], bytes[62]) = (64, 2, 1)
    bytes += Array("\0.shstrtab\0".utf8) + [0, 0, 0, 0, 0]
    var names = [UInt8](repeating: 0, count: 64)
    // Name 1, type STRTAB, 11 bytes at 64.
    (names[0], names[4], names[24], names[32], names[48]) = (1, 3, 64, 11, 1)
    return bytes + [UInt8](repeating: 0, count: 64) + names
  }()

  static func write(_ text: String, _ file: String, _ root: HostRoot) throws {
    try root.makeDirectories((file as NSString).deletingLastPathComponent, mode: 0o755)
    try root.replace(file, with: Array("\(text)\n".utf8), mode: 0o644)
  }

  var access: HostAccess {
    HostAccess(
      root: root, own: root, network: FixedNetwork(snapshot: network.snapshot, root: root),
      names: FixedNames(),
      kernelRelease: ImaginaryNode.release, modules: FakeKernel(root: root, answer: answer, earlier: earlier),
      tables: DirectTables(messenger: tables), vifs: NoVifs(), controls: controls, features: features,
      cloud: cloud, treatment: treatment,
      pacing: NoPacing(),
      now: { 1_800_000_000 }, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  func plan() throws -> PreparationPlan {
    let settings = try Settings.read(environment: environment)
    return try PreparationPlan(
      settings: settings, observation: HostObservation(access, settings: settings), probe: nil)
  }

  /// Plans and does it, and tells each moment.
  func prepare(_ reached: @escaping @Sendable (String) -> Void = { _ in }) throws -> PreparationOutcome {
    let plan = try plan()
    let settings = try Settings.read(environment: environment)
    var preparation = Preparation(
      plan, settings: settings, on: access, moments: PreparationMoments(reached))
    try LockedRun(root: root, command: "test").run { () throws(CommandFailure) in try preparation.run() }
    return PreparationOutcome(plan: plan, done: preparation)
  }
}

private struct FixedNetwork: NetworkObserver {
  let snapshot: NetworkSnapshot
  /// What was remembered is in a file.
  let root: HostRoot

  func observe(for settings: DetectionSettings) throws(NetlinkError) -> NetworkSnapshot {
    var snapshot = snapshot
    snapshot.identity = IdentityFile.read(from: root).identity
    return snapshot
  }
}

private struct FixedNames: HostNames {
  let ownName = "node1"
  func fullName(within limit: Duration) -> NameLookup { .found("node1.example.org") }
  func name(of address: IPAddress, within limit: Duration) -> NameLookup { .absent }
}

private struct NoVifs: VifLister {
  func foreignVifs() -> ForeignVifs { .named([]) }
}

private struct NoPacing: Pacing {
  func wait(_ duration: Duration) {}
  func now() -> Duration { .zero }
}

/// Answers to loads, given one after the other.
final class LoadAnswers: Sendable {
  private let answers: Mutex<[LoadAnswer]>
  /// Files that were to be loaded, in order.
  let files = Mutex<[String]>([])

  /// What the kernel's log gets with each answer.
  private let line: String

  init(_ answers: [LoadAnswer] = [], saying line: String = "") {
    self.answers = Mutex(answers)
    self.line = line
  }

  /// The next answer; nil when there is none left.
  func next(_ file: ModuleFile, _ root: HostRoot) -> LoadAnswer? {
    files.withLock { $0.append(file.path) }
    if !line.isEmpty, let log = FileHandle(forWritingAtPath: root.path + "/dev/kmsg") {
      log.seekToEndOfFile()
      log.write(Data("4,1,1,-;\(line)\n".utf8))
    }
    return answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}

/// Takes every build for good, and shows a module that it loads in the fake host's /sys.
private struct FakeKernel: ModuleBackend {
  let root: HostRoot
  let answer: LoadAnswer
  let earlier: LoadAnswers

  func find(_ name: String) throws(KernelModuleError) -> TreeModule? { nil }

  func information(of file: ModuleFile) throws(KernelModuleError) -> ModuleInformation {
    ModuleInformation(entries: [
      (key: "name", value: "vrouter"), (key: "version", value: "1.0"),
      (key: "srcversion", value: Self.sourceVersion(of: file)),
      (key: "vermagic", value: "\(ImaginaryNode.release) SMP"), (key: "parmtype", value: "vr_vrfs:uint"),
    ])
  }

  /// AAAA for the exact release, another for each other one.
  private static func sourceVersion(of file: ModuleFile) -> String {
    let release = String(file.path.split(separator: "/").dropLast().last ?? "")
    return release == ImaginaryNode.release ? "AAAA" : release
  }

  func symbols(of file: ModuleFile) throws(KernelModuleError) -> ModuleSymbols { ModuleSymbols() }

  func installCommand(for name: String) throws(KernelModuleError) -> String? { nil }

  func configuredOptions(for name: String) throws(KernelModuleError) -> ModuleOptions { ModuleOptions() }

  func load(_ file: ModuleFile, options: ModuleOptions) throws(KernelModuleError) -> LoadAnswer {
    let answer = earlier.next(file, root) ?? answer
    guard answer == .loaded else { return answer }
    for (name, value) in [
      ("initstate", "live"), ("version", "1.0"), ("srcversion", Self.sourceVersion(of: file)),
      ("refcnt", "0"),
    ] {
      try? FakeHost.write(value, "/sys/module/vrouter/\(name)", root)
    }
    for option in options.assignments {
      try? FakeHost.write(option.value, "/sys/module/vrouter/parameters/\(option.name)", root)
    }
    return .loaded
  }

  func unload(_ name: String) throws(KernelModuleError) -> UnloadAnswer { .unloaded }
}
