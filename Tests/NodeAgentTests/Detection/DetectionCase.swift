import Netlink
import Testing

@testable import NodeAgent

/// What is decided on which host: one row for each promise of the rules.
struct DetectionCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let settings: DetectionSettings
  let host: ImaginaryHost
  let expected: Expected

  enum Expected: Sendable {
    case chosen(String, rule: String, address: String, gateway: [String], warnings: Int = 0)
    /// Several interfaces, as `detect --brief` writes each: name, address, gateways.
    case several([String], rule: String, warnings: Int = 0)
    /// The message and remedy hold the words; with `awaits`, so does what is waited for, and without, time alone won't help.
    case fails(DetectionError.Problem, naming: [String], awaits: String? = nil)
  }

  init(
    _ name: String, _ expected: Expected, _ build: (inout ImaginaryHost) -> Void
  ) {
    self.init(name, .init(), expected, build)
  }

  init(
    _ name: String, _ settings: DetectionSettings, _ expected: Expected,
    _ build: (inout ImaginaryHost) -> Void
  ) {
    testDescription = name
    self.settings = settings
    self.expected = expected
    var host = ImaginaryHost()
    build(&host)
    self.host = host
  }
}

extension DetectionCase {
  var decision: Result<Decision, DetectionError> {
    Result { () throws(DetectionError) in
      try Detector(snapshot: host.snapshot, settings: settings).decide()
    }
  }

  /// Compares the answer with what is expected, and holds everything that is told beside it to its promise.
  func check() {
    switch (expected, decision) {
    case (.chosen(let name, let rule, let address, let gateway, let warnings), .success(let decision)):
      #expect(decision.interface.name == name)
      #expect(decision.rule.name == rule)
      #expect(decision.address.description == address)
      #expect(decision.gateway.addresses.map(\.description) == gateway)
      #expect(decision.warnings.count == warnings, "\(decision.warnings)")
      check(decision, chosen: [name])
    case (.several(let lines, let rule, let warnings), .success(let decision)):
      #expect(DetectionText.brief(decision) == lines.map { $0 + "\n" }.joined())
      #expect(decision.rule.name == rule)
      #expect(decision.warnings.count == warnings, "\(decision.warnings)")
      check(decision, chosen: lines.map { String($0.prefix { $0 != " " }) })
    case (.fails(let problem, let words, let awaits), .failure(let error)):
      #expect(error.problem == problem, "\(error.message)")
      for word in words {
        #expect("\(error.message); \(error.remedy)".contains(word), "\(error.message); \(error.remedy)")
      }
      #expect(error.mayPass == (awaits != nil), "\(error.awaits ?? "nothing")")
      if let awaits { #expect(error.awaits?.contains(awaits) == true, "\(error.awaits ?? "nothing")") }
      #expect(error.candidates.count == host.snapshot.links.count)
      #expect(error.candidates.allSatisfy { !$0.isChosen && !$0.reason.isEmpty })
      for statement in error.whatWouldDecide { check(statement, against: []) }
    case (.chosen, .failure(let error)), (.several, .failure(let error)): Issue.record("\(error.message)")
    case (.fails, .success(let decision)):
      Issue.record("chose \(decision.interface.name) because \(decision.rule)")
    }
  }

  private func check(_ decision: Decision, chosen: [String]) {
    #expect(Set(decision.candidates.filter(\.isChosen).map(\.name)) == Set(chosen))
    #expect(decision.candidates.count == host.snapshot.links.count)
    #expect(decision.candidates.allSatisfy { !$0.reason.isEmpty })
    for statement in decision.whatWouldChange { check(statement, against: chosen) }
  }

  /// Makes the changes that a statement names, by means of its own, and looks whether the answer is as it says.
  private func check(_ statement: Counterfactual, against chosen: [String]) {
    var host = host
    var settings = settings
    for change in statement.changes { host.make(change, &settings) }
    let other = try? Detector(snapshot: host.snapshot, settings: settings).decide(explained: false)
    #expect(other?.choices.map(\.interface.name) == statement.interfaces, "\(statement.text)")
    #expect(statement.interfaces != chosen, "\(statement.text)")
    #expect(statement.text.hasPrefix(statement.interfaces.joined(separator: " and ") + " would "))
  }
}

extension ImaginaryHost {
  /// Makes a change as an operator would.
  fileprivate mutating func make(_ change: Counterfactual.Change, _ settings: inout DetectionSettings) {
    switch change {
    case .setting("PHYSICAL_INTERFACE", let value):
      settings.interfaces = value.map { [InterfaceSelector.name($0)] } ?? []
    case .setting("L3MH_CIDR", let value): settings.multihoming = value.flatMap { IPPrefix($0) }
    case .setting("KUBERNETES_NODES_MAP", let value):
      settings.nodesMap = [settings.nodeName ?? snapshot.hostName: IPAddress(value ?? "") ?? .v4(.any)]
    case .setting(let name, _): Issue.record("\(name) is no setting that may be proposed")
    case .metric(let name, let family, let table, let metric):
      if family == .ipv6 && metric == 0 { Issue.record("IPv6 has no metric 0: the kernel makes 1024 of it") }
      for place in snapshot.routes.indices
      where snapshot.routes[place].outputIndex == index(of: name) && snapshot.routes[place].family == family
        && snapshot.routes[place].table == table
      {
        snapshot.routes[place].metric = metric
      }
    case .defaultRoute(let name, let gateway, let table, let metric, let instead):
      if gateway.family == .ipv6 && metric == 0 {
        Issue.record("IPv6 has no metric 0: the kernel makes 1024 of it")
      }
      if instead { snapshot.routes.removeAll { $0.table == table } }
      route("\(IPPrefix.all(gateway.family))", by: name, via: "\(gateway)", metric: metric, table: table)
    case .way(let address, let name): way(to: "\(address)", by: name)
    case .address(let name, let prefix): address(name, "\(prefix)")
    case .noVhost(let name):
      let old = index(of: name)
      let mac = snapshot.links.first { $0.index == old }?.macAddress
      let below = snapshot.links.filter {
        $0.macAddress == mac && $0.kind != "vhost" && $0.masterIndex == nil
      }
      let new = below.count == 1 ? below[0].index : nil
      snapshot.links.removeAll { $0.index == old }
      for place in snapshot.addresses.indices where snapshot.addresses[place].linkIndex == old {
        snapshot.addresses[place].linkIndex = new ?? 0
      }
      for place in snapshot.routes.indices where snapshot.routes[place].outputIndex == old {
        snapshot.routes[place].outputIndex = new
      }
    case .noIdentity: snapshot.identity = nil
    }
  }
}
