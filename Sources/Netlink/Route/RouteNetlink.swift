internal import SystemPackage

/// Links, addresses and routes of one network namespace, read from the kernel (rtnetlink(7)).
///
/// ```swift
/// var netlink = try RouteNetlink()
/// for link in try netlink.links() where link.isUp { print(link.name) }
/// ```
public struct RouteNetlink: ~Copyable {
  /// The session that everything goes through.
  public var session: NetlinkSession

  /// Opens a socket in the calling thread's network namespace.
  public init(timeout: Duration = .seconds(10)) throws(NetlinkError) {
    session = try NetlinkSession(.route, timeout: timeout)
  }

  /// Uses a session that exists, such as one over a fake kernel.
  public init(_ session: consuming NetlinkSession) {
    self.session = session
  }
}

/// Links.
extension RouteNetlink {
  /// All links, in the kernel's order.
  ///
  /// - Parameter keepingUnread: whether ``Link/otherAttributes`` holds what this library doesn't read. Of thousands of
  ///   links they take more memory than all the rest.
  public mutating func links(keepingUnread: Bool = true) throws(NetlinkError) -> [Link] {
    try session.dump(Self.linkRequest("list the links")) { (message) throws(WireError) in
      try Link(message, keepingUnread: keepingUnread)
    }
  }

  /// The link with an index; `nil` if there is none.
  public mutating func link(index: Int) throws(NetlinkError) -> Link? {
    guard let number = Int32(exactly: index), number > 0 else { return nil }
    return try link(Self.linkRequest("read the link", on: "index \(index)", index: number))
  }

  /// The link with a name, be it the name or (5.5 and later) an alternative one; `nil` if there is none.
  public mutating func link(named name: String) throws(NetlinkError) -> Link? {
    // IFNAMSIZ and ALTIFNAMSIZ, both with the NUL at the end.
    guard (1..<128).contains(name.utf8.count), !name.utf8.contains(0) else { return nil }
    let isLong = name.utf8.count > 15
    var request = Self.linkRequest("read the link", on: name)
    request.append(
      attribute: (isLong ? LinkAttribute.alternativeName : .name).rawValue, text: name)
    do throws(NetlinkError) {
      return try link(request)
    } catch {
      // A kernel that doesn't know alternative names sees a request without a name.
      if isLong, error.cause == .refused(.invalidArgument) { return nil }
      throw error
    }
  }

  /// The virtual functions of an SR-IOV card; none for other interfaces, and `nil` if there is no such interface.
  public mutating func virtualFunctions(linkIndex: Int) throws(NetlinkError) -> [VirtualFunction]? {
    guard let number = Int32(exactly: linkIndex), number > 0 else { return nil }
    let request = Self.linkRequest(
      "list the virtual functions", on: "interface index \(linkIndex)", index: number,
      extensions: [.skipStatistics, .virtualFunctions])
    return try link(request)?.virtualFunctions
  }

  private mutating func link(_ request: NetlinkRequest) throws(NetlinkError) -> Link? {
    do throws(NetlinkError) {
      return try session.request(request) { (message) throws(WireError) in try Link(message) }
    } catch {
      if error.cause == .refused(.noSuchDevice) { return nil }
      throw error
    }
  }

  private static func linkRequest(
    _ operation: String, on subject: String? = nil, index: Int32 = 0,
    extensions: LinkExtensions = .skipStatistics
  ) -> NetlinkRequest {
    var request = NetlinkRequest(operation, on: subject, type: Link.getType)
    // struct ifinfomsg: only the index may be set.
    request.append(zeros: 4)
    request.append(index)
    request.append(zeros: 8)
    request.append(attribute: LinkAttribute.extensionMask.rawValue, extensions.rawValue)
    return request
  }
}

/// What a link is to be told with or without (`RTEXT_FILTER_…` in linux/rtnetlink.h).
private struct LinkExtensions: OptionSet {
  let rawValue: UInt32

  static let virtualFunctions = Self(rawValue: 1 << 0)
  /// Counters are most of the bytes and nobody reads them.
  static let skipStatistics = Self(rawValue: 1 << 3)
}

/// Addresses.
extension RouteNetlink {
  /// Addresses, in the kernel's order.
  ///
  /// - Parameters:
  ///   - family: only this family's.
  ///   - linkIndex: only this interface's; none if there's no such interface.
  public mutating func addresses(
    family: AddressFamily? = nil, linkIndex: Int? = nil
  ) throws(NetlinkError) -> [Address] {
    var request = NetlinkRequest(
      "list the addresses", on: linkIndex.map { "interface index \($0)" }, type: Address.getType)
    // struct ifaddrmsg: family, prefix length, flags, scope, index.
    request.append(family?.rawValue ?? 0)
    request.append(zeros: 3)
    request.append(Int32(clamping: linkIndex ?? 0))
    do throws(NetlinkError) {
      return try session.dump(request) { (message) throws(WireError) in
        guard let address = try Address(message) else { return nil }
        // Kernels before 4.20 ignore the index, and one without IPv6 ignores the family.
        if let family, address.family != family { return nil }
        if let linkIndex, address.linkIndex != linkIndex { return nil }
        return address
      }
    } catch {
      if linkIndex != nil, error.cause == .refused(.noSuchDevice) { return [] }
      throw error
    }
  }
}
