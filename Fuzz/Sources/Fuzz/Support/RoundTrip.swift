@testable import Netlink

/// What was read can be sent, and means the same to whoever reads that: reading what is sent and sending it again
/// gives the same bytes. (The first reading may drop what no request may hold, such as the kernel's own flags.)
func holdSendable<Object: ChangeableObject & Hashable>(
  _ object: Object, _ parse: (borrowing NetlinkMessage) throws(WireError) -> Object?
) {
  let request = object.request(.replace)
  // What doesn't fit a request is told when it's sent.
  guard let message = try? request.encoded(adding: [], sequence: 1) else { return }
  hold(message.count == MessageHeader.size + request.payload.count, "a message is its header and its payload")
  do throws(WireError) {
    guard let again = try readFirst(message, parse) else {
      broken("\(request.operation) sends no object")
    }
    hold(
      try again.request(.replace).encoded(adding: [], sequence: 1) == message, "\(object) is sent as \(again)"
    )
  } catch {
    broken("\(request.operation) sends what can't be read \(error)")
  }
  // Removing it is possible, too; it says less.
  hold(object.request(.delete).payload.count <= request.payload.count, "less is said to remove something")
}

/// Reads the first message of a datagram.
func readFirst<Object>(
  _ bytes: [UInt8], _ parse: (borrowing NetlinkMessage) throws(WireError) -> Object?
) throws(WireError) -> Object? {
  var cursor = MessageCursor(WireReader(bytes.rawSpan))
  guard let message = try cursor.next() else { return nil }
  return try parse(message)
}

extension LinkDetails {
  /// What makes an interface with these details; `nil` for bridges, which are made without.
  var kind: NewLinkKind? {
    switch self {
    case .bond(let details): .bond(details)
    // Flags are sent as what differs from a new interface's, not as they are told.
    case .vlan(let details): .vlan(VLANDetails(id: details.id, tag: details.tag))
    case .vrf(let details): .vrf(details.table)
    case .bridge: nil
    case .macvlan(let details): .macvlan(details.mode)
    case .ipvlan(let details): .ipvlan(details)
    case .vxlan(let details): .vxlan(details)
    }
  }
}
