extension VRouterSession {
  /// The limits that the module works with (`vrouter --info`).
  public mutating func limits() throws(VRouterError) -> VRouterLimits {
    var message = VRouterLimits()
    message.operation = MessageOperation.get.rawValue
    return try ask("read", on: "the module's limits", message).object(VRouterLimits.self)
  }

  /// Where the flow table is.
  public mutating func flowTable() throws(VRouterError) -> VRouterFlowTable {
    var message = VRouterFlowTable()
    message.operation = VRouterFlowTable.get
    return try ask("read", on: "the flow table's place", message).object(VRouterFlowTable.self)
  }

  /// Where the bridge table is.
  public mutating func bridgeTable() throws(VRouterError) -> VRouterBridgeTable {
    var message = VRouterBridgeTable()
    message.operation = MessageOperation.get.rawValue
    return try ask("read", on: "the bridge table's place", message).object(VRouterBridgeTable.self)
  }

  /// Sends the vRouter agent's first message, on which the module makes its tables.
  ///
  /// Send it **once**, and only while ``flowTable()`` and ``bridgeTable()`` have no device: without huge pages the module
  /// answers a further one like the first, takes nothing, but registers its character device again, and forgets the
  /// older one, which stays behind when it is unloaded (dp-core/vrouter.c, linux/vr_mem.c of tf-vrouter).
  public mutating func configure(
    _ configuration: HugePageConfiguration
  ) throws(VRouterError) -> HugePageAnswer {
    let answer = try ask("make", on: "the module's tables", configuration)
    let object = answer.objects.lazy.compactMap(HugePageConfiguration.init).first
    return HugePageAnswer(
      code: answer.code, outcome: object.map { HugePageConfiguration.Outcome($0.outcome) })
  }
}

/// What the module answered to ``HugePageConfiguration``.
public struct HugePageAnswer: Sendable, Hashable {
  /// The response code: 0, or a negative errno.
  public var code: Int32
  /// What became of the huge pages and tables; nil when the answer doesn't say.
  public var outcome: HugePageConfiguration.Outcome?

  /// Makes an answer.
  public init(code: Int32, outcome: HugePageConfiguration.Outcome?) {
    self.code = code
    self.outcome = outcome
  }
}

extension HugePageAnswer: CustomStringConvertible {
  /// Both numbers, as an operator finds them in the module's own log.
  public var description: String {
    let code = code == 0 ? "0" : "\(ResponseCode(self.code))"
    return "response code \(code), vhp_resp \(outcome.map { "\($0.number)" } ?? "missing")"
  }
}
