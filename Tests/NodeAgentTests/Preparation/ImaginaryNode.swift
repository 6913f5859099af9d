import HostFiles
import KernelModule
import Netlink
import Readiness
import VRouter

@testable import NodeAgent

/// All that is observed of a host, written down: a prepared node with one card unless a test says otherwise.
struct ImaginaryNode {
  static let release = "6.1.0-7-test"

  /// What is in the configuration's place.
  enum Configuration {
    case missing
    /// What the settings ask for.
    case current
    case text(String)
  }

  var network = ImaginaryHost.plain()
  /// Settings now.
  var environment: [String: String] = [:]
  var builds = [Self.build()]
  var loaded: LoadedModule? = Self.module()
  /// Of a load: what modprobe.d and the settings say.
  var options = ""
  /// Free blocks by order.
  var free: [UInt64] = [8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 64]
  var configuration = Configuration.current
  var configurationIsPrivate = true
  /// What is in the places of the files beside it, where that isn't what the settings ask for.
  var companions: [String: String?] = [:]
  /// The rest of the host.
  var node = NodeObservation()
  /// Of the DHCP client that renews the address on vhost0.
  var follow: DHCPFollowState?
  /// What of it can contradict the settings.
  var contradictions = ContradictionFacts()
  /// Whether an earlier run remembered the hardware that is chosen now.
  var isRemembered = true
  var readiness = ReadinessCheck.Verdict.ready(
    ReadyFile(
      bootID: "b", writtenAt: 1, interface: .init(name: "eth0", index: 2, mac: "52:54:00:00:00:01"),
      vhost: nil, gateway: nil,
      module: .init(name: "vrouter", version: "1.0", srcversion: "AAAA"),
      configuration: .init(
        path: AgentConfiguration.path,
        identity: .init(device: 1, inode: 2, size: 3, modified: 4, changed: 5))))

  /// A build of the module, beside which nothing speaks.
  static func build(
    srcversion: String = "AAAA", _ verdict: ModuleCandidate.Verdict = .usable(note: nil), signed: Bool = false
  ) -> ModuleCandidate {
    var entries = [
      (key: "version", value: "1.0"), (key: "srcversion", value: srcversion), (key: "name", value: "vrouter"),
    ]
    if signed { entries.append((key: "sig_id", value: "PKCS#7")) }
    entries += ["vr_vrfs:uint", "vr_flow_entries:uint", "vr_pkt_droplog_buf_en:uint"].map {
      (key: "parmtype", value: $0)
    }
    return ModuleCandidate(
      origin: .builds("/builds"),
      file: try? ModuleFile(resolving: "/builds/\(release)/vrouter.ko", below: .running),
      information: ModuleInformation(entries: entries), verdict: verdict)
  }

  /// A place where there is no build.
  static let nothing = ModuleCandidate(
    origin: .tree("/lib/modules/\(release)"), file: nil, information: nil, verdict: .absent)

  /// The module in the kernel.
  static func module(
    _ phase: LoadedModule.Phase = .live, srcversion: String = "AAAA", parameters: [String: String] = [:]
  ) -> LoadedModule {
    LoadedModule(
      name: "vrouter", phase: phase, version: "1.0", sourceVersion: srcversion, parameters: parameters,
      references: 0,
      holders: [])
  }

  /// Of what is malformed, what stands in for it.
  func settings() -> Settings { SettingsReading(environment: environment).settings }

  func observation() throws -> HostObservation {
    let settings = settings()
    let wanted = DetectionSettings(settings.host)
    let snapshot = network.snapshot
    let detection = Result { () throws(DetectionError) in
      try Detector(snapshot: snapshot, settings: wanted).decide()
    }
    let files = files(settings, detection)
    let current = files?.agent.text ?? "written earlier"
    let present: String? =
      switch configuration {
      case .missing: nil
      case .text(let text): text
      case .current: current
      }
    var network = snapshot
    if isRemembered, let decision = try? detection.get() {
      network.identity = .make(from: decision, snapshot: snapshot, settings: wanted)
    }
    var observation = HostObservation(
      network: network, detection: detection, names: ObservedNames(ofHost: "node1"),
      moduleResult: .success(try module()),
      configurationResult: .success(
        present.map { .init(content: Array($0.utf8), isPrivate: configurationIsPrivate) }),
      readiness: readiness, contradictions: contradictions, companions: companions(files), node: node)
    observation.follow = follow
    return observation
  }

  private func companions(
    _ files: ConfigurationFiles?
  ) -> [String: Result<HostObservation.PresentConfiguration?, CommandFailure>] {
    var present: [String: String?] = [:]
    for file in files?.companions ?? [] {
      if case .missing = configuration {
        present[file.path] = .some(nil)
      } else {
        present[file.path] = file.text
      }
    }
    return present.merging(companions) { _, other in other }.mapValues { text in
      .success(text.map { .init(content: Array($0.utf8), isPrivate: true) })
    }
  }

  private func module() throws -> ModuleObservation {
    ModuleObservation(
      choice: ModuleChoice(name: "vrouter", release: Self.release, candidates: builds), loaded: loaded,
      options: try ModuleOptions(parsing: options), installCommand: nil,
      facts: VRouterHostFacts(
        presentCPUs: 2, linkNames: Set(network.snapshot.links.map(\.name)), isModuleLoaded: loaded != nil),
      supply: MemorySupply(zones: [.init(node: 0, name: "Normal", free: FreeBlocks(free), floor: 0)]))
  }

  /// What the settings ask for; nil where that can't be told.
  private func files(
    _ settings: Settings, _ detection: Result<Decision, DetectionError>
  ) -> ConfigurationFiles? {
    guard let decision = try? detection.get(),
      let facts = try? ConfigurationFacts(decision, names: ObservedNames(ofHost: "node1"))
    else { return nil }
    return try? ConfigurationFiles(settings: settings, facts: facts)
  }

  func plan() throws -> PreparationPlan {
    try PreparationPlan(settings: settings(), observation: observation(), probe: nil)
  }
}
