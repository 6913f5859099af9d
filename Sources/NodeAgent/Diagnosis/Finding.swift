/// One result of a diagnosis.
struct Finding: Sendable, Equatable, Encodable {
  /// Its stable name, by which it is documented in `docs/findings.md`.
  let name: Name
  let severity: Severity
  /// What is wrong, in one sentence.
  let message: String
  /// What was seen, line by line.
  let evidence: [String]
  /// What to do.
  let remedy: String

  enum Severity: String, Sendable, Encodable {
    /// The node can't be prepared, or doesn't work.
    case error
    /// The node works, or is not prepared yet; something should be looked at.
    case warning
  }

  enum Name: String, Sendable, Encodable, CaseIterable {
    case settingsInvalid = "settings.invalid"
    case interfaceUndecided = "interface.undecided"
    case interfaceDown = "interface.down"
    case gatewayMissing = "gateway.missing"
    case moduleBuildMissing = "module.build-missing"
    case moduleRefused = "module.refused"
    case moduleStale = "module.stale"
    case memoryLoadShort = "memory.load-short"
    case memoryStartShort = "memory.start-short"
    case configMissing = "config.missing"
    case configChanged = "config.changed"
    case readinessStale = "readiness.stale"
    case addressPrefixUnknown = "address.prefix-unknown"
    case hugePagesUnmounted = "huge-pages.unmounted"
    case hugePagesShort = "huge-pages.short"
    case functionsRefused = "virtual-functions.refused"
    case functionsMissing = "virtual-functions.missing"
    case featuresUnfit = "nic.features-unfit"
    case nameServersLost = "name-servers.lost"
    case leaseUnrenewed = "lease.unrenewed"
    case takeoverUnfinished = "takeover.unfinished"
  }

  init(_ name: Name, _ severity: Severity, _ message: String, evidence: [String] = [], remedy: String) {
    self.name = name
    self.severity = severity
    self.message = message
    self.evidence = evidence
    self.remedy = remedy
  }

  /// An error.
  init(_ name: Name, _ message: String, evidence: [String] = [], remedy: String) {
    self.init(name, .error, message, evidence: evidence, remedy: remedy)
  }
}
