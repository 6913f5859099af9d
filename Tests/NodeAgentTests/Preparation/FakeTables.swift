import Synchronization
import VRouter

@testable import NodeAgent

/// A module that makes its tables when it is asked to, and remembers how often it was.
final class FakeTables: ModuleMessenger {
  /// What it does with the message.
  enum Behaviour: Sendable {
    case makesTables
    /// Answers this, and makes nothing.
    case answers(HugePageAnswer)
    /// Says that all is well, and makes nothing.
    case lies
    /// Can't be talked with.
    case fails
  }

  private let state: Mutex<(areThere: Bool, sent: Int, asked: Int)>
  private let behaviour: Behaviour
  /// Where tables that are there lie; empty for page blocks.
  private let path: String

  init(areThere: Bool = false, path: String = "", _ behaviour: Behaviour = .makesTables) {
    state = Mutex((areThere, 0, 0))
    (self.behaviour, self.path) = (behaviour, path)
  }

  /// How often the message was sent.
  var sent: Int { state.withLock { $0.sent } }
  /// How often it was asked where the tables are.
  var asked: Int { state.withLock { $0.asked } }

  static let error = VRouterError("read", "the tables", reason: "nobody answers")

  func tables() throws(VRouterError) -> TablesState {
    let areThere = state.withLock { state in
      state.asked += 1
      return state.areThere
    }
    if case .fails = behaviour { throw Self.error }
    return Self.tables(areThere, path: path)
  }

  func makeTables() throws(VRouterError) -> HugePageAnswer {
    state.withLock { $0.sent += 1 }
    switch behaviour {
    case .fails: throw Self.error
    case .answers(let answer): return answer
    case .lies: break
    case .makesTables: state.withLock { $0.areThere = true }
    }
    return HugePageAnswer(code: 0, outcome: .withoutHugePages)
  }

  static func tables(_ areThere: Bool, path: String = "") -> TablesState {
    var flow = VRouterFlowTable()
    var bridge = VRouterBridgeTable()
    (flow.size, bridge.size) = (161_218_560, 20_185_088)
    flow.device = areThere ? 245 : VRouterFlowTable.noDevice
    bridge.device = flow.device
    if areThere { flow.path = path }
    return TablesState(flow: flow, bridge: bridge)
  }
}

/// Without a process of its own, and without a lock.
struct DirectTables: TableMaker {
  let messenger: FakeTables

  func tables() throws(VRouterError) -> TablesState { try messenger.tables() }

  func makeTables() throws(VRouterError) -> TableExchange { try TableExchange.run(by: messenger) }
}
