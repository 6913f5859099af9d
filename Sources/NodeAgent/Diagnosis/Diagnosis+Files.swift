import Readiness

/// What earlier runs left.
extension Diagnosis {
  func configuration() -> [Finding] {
    let path = AgentConfiguration.path
    let present: HostObservation.PresentConfiguration?
    do {
      present = try observation.configuration()
    } catch {
      return [
        Finding(
          .configChanged, "\(path) can't be read", evidence: ["\(error)"],
          remedy: "remove or rename what is there, then run: vrouter-node-agent prepare")
      ]
    }
    let wanted: AgentConfiguration
    switch wantedConfiguration() {
    case .failure(let obstacle): return obstacle.findings + (present == nil ? [Self.missing] : [])
    case .success(let configuration): wanted = configuration
    }
    guard let present else { return [Self.missing] }
    guard present.content != Array(wanted.text.utf8) else { return [] }
    return [
      Finding(
        .configChanged, .warning, "\(path) is not what the settings and this host ask for",
        evidence: ConfigurationDifference.keys(present.content, wanted),
        remedy:
          "run: vrouter-node-agent prepare, and restart the vRouter agent; changes by hand go into VROUTER_AGENT__SECTION__key"
      )
    ]
  }

  private static var missing: Finding {
    Finding(
      .configMissing, .warning, "there is no \(AgentConfiguration.path): the vRouter agent can't start",
      remedy: "run: vrouter-node-agent prepare")
  }

  /// Why no configuration can be written for this host.
  private struct Obstacle: Error {
    let findings: [Finding]
  }

  private func wantedConfiguration() -> Result<AgentConfiguration, Obstacle> {
    // Without a decision there is nothing to compare with, and its own finding says why.
    guard let decision = try? observation.detection.get() else { return .failure(Obstacle(findings: [])) }
    let facts: ConfigurationFacts
    do {
      facts = try ConfigurationFacts(
        decision, names: observation.names, multihoming: settings.host.multihoming?.value
      ).knowing(observation.node.prefix)
    } catch {
      return .failure(
        Obstacle(findings: [
          Finding(
            .interfaceUndecided, error.description,
            evidence: ["\(decision.interface.name): \(decision.interface.reason)"],
            remedy: "name another interface in PHYSICAL_INTERFACE")
        ]))
    }
    do {
      return .success(try AgentConfiguration(settings: settings, facts: facts))
    } catch {
      var remedies: [String] = []
      for problem in error.problems where !remedies.contains(problem.expected) {
        remedies.append(problem.expected)
      }
      return .failure(
        Obstacle(findings: [
          Finding(
            .settingsInvalid, "no configuration of the agent can be made from the settings on this host",
            evidence: error.problems.map(\.description),
            remedy: "expected is \(remedies.joined(separator: "; "))")
        ]))
    }
  }

  func readiness() -> [Finding] {
    guard claimsReadiness, case .notReady(let fact, let message) = observation.readiness else { return [] }
    return [
      Finding(
        .readinessStale, "the readiness file is there, and does not agree with the host",
        evidence: ["\(fact.rawValue): \(message)"],
        remedy: "run: vrouter-node-agent prepare")
    ]
  }
}
