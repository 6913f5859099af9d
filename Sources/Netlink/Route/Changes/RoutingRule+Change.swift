internal import SystemPackage

extension RoutingRule: ChangeableObject {
  /// The message that makes a change to the rule. Flags that are the kernel's own aren't sent. The kernel has no
  /// replacing of rules, so that `replace` adds: see ``RouteNetlink/replace(_:with:)``.
  public func request(_ change: Change) -> NetlinkRequest {
    var request = NetlinkRequest(
      "\(change.verb) the rule", on: "\(priority) (\(family))",
      type: change == .delete ? Self.deleteType : Self.messageType,
      flags: change == .delete ? [] : Change.add.flags)
    // struct fib_rule_hdr: family, lengths, service, table, two unused, action, flags.
    request.append(family.rawValue)
    request.append(UInt8(destination?.length ?? 0))
    request.append(UInt8(source?.length ?? 0))
    request.append(typeOfService)
    request.append(table.flatMap { UInt8(exactly: $0.rawValue) } ?? 0)
    request.append(zeros: 2)
    request.append(action.rawValue)
    request.append(flags.intersection(.inverted).rawValue)
    appendSelectors(to: &request)
    appendOutcome(to: &request)
    request.append(otherAttributes)
    return request
  }

  private func appendSelectors(to request: inout NetlinkRequest) {
    if let source { request.append(attribute: RuleAttribute.source.rawValue, source.network.address) }
    if let destination {
      request.append(attribute: RuleAttribute.destination.rawValue, destination.network.address)
    }
    if let inputInterface {
      request.append(attribute: RuleAttribute.inputInterface.rawValue, text: inputInterface)
    }
    if let outputInterface {
      request.append(attribute: RuleAttribute.outputInterface.rawValue, text: outputInterface)
    }
    if let mark {
      request.append(attribute: RuleAttribute.mark.rawValue, mark)
      // Without a mask a mark of 0 would mean any.
      if markMask != nil || mark == 0 {
        request.append(attribute: RuleAttribute.markMask.rawValue, markMask ?? .max)
      }
    }
    if let tunnelID { request.append(attribute: RuleAttribute.tunnelID.rawValue, tunnelID.bigEndian) }
    if let ipProtocol { request.append(attribute: RuleAttribute.ipProtocol.rawValue, ipProtocol) }
    if let codePoint { request.append(attribute: RuleAttribute.codePoint.rawValue, codePoint) }
    if let sourcePorts { request.append(attribute: RuleAttribute.sourcePorts.rawValue, sourcePorts) }
    if let destinationPorts {
      request.append(attribute: RuleAttribute.destinationPorts.rawValue, destinationPorts)
    }
    if let userIDs { request.append(attribute: RuleAttribute.userIDs.rawValue, userIDs) }
  }

  private func appendOutcome(to request: inout NetlinkRequest) {
    if let table, table.rawValue > UInt8.max {
      request.append(attribute: RuleAttribute.table.rawValue, table.rawValue)
    }
    if let suppressedPrefixLength {
      request.append(
        attribute: RuleAttribute.suppressedPrefixLength.rawValue, suppressedPrefixLength, as: UInt32.self)
    }
    if let suppressedGroup {
      request.append(attribute: RuleAttribute.suppressedGroup.rawValue, suppressedGroup)
    }
    request.append(attribute: RuleAttribute.priority.rawValue, priority)
    if let goToPriority { request.append(attribute: RuleAttribute.goTo.rawValue, goToPriority) }
    if usesVRFTable { request.append(attribute: RuleAttribute.usesVRFTable.rawValue, UInt8(1)) }
    if ruleProtocol != .unspecified {
      request.append(attribute: RuleAttribute.ruleProtocol.rawValue, ruleProtocol.rawValue)
    }
    if let realms { request.append(attribute: RuleAttribute.realms.rawValue, realms) }
  }
}

extension NetlinkRequest {
  /// Adds an attribute that is the first and the last number of a range.
  fileprivate mutating func append<Value: FixedWidthInteger>(
    attribute type: UInt16, _ range: ClosedRange<Value>
  ) {
    append(nested: type, marked: false) { request in
      request.append(range.lowerBound)
      request.append(range.upperBound)
    }
  }
}

extension RouteNetlink {
  /// Puts a rule in the place of another. The new one is there before the old one goes; should removing the old
  /// one fail, the new one stays. Rules that are equal to the kernel are left as they are.
  public mutating func replace(
    _ old: RoutingRule, with new: RoutingRule
  ) throws(NetlinkError) {
    guard old.request(.add).payload != new.request(.add).payload else { return }
    do throws(NetlinkError) {
      try add(new)
    } catch {
      // It was put there before.
      guard error.cause == .refused(.fileExists) else { throw error }
    }
    try delete(old)
  }
}
