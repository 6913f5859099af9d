import Netlink

/// A decision, or why there is none, as JSON carries it.
struct DetectionReport: Encodable {
  var interface: String?
  var rule: String?
  var reason: String?
  var address: String?
  var addressHolder: String?
  var gateways: [String] = []
  var gatewayReason: String?
  var warnings: [String] = []
  var error: Failure?
  let candidates: [CandidateReport]

  struct Failure: Encodable {
    let problem: String
    let message: String
    let remedy: String
  }

  init(_ decision: Decision) {
    interface = decision.interface.name
    rule = decision.rule.name
    reason = "\(decision.rule)"
    address = decision.address.description
    addressHolder = decision.addressHolder
    gateways = decision.gateway.addresses.map(\.description)
    gatewayReason = decision.gateway.reason
    warnings = decision.warnings
    candidates = decision.candidates.map(CandidateReport.init)
  }

  init(_ failure: DetectionError) {
    error = Failure(problem: failure.problem.rawValue, message: failure.message, remedy: failure.remedy)
    candidates = failure.candidates.map(CandidateReport.init)
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
    let metric: UInt32
    let gateway: String?
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
      DefaultRoute(family: "\($0.family)", metric: $0.metric, gateway: $0.gateway?.description)
    }
    chosen = candidate.isChosen
    reason = candidate.reason
  }
}
