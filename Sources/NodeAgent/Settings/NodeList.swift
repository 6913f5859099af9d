import Netlink

/// A node as an operator names it.
enum NodeReference: Sendable, Hashable, CustomStringConvertible {
  case address(IPAddress)
  /// A host name, which has yet to be resolved.
  case name(String)

  /// An address, or a host name of letters, digits, '-', '_' and '.' whose last label isn't a number (RFC 1123 2.1: a
  /// name that ends so would be a malformed address).
  init?(_ text: String) {
    if let address = IPAddress(text) {
      self = .address(address)
    } else if HostName.isValid(text) {
      self = .name(text)
    } else {
      return nil
    }
  }

  var description: String {
    switch self {
    case .address(let address): address.description
    case .name(let name): name
    }
  }
}

/// The nodes of a role.
enum NodeList: Sendable, Equatable {
  case nodes([NodeReference])
  /// Nobody named any: this host's own address on the interface with the default route is meant.
  case defaultAddress
}

/// A server with its port.
struct ServerReference: Sendable, Hashable, CustomStringConvertible {
  let host: NodeReference
  let port: UInt16
  /// As the operator wrote it, which is what the agent gets.
  let text: String

  var description: String { text }
}

/// The servers that the agent connects to.
enum ServerList: Sendable, Equatable {
  /// Named with their ports.
  case servers([ServerReference])
  /// Every node of a list, with one port.
  case nodes(NodeList, port: UInt16)
}

/// Host names as they are checked before use.
enum HostName {
  /// A name to look up: as ``isNodeName(_:)``, but its last label isn't a number, since a malformed address looks so.
  static func isValid(_ text: String) -> Bool {
    let name = text.hasSuffix(".") ? text.dropLast() : text[...]
    let last = name.split(separator: ".").last
    return isNodeName(text) && last?.utf8.allSatisfy(Ascii.isDigit) == false
  }

  /// Up to 253 characters in labels of 1 to 63 letters, digits, '-' and '_' that neither start nor end with '-'. One
  /// dot may end it.
  static func isNodeName(_ text: String) -> Bool {
    let name = text.hasSuffix(".") ? text.dropLast() : text[...]
    guard (1...253).contains(name.utf8.count) else { return false }
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    return labels.allSatisfy { label in
      (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
        && label.utf8.allSatisfy { Ascii.continuesName($0) || $0 == UInt8(ascii: "-") }
    }
  }
}
