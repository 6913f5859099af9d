/// An interface to be made.
///
/// ```swift
/// try netlink.add(NewLink("bond0.100", .vlan(VLANDetails(id: 100)), lowerIndex: bond.index))
/// ```
public struct NewLink: Sendable, Hashable {
  /// Its name, at most 15 bytes.
  public var name: String
  /// Its kind, with what the kind needs.
  public var kind: NewLinkKind
  /// The index that it is to have; `nil`: the kernel chooses. One that is taken is an error (EBUSY).
  public var index: Int?
  /// Index of the interface that it lies on, for kinds that lie on one.
  public var lowerIndex: Int?
  /// What else is to be different from what the kernel chooses; its `name` is ignored.
  public var settings = LinkChange()

  /// Makes the description of an interface.
  public init(
    _ name: String, _ kind: NewLinkKind, lowerIndex: Int? = nil, settings: LinkChange = LinkChange()
  ) {
    self.name = name
    self.kind = kind
    self.lowerIndex = lowerIndex
    self.settings = settings
  }

  /// The message that makes the interface; that there is one of the name is an error (EEXIST).
  public var request: NetlinkRequest {
    var request = NetlinkRequest(
      "make the link", on: name, type: Link.messageType, flags: Change.add.flags)
    append(to: &request)
    return request
  }

  /// Adds a header and attributes: a message's, or those of a veth's other end.
  func append(to request: inout NetlinkRequest) {
    settings.append(header: &request, linkIndex: index ?? 0)
    if let lowerIndex {
      request.append(attribute: LinkAttribute.lower.rawValue, lowerIndex, as: UInt32.self)
    }
    var settings = settings
    settings.name = name
    settings.append(attributes: &request)
    guard !kind.name.isEmpty else { return }
    request.append(nested: LinkAttribute.linkInfo.rawValue, marked: false) { info in
      info.append(attribute: LinkInfoAttribute.kind.rawValue, bytes: Array(kind.name.utf8))
      if !kind.data.payload.isEmpty {
        info.append(nested: LinkInfoAttribute.data.rawValue, marked: false) { data in
          data.append(bytes: kind.data.payload)
        }
      }
    }
    if let problem = kind.data.problem { request.note(problem.reason) }
  }
}

extension RouteNetlink {
  /// Makes an interface.
  public mutating func add(_ link: NewLink) throws(NetlinkError) {
    try session.request(link.request)
  }
}
