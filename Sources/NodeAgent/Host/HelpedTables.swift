import HostFiles
import KernelModule
import VRouter

/// Talks with the module from a process of its own: after a crash in a user of generic netlink its lock is never given back,
/// and sending hangs beyond any signal until the host is rebooted.
struct HelpedTables: TableMaker {
  let root: HostRoot
  /// For one exchange.
  let limit: Duration

  func tables() throws(VRouterError) -> TablesState {
    try ask(makes: false, "read").tables
  }

  func makeTables() throws(VRouterError) -> TableExchange {
    try ask(makes: true, "make")
  }

  private func ask(makes: Bool, _ operation: String) throws(VRouterError) -> TableExchange {
    let request = ModuleTablesTask.Request(root: root.path, makes: makes)
    let subject = "the module's tables"
    switch HelperProcess.run(ModuleTablesTask.self, request, within: limit) {
    case .answered(.problem(let problem)): throw problem.error
    case .answered(.exchange(let exchange)):
      guard let exchange = exchange.exchange else {
        throw VRouterError(
          operation, subject, reason: "the helper process gave an answer that can't be understood")
      }
      return exchange
    case .unanswered(let unanswered):
      throw VRouterError(
        operation, subject, reason: unanswered.description,
        remedy:
          "read the kernel's log (dmesg) for a crash; generic netlink may hang until the host is rebooted"
      )
    case .failed(let reason): throw VRouterError(operation, subject, reason: reason)
    }
  }
}

/// One exchange with the module about its tables.
enum ModuleTablesTask: HelperTask {
  /// Held around the look and the message. An agent that was killed may have left a helper that is about to send; the next
  /// agent's helper must not look before that one is gone.
  static let lock = "/run/vrouter-node-agent/tables.lock"

  struct Request: Codable, Sendable {
    let root: String
    /// Whether the tables are to be made.
    let makes: Bool
  }

  enum Answer: Codable, Sendable {
    case exchange(Exchange)
    case problem(Problem)
  }

  static let name = "module-tables"

  static func perform(_ request: Request) -> Answer {
    do throws(VRouterError) {
      let messenger = KernelModuleMessenger()
      guard request.makes else {
        return .exchange(Exchange(TableExchange(answer: nil, tables: try messenger.tables())))
      }
      return .exchange(Exchange(try exclusively(request.root, messenger)))
    } catch {
      return .problem(Problem(error))
    }
  }

  private static func exclusively(
    _ root: String, _ messenger: some ModuleMessenger
  ) throws(VRouterError) -> TableExchange {
    let host: HostRoot
    do {
      host = try ModuleTaskHost.host(root)
    } catch {
      throw VRouterError("make", "the module's tables", reason: "\(error)")
    }
    let lock = try take(host)
    return try holding(lock, messenger)
  }

  /// Who asked waits for no longer than its limit, and then ends this process.
  private static func take(_ root: HostRoot) throws(VRouterError) -> HostLock {
    while true {
      do throws(HostLock.Failure) {
        return try HostLock(lock, root: root, holder: "")
      } catch .held {
        MonotonicPacing().wait(.milliseconds(20))
      } catch {
        throw VRouterError(
          "make", "the module's tables", reason: "\(lock) can't be used: \(error)",
          remedy: "make the host's /run writable")
      }
    }
  }

  /// The borrow keeps the lock until the exchange is over.
  private static func holding(
    _ lock: borrowing HostLock, _ messenger: some ModuleMessenger
  ) throws(VRouterError) -> TableExchange {
    try TableExchange.run(by: messenger)
  }
}

extension ModuleTablesTask {
  /// An exchange in a form that goes over a socket: the tables as the module's own messages.
  struct Exchange: Codable, Sendable {
    let code: Int32?
    let outcome: Int32?
    let flow: [UInt8]
    let bridge: [UInt8]

    init(_ exchange: TableExchange) {
      code = exchange.answer?.code
      outcome = exchange.answer?.outcome?.number
      flow = exchange.tables.flow.encoded
      bridge = exchange.tables.bridge.encoded
    }

    /// Nil when the messages are none.
    var exchange: TableExchange? {
      guard let flow = message(flow, VRouterFlowTable.self),
        let bridge = message(bridge, VRouterBridgeTable.self)
      else { return nil }
      let answer = code.map { code in
        HugePageAnswer(
          code: code,
          outcome: outcome.map { HugePageConfiguration.Outcome(UInt32(bitPattern: $0)) })
      }
      return TableExchange(answer: answer, tables: TablesState(flow: flow, bridge: bridge))
    }

    private func message<Message: VRouterMessage>(_ bytes: [UInt8], _: Message.Type) -> Message? {
      (try? SandeshMessage.decode(bytes))?.first.flatMap { Message($0) }
    }
  }

  struct Problem: Codable, Sendable {
    let operation: String
    let subject: String
    let reason: String
    let remedy: String?
    let code: Int32?

    init(_ error: VRouterError) {
      (operation, subject, reason) = (error.operation, error.subject, error.reason)
      (remedy, code) = (error.remedy, error.code)
    }

    var error: VRouterError {
      VRouterError(operation, subject, reason: reason, remedy: remedy, code: code)
    }
  }
}
