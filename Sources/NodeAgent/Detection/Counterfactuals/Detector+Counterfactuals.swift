import Netlink

/// What would change the answer: proposals, each tried, and told only where it holds.
extension Detector {
  /// The most interfaces for which it is asked what would make them win.
  static let alternatives = 4

  /// For the best of the interfaces that were not chosen: the first proposal that makes each the choice.
  func whatWouldChange(_ outcome: Outcome) -> [Counterfactual] {
    let chosen = outcome.choices.map(\.link)
    var found: [Counterfactual] = []
    for link in alternatives(to: chosen) {
      let proposals = proposals(for: link, insteadOf: outcome)
      if let holding = proposals.lazy.compactMap({ self.tried($0, besides: chosen) }).first {
        found.append(holding)
      }
    }
    for proposal in freeProposals(outcome) {
      if let holding = tried(proposal, besides: chosen), !found.contains(holding) { found.append(holding) }
    }
    return found
  }

  /// Where nothing was decided: what would bring a decision about.
  func whatWouldDecide(_ problem: Undecided) -> [Counterfactual] {
    var proposals: [Proposal] = []
    if problem.problem == .ambiguous, settings.multihoming == nil {
      proposals.append(
        Proposal(
          [.setting("L3MH_CIDR", value: "10.255.0.0/24")],
          "if L3MH_CIDR were set (which prepare refuses in this version)", isFree: true))
    }
    if !settings.interfaces.isEmpty {
      proposals.append(
        Proposal(
          [.setting("PHYSICAL_INTERFACE", value: nil)], "if PHYSICAL_INTERFACE were not set", isFree: true))
    }
    if problem.problem == .notFound, validIdentity != nil {
      proposals.append(Proposal([.noIdentity], "if \(Self.identityPath) were removed", isFree: true))
    }
    proposals += alternatives(to: []).map { naming($0) }
    return proposals.compactMap { tried($0, besides: nil) }
  }

  /// Something to try.
  struct Proposal {
    let changes: [Counterfactual.Change]
    /// "if …"
    let condition: String
    /// The interface that it is to make the choice; nil where it is to be seen which one that is.
    let target: Link?

    init(_ changes: [Counterfactual.Change], _ condition: String, target: Link? = nil, isFree: Bool = false) {
      (self.changes, self.condition, self.target) = (changes, condition, isFree ? nil : target)
    }
  }

  /// The proposal, if it holds.
  ///
  /// - Parameter chosen: what is chosen now, which must not be what the proposal gives; nil where nothing is.
  private func tried(_ proposal: Proposal, besides chosen: [Link]?) -> Counterfactual? {
    var changed: Detector? = self
    for change in proposal.changes { changed = changed.flatMap { change.applied(to: $0) } }
    guard let outcome = try? changed?.outcome() else { return nil }
    let links = outcome.choices.map(\.link)
    guard links.map(\.index) != chosen?.map(\.index) else { return nil }
    if let target = proposal.target, links.map(\.index) != [target.index] { return nil }
    let names = links.map(\.name)
    let verb = chosen == nil ? "would be chosen" : "would win"
    return Counterfactual(
      interfaces: names, changes: proposal.changes,
      text: "\(names.joined(separator: " and ")) \(verb) \(proposal.condition)")
  }

  /// The interfaces that come nearest to being chosen: those with a default route, then those with a usable address.
  private func alternatives(to chosen: [Link]) -> [Link] {
    let eligibility = eligibility
    let taken = Set(chosen.map(\.index))
    func rank(_ link: Link) -> [Int]? {
      guard !taken.contains(link.index), link.kind != "vhost" else { return nil }
      let routes = network.defaults.byLink[link.index]
      let hasAddress = !usableAddresses(of: link).isEmpty
      guard routes != nil || hasAddress, eligibility.obstacle(to: link) == nil else { return nil }
      let place = network.defaults.carrying.firstIndex { route in
        route.paths.contains { $0.outputIndex == link.index }
      }
      return [
        place ?? Int.max, routes == nil ? 1 : 0, eligibility.objection(to: link) == nil ? 0 : 1,
        hasAddress ? 0 : 1,
      ]
    }
    let indices = Set(network.defaults.byLink.keys)
      .union(network.snapshot.addresses.lazy.filter(\.isUsable).map(\.linkIndex))
    return indices.compactMap { network.link(index: $0) }.compactMap { link in rank(link).map { (link, $0) } }
      .sorted { ($0.1.lexicographicallyPrecedes($1.1)) || ($0.1 == $1.1 && $0.0.index < $1.0.index) }
      .prefix(Self.alternatives).map(\.0)
  }
}
