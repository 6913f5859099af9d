internal import SystemPackage

/// Rules.
extension RouteNetlink {
  /// The rules of a family (`nil`: of both), in the order in which the kernel tries them, IPv4 first.
  ///
  /// A kernel without policy routing, and a family that the host doesn't have, have none; the kernel then
  /// looks up the tables of ``RoutingRule/kernelDefaults(_:)``.
  public mutating func rules(family: AddressFamily? = nil) throws(NetlinkError) -> [RoutingRule] {
    guard let family else {
      var rules: [RoutingRule] = []
      for family in AddressFamily.allCases { rules += try self.rules(family: family) }
      return rules
    }
    var request = NetlinkRequest("list the rules", on: "\(family)", type: RoutingRule.getType)
    // struct fib_rule_hdr: only the family may be set.
    request.append(family.rawValue)
    request.append(zeros: RoutingRule.headerSize - 1)
    do throws(NetlinkError) {
      return try session.dump(request) { (message) throws(WireError) in
        guard let rule = try RoutingRule(message), rule.family == family else { return nil }
        return rule
      }
    } catch {
      switch error.cause {
      case .refused(.addressFamilyNotSupported), .refused(.notSupported): return []
      default: throw error
      }
    }
  }
}
