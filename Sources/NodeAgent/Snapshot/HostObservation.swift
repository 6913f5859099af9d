import HostFiles
import Netlink
import Readiness

/// What was seen of a host at one moment: what a plan and a diagnosis rest on.
struct HostObservation: Sendable {
  let network: NetworkSnapshot
  /// The choice of interface and gateway that follows from it.
  let detection: Result<Decision, DetectionError>
  let names: ObservedNames
  /// The module, or why it could not be looked at.
  let moduleResult: Result<ModuleObservation, CommandFailure>
  /// The agent's configuration, nil when there is none, or why it could not be read.
  let configurationResult: Result<PresentConfiguration?, CommandFailure>
  let readiness: ReadinessCheck.Verdict

  /// The permission bits of the agent's configuration.
  static let configurationMode: UInt32 = 0o640

  /// An agent's configuration that is there.
  struct PresentConfiguration: Sendable, Equatable {
    let content: [UInt8]
    /// Whether nobody but owner and group may read it, as it holds secrets.
    let isPrivate: Bool
  }

  /// The agent's configuration, or the failure as a command reports it.
  func configuration() throws(CommandFailure) -> PresentConfiguration? { try configurationResult.get() }

  /// The module, or the failure as a command reports it.
  func module() throws(CommandFailure) -> ModuleObservation { try moduleResult.get() }

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
    moduleResult = Result { () throws(CommandFailure) in
      try ModuleObservation(host, settings: settings.module, links: network.links)
    }
    let configuration = Result { () throws(CommandFailure) in try Self.configuration(host.root) }
    configurationResult = configuration
    let present = (try? configuration.get()).flatMap {
      try? INIDocument(parsing: String(decoding: $0.content, as: UTF8.self))
    }
    names = ObservedNames(
      host.names, address: (try? detection.get())?.address.address,
      present: present?.values(section: "DEFAULT", key: "agent_name").first, within: wanted.resolveTimeout)
    readiness = ReadinessCheck(root: host.root).verdict()
  }

  private static func configuration(_ root: HostRoot) throws(CommandFailure) -> PresentConfiguration? {
    let path = AgentConfiguration.path
    do {
      let status = try root.status(path)
      guard status.kind == .regular else {
        throw CommandFailure(.configuration, "\(path) is no regular file; remove or rename what is there")
      }
      return PresentConfiguration(
        content: try root.readBytes(path), isPrivate: status.permissions == configurationMode)
    } catch let failure as CommandFailure {
      throw failure
    } catch let error as HostFileError where error.isNotFound {
      return nil
    } catch {
      throw CommandFailure(.configuration, "\(error)")
    }
  }
}
