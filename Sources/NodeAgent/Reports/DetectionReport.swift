import Netlink

/// A decision, or why there is none, as JSON carries it.
struct DetectionReport: Encodable {
  /// The first of ``interfaces``, which with one uplink is the only one; so are the members up to ``gatewayReason``.
  var interface: String?
  var rule: String?
  var reason: String?
  var address: String?
  var addressHolder: String?
  var gateways: [String] = []
  var gatewayReason: String?
  /// In bytes; all chosen interfaces have the same.
  var mtu: Int?
  /// Every chosen interface.
  var interfaces: [ChoiceReport] = []
  var warnings: [String] = []
  var error: Failure?
  /// What would make another interface win; without a decision, what would bring one about.
  var wouldChange: [CounterfactualReport] = []
  let candidates: [CandidateReport]

  struct Failure: Encodable {
    let problem: String
    let message: String
    let remedy: String
    /// What to wait for, where time alone may bring it.
    let awaits: String?
  }

  init(_ decision: Decision) {
    interface = decision.interface.name
    rule = decision.rule.name
    reason = "\(decision.rule)"
    address = decision.address.description
    addressHolder = decision.addressHolder
    gateways = decision.gateway.addresses.map(\.description)
    gatewayReason = decision.gateway.reason
    mtu = decision.mtu
    interfaces = decision.choices.map(ChoiceReport.init)
    warnings = decision.warnings
    wouldChange = decision.whatWouldChange.map(CounterfactualReport.init)
    candidates = decision.candidates.map(CandidateReport.init)
  }

  init(_ failure: DetectionError) {
    error = Failure(
      problem: failure.problem.rawValue, message: failure.message, remedy: failure.remedy,
      awaits: failure.awaits)
    wouldChange = failure.whatWouldDecide.map(CounterfactualReport.init)
    candidates = failure.candidates.map(CandidateReport.init)
  }
}

/// One chosen interface.
struct ChoiceReport: Encodable {
  let name: String
  let index: Int
  let mac: String?
  let mtu: Int
  let address: String
  let addressHolder: String
  let gateways: [String]
  let gatewayReason: String

  init(_ choice: Decision.Choice) {
    name = choice.interface.name
    index = choice.interface.index
    mac = choice.interface.mac?.description
    mtu = choice.interface.mtu
    address = choice.address.description
    addressHolder = choice.holder
    gateways = choice.gateway.addresses.map(\.description)
    gatewayReason = choice.gateway.reason
  }
}

/// Something that would change the answer.
struct CounterfactualReport: Encodable {
  let interfaces: [String]
  let text: String
  let changes: [ChangeReport]

  init(_ counterfactual: Counterfactual) {
    interfaces = counterfactual.interfaces
    text = counterfactual.text
    changes = counterfactual.changes.map(ChangeReport.init)
  }
}

/// One thing that would be otherwise; the members that its kind has no use for are left out.
struct ChangeReport: Encodable {
  let kind: String
  var setting: String?
  var value: String?
  var interface: String?
  var family: String?
  var table: String?
  var metric: UInt32?
  var address: String?
  var gateway: String?

  init(_ change: Counterfactual.Change) {
    kind = change.kind
    switch change {
    case .setting(let name, let value): (setting, self.value) = (name, value)
    case .metric(let interface, let family, let table, let metric):
      (self.interface, self.family, self.table, self.metric) = (interface, "\(family)", "\(table)", metric)
    case .defaultRoute(let interface, let gateway, let table, let metric, _):
      (self.interface, self.family, self.table, self.metric) =
        (interface, "\(gateway.family)", "\(table)", metric)
      self.gateway = "\(gateway)"
    case .way(let address, let interface): (self.address, self.interface) = ("\(address)", interface)
    case .address(let interface, let prefix): (self.interface, address) = (interface, "\(prefix)")
    case .noVhost(let name): interface = name
    case .noIdentity: break
    }
  }
}

/// One interface that was considered.
struct CandidateReport: Encodable {
  let name: String
  let index: Int
  let kind: String?
  let mac: String?
  let mtu: Int
  let isUp: Bool
  let hasCarrier: Bool
  let addresses: [String]
  let defaultRoutes: [DefaultRoute]
  let chosen: Bool
  let reason: String

  struct DefaultRoute: Encodable {
    let family: String
    let table: String
    let metric: UInt32
    let gateway: String?
    let nextHops: [String]
    let carriesTraffic: Bool
  }

  init(_ candidate: Candidate) {
    name = candidate.name
    index = candidate.index
    kind = candidate.kind
    mac = candidate.mac?.description
    mtu = candidate.mtu
    isUp = candidate.isUp
    hasCarrier = candidate.hasCarrier
    addresses = candidate.addresses.map(\.description)
    defaultRoutes = candidate.defaultRoutes.map {
      DefaultRoute(
        family: "\($0.family)", table: "\($0.table)", metric: $0.metric, gateway: $0.gateway?.description,
        nextHops: $0.nextHops, carriesTraffic: $0.carriesTraffic)
    }
    chosen = candidate.isChosen
    reason = candidate.reason
  }
}
