import VRouter

/// What the module says about the tables of the vRouter agent.
struct TablesState: Sendable, Equatable {
  var flow: VRouterFlowTable
  var bridge: VRouterBridgeTable

  /// The module tells sizes at all times; only the device says that the tables were made.
  var areThere: Bool {
    flow.device != VRouterFlowTable.noDevice && bridge.device != VRouterFlowTable.noDevice
  }

  /// Whether a table lies in huge pages.
  var useHugePages: Bool { !flow.path.isEmpty || !bridge.path.isEmpty }
}

/// Asks the module about its tables, and has it make them: what tests put another in the place of.
protocol ModuleMessenger: Sendable {
  /// Where the tables are. Changes nothing.
  func tables() throws(VRouterError) -> TablesState

  /// Sends the vRouter agent's first message, without huge pages.
  func makeTables() throws(VRouterError) -> HugePageAnswer
}

/// The module of the running kernel.
struct KernelModuleMessenger: ModuleMessenger {
  func tables() throws(VRouterError) -> TablesState {
    var module = try VRouterSession()
    return TablesState(flow: try module.flowTable(), bridge: try module.bridgeTable())
  }

  func makeTables() throws(VRouterError) -> HugePageAnswer {
    var module = try VRouterSession()
    return try module.configure(HugePageConfiguration())
  }
}

/// The one message that makes the tables, between two looks at them.
struct TableExchange: Sendable, Equatable {
  /// What the module answered; nil when the tables were there, and nothing was sent.
  let answer: HugePageAnswer?
  /// As they are now.
  let tables: TablesState

  /// The message is sent at most once in the life of a loaded module, as each registers the module's character device
  /// once more. The kernel handles it before sending returns: who is killed leaves either nothing or the tables.
  ///
  /// Nobody else may be at it between the look and the message.
  static func run(by messenger: some ModuleMessenger) throws(VRouterError) -> TableExchange {
    let before = try messenger.tables()
    guard !before.areThere else { return TableExchange(answer: nil, tables: before) }
    let answer = try messenger.makeTables()
    return TableExchange(answer: answer, tables: try messenger.tables())
  }
}

/// Does all of that, as the only one on the host.
protocol TableMaker: Sendable {
  /// Where the tables are. Changes nothing.
  func tables() throws(VRouterError) -> TablesState

  /// Has them made, unless they are there.
  func makeTables() throws(VRouterError) -> TableExchange
}
