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
    let wanted: ConfigurationFiles
    // With a malformed setting nobody knows what the files are to hold; what can't be made of the others is told.
    let isKnown = doubt == SettingsDoubt()
    switch wantedConfiguration() {
    case .success where !isKnown: return []
    case .failure(let obstacle) where !isKnown: return obstacle.findings
    case .failure(let obstacle): return obstacle.findings + (present == nil ? [Self.missing] : [])
    case .success(let configuration): wanted = configuration
    }
    guard let present else { return [Self.missing] }
    let own = changed(
      wanted.agent.file, present,
      remedy:
        "run: vrouter-node-agent prepare, and restart the vRouter agent; changes by hand go into VROUTER_AGENT__SECTION__key"
    )
    return [own].compactMap(\.self) + wanted.companions.compactMap(companion)
  }

  private func companion(_ wanted: ConfigurationFile) -> Finding? {
    let remedy = "run: vrouter-node-agent prepare"
    switch observation.companions[wanted.path] {
    case .success(let present?)?: return changed(wanted, present, remedy: remedy)
    case .success(nil)?, nil:
      return Finding(.configChanged, .warning, "there is no \(wanted.path)", remedy: remedy)
    case .failure(let error)?:
      return Finding(
        .configChanged, "\(wanted.path) can't be read", evidence: ["\(error)"],
        remedy: "remove or rename what is there, then run: vrouter-node-agent prepare")
    }
  }

  private func changed(
    _ wanted: ConfigurationFile, _ present: HostObservation.PresentConfiguration, remedy: String
  ) -> Finding? {
    guard present.content != wanted.bytes else { return nil }
    return Finding(
      .configChanged, .warning, "\(wanted.path) is not what the settings and this host ask for",
      evidence: ConfigurationDifference.keys(present.content, wanted), remedy: remedy)
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

  private func wantedConfiguration() -> Result<ConfigurationFiles, Obstacle> {
    // Without a decision there is nothing to compare with, and its own finding says why.
    guard let decision = try? observation.detection.get(), !doubt.touches(ParameterGroup.detection) else {
      return .failure(Obstacle(findings: []))
    }
    let facts: ConfigurationFacts
    do {
      facts = try observation.facts(decision, settings)
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
      return .success(try ConfigurationFiles(settings: settings, facts: facts))
    } catch {
      let problems = error.problems.filter { !doubt.touches($0.parameters) }
      guard !problems.isEmpty else { return .failure(Obstacle(findings: [])) }
      var remedies: [String] = []
      for problem in problems where !remedies.contains(problem.expected) {
        remedies.append(problem.expected)
      }
      return .failure(
        Obstacle(findings: [
          Finding(
            .settingsInvalid, "no configuration of the agent can be made from the settings on this host",
            evidence: problems.map(\.description),
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
