import Netlink

/// What a host has to say about settings: pure functions of both.
extension Obstacles {
  /// This data path isn't prepared here.
  mutating func judgeDataPath(_ settings: Settings) {
    guard let problem = settings.dataPathProblem else { return }
    add(Obstacle(.malformed, problem), restingOn: ["AGENT_MODE"])
  }

  /// The interface and gateway.
  mutating func decision(of observation: HostObservation) -> Decision? {
    attempt(.undecided, restingOn: ParameterGroup.detection) { () throws(CommandFailure) in
      try observation.decided()
    }
  }

  /// What this host contradicts, and what isn't to be had here.
  mutating func judge(_ settings: Settings, on observation: HostObservation, _ decision: Decision?) {
    let isDecided = !doubt.touches(ParameterGroup.detection)
    for problem in Contradictions.find(
      settings, interfaces: isDecided ? decision?.choices.count : nil, facts: observation.contradictions)
    {
      add(Obstacle(.contradiction, problem))
    }
    for refusal in NodePlan.refusals(observation.node, decision: decision) {
      add(
        Obstacle(
          kind: .refusal, code: .settings, parameter: refusal.parameter, description: refusal.text),
        restingOn: refusal.parameters)
    }
  }

  /// The configuration files; nil when they can't be made. All of them tell of the chosen interface.
  mutating func files(
    _ settings: Settings, on observation: HostObservation, _ decision: Decision
  ) -> ConfigurationFiles? {
    let facts = attempt(.undecided, restingOn: ParameterGroup.detection) { () throws(CommandFailure) in
      try observation.facts(decision, settings)
    }
    guard let facts else { return nil }
    do throws(AgentConfigurationError) {
      return try ConfigurationFiles(settings: settings, facts: facts)
    } catch {
      for problem in error.problems {
        add(
          Obstacle(
            kind: .rendering, code: .configuration, parameter: problem.parameter,
            description: problem.description),
          restingOn: problem.parameters.union(ParameterGroup.detection))
      }
      return nil
    }
  }
}
