import HostFiles
import Netlink
import Readiness

/// What was seen of a host at one moment: what a plan and a diagnosis rest on.
struct HostObservation: Sendable {
  let network: NetworkSnapshot
  /// The choice of interface and gateway that follows from it.
  let detection: Result<Decision, DetectionError>
  /// The name to which this node's address resolves, if it does.
  let nodeName: String?
  /// The host's fully qualified name.
  let hostName: String
  let module: ModuleObservation
  /// The content of the agent's configuration; nil when there is none.
  let configuration: [UInt8]?
  /// Whether nobody but owner and group may read it, as it holds secrets.
  let configurationIsPrivate: Bool
  /// The copy of the probe that `VROUTER_PROBE_DIR` asks for.
  let probe: ProbeCopy?
  let readiness: ReadinessCheck.Verdict

  /// The permission bits of the agent's configuration.
  static let configurationMode: UInt32 = 0o640

  /// The decision, or the failure as a command reports it.
  func decided() throws(CommandFailure) -> Decision {
    do {
      return try detection.get()
    } catch {
      throw CommandFailure(
        .undecided, "\(error.message); \(error.remedy)\n\n\(DetectionText.candidates(error.candidates))")
    }
  }
}

extension HostObservation {
  /// Looks at a host. Nothing is changed.
  init(_ host: HostAccess, settings: Settings) throws(CommandFailure) {
    let wanted = DetectionSettings(settings.host)
    let network = try host.network.observed(for: wanted)
    self.network = network
    let detection = Result { () throws(DetectionError) in
      try Detector(snapshot: network, settings: wanted).decide()
    }
    self.detection = detection
    nodeName = (try? detection.get()).flatMap { host.names.name(of: $0.address.address) }
    hostName = host.names.hostName()
    module = try ModuleObservation(host, settings: settings.module, links: network.links)
    (configuration, configurationIsPrivate) = try Self.configuration(host.root)
    probe = try settings.host.probeDirectory.map { directory throws(CommandFailure) in
      try ProbeCopy(directory: directory.value)
    }
    readiness = ReadinessCheck(root: host.root).verdict()
  }

  private static func configuration(_ root: HostRoot) throws(CommandFailure) -> ([UInt8]?, Bool) {
    let path = AgentConfiguration.path
    do {
      let status = try root.status(path)
      guard status.kind == .regular else {
        throw CommandFailure(.configuration, "\(path) is no regular file; remove or rename what is there")
      }
      return (try root.readBytes(path), status.permissions == configurationMode)
    } catch let failure as CommandFailure {
      throw failure
    } catch let error as HostFileError where error.isNotFound {
      return (nil, false)
    } catch {
      throw CommandFailure(.configuration, "\(error)")
    }
  }
}
