import Netlink

/// In which tables the kernel looks for the route of a packet that the host sends of itself, with nothing particular about
/// it: no mark, no bound interface, the source not chosen yet (ip-rule(8), fib_rules_lookup in net/core/fib_rules.c).
struct LookupOrder: Sendable {
  /// By priority.
  private let rules: [RoutingRule]

  init(_ family: AddressFamily, rules: [RoutingRule]) {
    let own = rules.filter { $0.family == family }
    // A kernel that was not asked has its own rules.
    self.rules = (own.isEmpty ? RoutingRule.kernelDefaults(family) : own)
      .enumerated().sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }.map(
        \.element)
  }

  /// The table whose default routes such a packet takes; nil where the lookup ends without one.
  ///
  /// - Parameter routes: the family's default routes of all tables, also those that lead nowhere.
  func table(of routes: [Route]) -> RouteTable? {
    var priority: UInt32 = 0
    for rule in rules where rule.priority >= priority && rule.matchesPlainPackets {
      switch rule.action {
      case .goTo:
        // One whose target isn't there does nothing.
        guard let target = rule.goToPriority, rules.contains(where: { $0.priority == target }) else {
          continue
        }
        priority = target
      case .none: continue
      case .lookUp:
        // A rule that suppresses prefixes of any length suppresses those of none.
        guard let table = rule.table, rule.suppressedPrefixLength == nil else { continue }
        let own = routes.filter { $0.table == table }
        guard let best = own.map(\.metric).min() else { continue }
        let types = own.filter { $0.metric == best }.map(\.type)
        if types.contains(.unicast) { return table }
        guard types == [.throw] else { return nil }
      default: return nil
      }
    }
    return nil
  }

  /// Rules that pick packets out by their source, and by nothing else.
  var bySource: [RoutingRule] {
    rules.filter { rule in
      guard rule.action == .lookUp, rule.source != nil, !rule.isInverted else { return false }
      var open = rule
      open.source = nil
      return open.matchesPlainPackets && rule.suppressedPrefixLength == nil
    }
  }
}

extension RoutingRule {
  /// Whether it is for packets that the host sends of itself, with nothing particular about them.
  var matchesPlainPackets: Bool {
    guard !usesVRFTable, !flags.contains(.inputInterfaceMissing), !flags.contains(.outputInterfaceMissing)
    else {
      return false
    }
    return describesPlainPackets != isInverted
  }

  private var describesPlainPackets: Bool {
    (source?.isDefault ?? true) && (destination?.isDefault ?? true)
      && (inputInterface ?? "lo") == "lo" && outputInterface == nil
      && (mark ?? 0) == 0 && typeOfService == 0 && (codePoint ?? 0) == 0
      && ipProtocol == nil && sourcePorts == nil && destinationPorts == nil
      // This program and the vRouter agent run as root.
      && (userIDs?.contains(0) ?? true) && tunnelID == nil && otherAttributes.isEmpty
  }
}
