internal import SystemPackage

/// Sockets of one network namespace (sock_diag(7)).
public struct SocketDiagnostics: ~Copyable {
  /// The session that everything goes through.
  public var session: NetlinkSession

  /// Opens a socket in the calling thread's network namespace.
  public init(timeout: Duration = .seconds(10)) throws(NetlinkError) {
    session = try NetlinkSession(.socketDiagnostics, timeout: timeout)
  }

  /// Uses a session that exists, such as one over a fake kernel.
  public init(_ session: consuming NetlinkSession) {
    self.session = session
  }

  /// The sockets of a kind that are bound to an interface.
  ///
  /// Of sockets of IP the kernel sends no others, however many there are.
  ///
  /// - Throws: `noSuchFileOrDirectory` or `invalidArgument` as the cause where the kernel has no diagnostics of this kind.
  public mutating func sockets(
    _ kind: BoundSocket.Kind, family: AddressFamily, linkIndex: Int
  ) throws(NetlinkError) -> [BoundSocket] {
    let request =
      kind == .packet
      ? Self.packetRequest(linkIndex) : Self.internetRequest(kind, family: family, linkIndex: linkIndex)
    return try session.dump(request) { (message) throws(WireError) in
      guard message.header.type == Self.byFamily else { return nil }
      let socket =
        kind == .packet
        ? try BoundSocket(packet: message.payload) : try BoundSocket(kind, message.payload)
      return socket?.linkIndex == linkIndex ? socket : nil
    }
  }
}

extension SocketDiagnostics {
  /// `SOCK_DIAG_BY_FAMILY` (linux/sock_diag.h)
  static let byFamily: UInt16 = 20
  /// `AF_PACKET`
  static let packetFamily: UInt8 = 17

  /// `struct inet_diag_req_v2` (linux/inet_diag.h), and a program by which the kernel chooses.
  private static func internetRequest(
    _ kind: BoundSocket.Kind, family: AddressFamily, linkIndex: Int
  ) -> NetlinkRequest {
    var request = NetlinkRequest(
      "list the sockets bound", on: "interface index \(linkIndex) (\(kind.rawValue), \(family))",
      type: byFamily)
    let number: UInt8 =
      switch kind {
      case .tcp: 6
      case .udp: 17
      // IPPROTO_RAW: raw sockets, whatever their protocols.
      case .raw, .packet: 255
      }
    request.append(family.rawValue)
    request.append(number)
    request.append(zeros: 2)
    // Every state.
    request.append(UInt32.max)
    // struct inet_diag_sockid: ports, addresses, interface, cookie.
    request.append(zeros: 48)
    // struct inet_diag_bc_op: INET_DIAG_BC_DEV_COND (9), how far to go on when it is so, and when it isn't: beyond the end,
    // which refuses the socket. Then the interface.
    var program: [UInt8] = [9, 8]
    program.append(UInt16(12))
    program.append(Int32(clamping: linkIndex))
    // INET_DIAG_REQ_BYTECODE
    request.append(attribute: 1, bytes: program)
    return request
  }

  /// `struct packet_diag_req` (linux/packet_diag.h), with `PACKET_SHOW_INFO`.
  private static func packetRequest(_ linkIndex: Int) -> NetlinkRequest {
    var request = NetlinkRequest(
      "list the packet sockets bound", on: "interface index \(linkIndex)", type: byFamily)
    request.append(packetFamily)
    request.append(zeros: 7)
    request.append(UInt32(1))
    request.append(zeros: 8)
    return request
  }
}

extension BoundSocket {
  /// `struct inet_diag_msg` (linux/inet_diag.h); `nil` for a socket that is bound to nothing.
  init?(_ kind: Kind, _ payload: WireReader) throws(WireError) {
    guard let family = AddressFamily(rawValue: try payload.uint8(at: 0)) else { return nil }
    let index = Int(try payload.int32(at: 40))
    guard index != 0 else { return nil }
    self.init(
      kind, family: family, linkIndex: index, number: UInt16(bigEndian: try payload.uint16(at: 4)),
      inode: try payload.uint32(at: 68))
  }

  /// `struct packet_diag_msg`, and in `PACKET_DIAG_INFO` (0) `struct packet_diag_info`, which begins with the interface
  /// (linux/packet_diag.h); `nil` for a socket that is bound to nothing.
  init?(packet payload: WireReader) throws(WireError) {
    guard try payload.uint8(at: 0) == SocketDiagnostics.packetFamily else { return nil }
    var index = 0
    var attributes = AttributeCursor(try payload.suffix(from: 16))
    while let attribute = try attributes.next() {
      if attribute.type == 0 { index = Int(try attribute.payload.int32(at: 0)) }
    }
    guard index != 0 else { return nil }
    self.init(
      .packet, family: nil, linkIndex: index, number: try payload.uint16(at: 2),
      inode: try payload.uint32(at: 4))
  }
}
