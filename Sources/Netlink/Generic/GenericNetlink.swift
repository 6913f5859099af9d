internal import SystemPackage

/// Generic netlink: families that parts of the kernel register by name.
///
/// ```swift
/// var netlink = try GenericNetlink()
/// if let family = try netlink.family(named: "ethtool") {
///   var request = family.request("read the rings", on: "eth0", command: 15)
///   request.append(nested: 1) { $0.append(attribute: 2, text: "eth0") }
///   let command = try netlink.session.request(request) { (message) throws(WireError) in
///     try family.message(message)?.command
///   }
/// }
/// ```
public struct GenericNetlink: ~Copyable {
  /// The session that everything goes through.
  public var session: NetlinkSession

  /// Opens a socket in the calling thread's network namespace.
  public init(timeout: Duration = .seconds(10)) throws(NetlinkError) {
    session = try NetlinkSession(.generic, timeout: timeout)
  }

  /// Opens a socket in another network namespace. The calling thread stays in its own.
  public init(in namespace: NetworkNamespace, timeout: Duration = .seconds(10)) throws(NetlinkError) {
    session = try NetlinkSession(.generic, in: namespace, timeout: timeout)
  }

  /// Uses a session that exists, such as one over a fake kernel.
  public init(_ session: consuming NetlinkSession) {
    self.session = session
  }

  /// The family with a name; `nil` if there is none.
  ///
  /// The kernel may load a module for a name that it doesn't know. Where that isn't wanted, look through
  /// ``families()``.
  public mutating func family(named name: String) throws(NetlinkError) -> GenericFamily? {
    // GENL_NAMSIZ, with the NUL at the end.
    guard (1..<16).contains(name.utf8.count), !name.utf8.contains(0) else { return nil }
    var request = GenericFamily.control.request(
      "find the generic netlink family", on: name, command: GenericFamily.getFamily)
    request.append(attribute: GenericFamily.Attribute.name.rawValue, text: name)
    do throws(NetlinkError) {
      return try session.request(request) { (message) throws(WireError) in try GenericFamily(message) }
    } catch {
      if error.cause == .refused(.noSuchFileOrDirectory) { return nil }
      throw error
    }
  }

  /// All families that are registered.
  public mutating func families() throws(NetlinkError) -> [GenericFamily] {
    let request = GenericFamily.control.request(
      "list the generic netlink families", command: GenericFamily.getFamily)
    return try session.dump(request) { (message) throws(WireError) in try GenericFamily(message) }
  }
}
