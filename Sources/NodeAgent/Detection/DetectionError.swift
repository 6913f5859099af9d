/// No interface or gateway could be decided on.
struct DetectionError: Error, Sendable, Equatable {
  enum Problem: String, Sendable, CaseIterable {
    /// What was asked for isn't there.
    case notFound = "not-found"
    /// More than one fits.
    case ambiguous
    /// Nothing fits.
    case nothingFits = "nothing-fits"
    /// The rule leads to an interface that is never chosen by itself.
    case ineligible
    /// Two settings, or a setting and what is there already, contradict each other.
    case conflict
    /// The interface is down or has no carrier.
    case down
    /// The interface has no usable address.
    case noAddress = "no-address"
    /// The default route over the interface has no gateway.
    case noGateway = "no-gateway"
    /// Several interfaces were chosen, and they differ in their MTU.
    case unequalMTU = "unequal-mtu"
  }

  let problem: Problem
  /// What was looked for, and what was found.
  let message: String
  /// What the operator can do.
  let remedy: String
  /// What to wait for, as an object of "waiting for", where time alone may bring it; nil where it takes an operator.
  let awaits: String?
  /// Every interface of the host, with the reason why it was not chosen.
  let candidates: [Candidate]
  /// What would bring a decision about; each was tried on this host as it was seen.
  let whatWouldDecide: [Counterfactual]

  /// Whether time alone may bring what is missing.
  var mayPass: Bool { awaits != nil }
}

/// Why a rule could not decide, before every interface of the host is written down beside it.
struct Undecided: Error, Sendable, Equatable {
  let problem: DetectionError.Problem
  let message: String
  let remedy: String
  let awaits: String?

  init(
    _ problem: DetectionError.Problem, _ message: String, remedy: String, awaits: String? = nil
  ) {
    (self.problem, self.message, self.remedy, self.awaits) = (problem, message, remedy, awaits)
  }

  /// With what was noticed on the way: it may tell the cause.
  func besides(_ warnings: [String]) -> Undecided {
    guard !warnings.isEmpty else { return self }
    return Undecided(
      problem, "\(message) (besides, \(warnings.joined(separator: "; ")))", remedy: remedy, awaits: awaits)
  }
}
