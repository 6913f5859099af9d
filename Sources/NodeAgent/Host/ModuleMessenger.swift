import VRouter

/// What the module says about the tables of the vRouter agent.
struct TablesState: Sendable, Equatable {
  var flow: VRouterFlowTable
  var bridge: VRouterBridgeTable

  /// The module tells sizes at all times; only the device says that the tables were made.
  var areThere: Bool {
    flow.device != VRouterFlowTable.noDevice && bridge.device != VRouterFlowTable.noDevice
  }
}

/// Talks with the module in the kernel about its tables: what tests put another in the place of.
protocol ModuleMessenger: Sendable {
  /// Where the tables are. Changes nothing.
  func tables() throws(VRouterError) -> TablesState

  /// Sends the vRouter agent's first message, without huge pages.
  func makeTables() throws(VRouterError) -> HugePageAnswer
}

/// The running kernel's module.
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
