import Netlink

/// Chooses interfaces, addresses and gateways: a pure function of what was seen and what was set.
///
/// The rules, in their order, are in `Rules/`, one to a file. Each answers nil where its setting or fact is absent, and
/// fails where it is there but leads nowhere: what was set is never passed over in silence.
struct Detector: Sendable {
  let network: HostNetwork
  let settings: DetectionSettings

  init(snapshot: NetworkSnapshot, settings: DetectionSettings) {
    self.init(network: HostNetwork(snapshot), settings: settings)
  }

  init(network: HostNetwork, settings: DetectionSettings) {
    (self.network, self.settings) = (network, settings)
  }

  /// The choice, or why there is none.
  ///
  /// - Parameter explained: whether it is also found out what would change the answer.
  func decide(explained: Bool = true) throws(DetectionError) -> Decision {
    let outcome: Outcome
    do {
      outcome = try self.outcome()
    } catch {
      throw DetectionError(
        problem: error.problem, message: error.message, remedy: error.remedy, awaits: error.awaits,
        candidates: candidates(nil), whatWouldDecide: explained ? whatWouldDecide(error) : [])
    }
    return decision(outcome, explained ? whatWouldChange(outcome) : [])
  }

  /// What a rule leads to, before it is looked at closely.
  struct Pick {
    /// Never empty.
    var uplinks: [Uplink]
    let rule: Decision.Rule
  }

  /// An interface that a rule leads to.
  struct Uplink {
    let link: Link
    /// The address of this node that the rule itself implies.
    var address: IPAddress?
    /// The gateways that the rule's own route has by this interface; empty where the interface's own routes tell.
    var gateways: [IPAddress] = []
  }

  /// The decision without what is told beside it.
  struct Outcome {
    var choices: [Settled]
    let rule: Decision.Rule
    let warnings: [String]
  }

  /// A chosen interface with its address and gateway.
  struct Settled {
    let link: Link
    let holder: Link
    let address: IPPrefix
    let gateway: Decision.Gateway
  }

  /// The first rule that has something to say decides; then the interfaces that it leads to are looked at closely.
  func outcome() throws(Undecided) -> Outcome {
    var warnings: [String] = []
    do throws(Undecided) {
      return try outcome(&warnings)
    } catch {
      throw error.besides(warnings)
    }
  }

  private func outcome(_ warnings: inout [String]) throws(Undecided) -> Outcome {
    let pick = try pick(&warnings)
    var choices: [Settled] = []
    for uplink in pick.uplinks {
      try requireFitness(of: uplink.link, rule: pick.rule, &warnings)
      try requireCarrier(of: uplink.link)
      choices.append(try settle(uplink, of: pick, &warnings))
    }
    try requireOneMTU(choices)
    return Outcome(choices: choices, rule: pick.rule, warnings: warnings)
  }

  private func pick(_ warnings: inout [String]) throws(Undecided) -> Pick {
    if let pick = try named() { return pick }
    if let pick = try existingVhost(&warnings) { return pick }
    if let pick = try ownerOfMappedAddress(&warnings) { return pick }
    if let pick = try towardsGateways() { return pick }
    if let pick = try remembered(&warnings) { return pick }
    if let pick = try towardsControlNodes(&warnings) { return pick }
    return try byDefaultRoute(&warnings)
  }

  private func decision(_ outcome: Outcome, _ whatWouldChange: [Counterfactual]) -> Decision {
    let candidates = candidates(outcome)
    var byIndex: [Int: Candidate] = [:]
    for place in candidates.indices where candidates[place].isChosen {
      byIndex[candidates[place].index] = candidates[place]
    }
    let choices = outcome.choices.compactMap { settled in
      byIndex[settled.link.index].map {
        Decision.Choice(
          interface: $0, holder: settled.holder.name, address: settled.address, gateway: settled.gateway)
      }
    }
    return Decision(
      choices: choices, rule: outcome.rule,
      controlNetworkAddress: controlNetworkAddress(otherwise: choices[0].address.address),
      defaultAddress: defaultAddress(),
      carriesDefaultRoute: outcome.choices.contains {
        network.defaults.leave(by: $0.link) || network.defaults.leave(by: $0.holder)
      },
      candidates: candidates, warnings: network.snapshot.problems + outcome.warnings,
      whatWouldChange: whatWouldChange)
  }
}
