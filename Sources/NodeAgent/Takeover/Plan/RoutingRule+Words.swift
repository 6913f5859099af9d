import Netlink

extension RoutingRule {
  /// The rule as `ip rule add` takes it (ip-rule(8)).
  var words: [String] {
    selectors + ["priority \(priority)"] + outcome
      + (ruleProtocol == .unspecified ? [] : ["protocol \(ruleProtocol)"])
      + (otherAttributes.isEmpty ? [] : ["# and attributes as they are"])
  }

  private var selectors: [String] {
    var words = isInverted ? ["not"] : []
    words.append("from \(source.map { "\($0)" } ?? "all")")
    if let destination { words.append("to \(destination)") }
    // In hexadecimal, as ip reads it: type of service, or its upper six bits alone.
    if typeOfService != 0 { words.append("tos 0x\(String(typeOfService, radix: 16))") }
    if let codePoint { words.append("dscp \(codePoint)") }
    if let mark { words.append("fwmark \(mark)" + (markMask.map { "/\($0)" } ?? "")) }
    if let name = inputInterface { words.append("iif \(name)") }
    if let name = outputInterface { words.append("oif \(name)") }
    if let users = userIDs { words.append("uidrange \(users.lowerBound)-\(users.upperBound)") }
    if let number = ipProtocol { words.append("ipproto \(number)") }
    if let ports = sourcePorts { words.append("sport \(Self.text(ports))") }
    if let ports = destinationPorts { words.append("dport \(Self.text(ports))") }
    if let tunnelID { words.append("tun_id \(tunnelID)") }
    return words
  }

  private var outcome: [String] {
    var words: [String] = []
    if usesVRFTable {
      words.append("l3mdev")
    } else if let table {
      words.append("lookup \(table)")
    } else if action == .goTo {
      words.append("goto \(goToPriority ?? 0)")
    } else {
      words.append("\(action)")
    }
    if let length = suppressedPrefixLength { words.append("suppress_prefixlength \(length)") }
    if let group = suppressedGroup { words.append("suppress_ifgroup \(group)") }
    if let realms {
      words.append("realms \(realms >> 16 == 0 ? "" : "\(realms >> 16)/")\(realms & 0xffff)")
    }
    return words
  }

  private static func text(_ ports: ClosedRange<UInt16>) -> String {
    ports.count == 1 ? "\(ports.lowerBound)" : "\(ports.lowerBound)-\(ports.upperBound)"
  }
}
