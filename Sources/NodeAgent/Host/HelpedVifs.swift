import KernelModule
import VRouter

/// Tells which interfaces a loaded module has beyond its own: what tests put another in the place of.
protocol VifLister: Sendable {
  func foreignVifs() -> ForeignVifs
}

/// Asks the module from a process of its own, since generic netlink may hang.
struct HelpedVifs: VifLister {
  let limit: Duration

  func foreignVifs() -> ForeignVifs {
    switch HelperProcess.run(ListVifsTask.self, ListVifsTask.Request(), within: limit) {
    case .answered(let answer):
      if let reason = answer.unknown { .unknown(reason: reason) } else { .named(answer.names) }
    case .unanswered(let unanswered): .unknown(reason: unanswered.description)
    case .failed(let reason): .unknown(reason: reason)
    }
  }
}

/// Lists the interfaces of the loaded module that aren't its own.
enum ListVifsTask: HelperTask {
  struct Request: Codable, Sendable {}

  struct Answer: Codable, Sendable {
    var names: [String] = []
    /// Why they can't be told.
    var unknown: String?
  }

  static let name = "list-vifs"

  static func perform(_ request: Request) -> Answer {
    switch ForeignVifs.observe() {
    case .named(let names): Answer(names: names)
    case .unknown(let reason): Answer(unknown: reason)
    }
  }
}
