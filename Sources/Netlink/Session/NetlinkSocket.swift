internal import CMnl
internal import Glibc
public import SystemPackage

/// A netlink protocol (linux/netlink.h).
public enum NetlinkProtocol: Int32, Sendable {
  /// Links, addresses, routes, rules, neighbours (`NETLINK_ROUTE`).
  case route = 0
  /// Sockets, by state, protocol and interface (`NETLINK_SOCK_DIAG`).
  case socketDiagnostics = 4
  /// The packet filter's parts (`NETLINK_NETFILTER`).
  case netfilter = 12
  /// Families that modules register by name (`NETLINK_GENERIC`).
  case generic = 16
}

/// A netlink socket of its own: closed on exec, with a port that the kernel chose, closed when it goes.
///
/// It lives in the network namespace of the thread that opened it, wherever it is used later.
public struct NetlinkSocket: NetlinkTransport, ~Copyable, Sendable {
  private let handle: SocketHandle
  private var hasGroups = false

  /// What the socket speaks.
  public let netlinkProtocol: NetlinkProtocol

  /// The port that answers are addressed to.
  public let portID: UInt32

  /// The kernel checks requests strictly and so honours filters in dumps (4.20 and later).
  public let checksStrictly: Bool

  /// Opens and binds a socket.
  ///
  /// - Throws: what socket(2), bind(2) or setsockopt(2) said.
  public init(_ netlinkProtocol: NetlinkProtocol) throws(Errno) {
    let handle = try SocketHandle(netlinkProtocol)
    let portID = try handle.bind()
    _ = try handle.enable(NETLINK_EXT_ACK)
    _ = try handle.enable(NETLINK_CAP_ACK)
    let checksStrictly = try handle.enable(NETLINK_GET_STRICT_CHK)
    self.handle = handle
    self.netlinkProtocol = netlinkProtocol
    self.portID = portID
    self.checksStrictly = checksStrictly
  }

  // Without it the optimizer of Swift 6.3 breaks on other modules that hold a socket of their own.
  deinit {}

  /// Sends one datagram to the kernel, which for netlink means that the request is handled within the call.
  public mutating func send(_ datagram: RawSpan) throws(TransportFailure) {
    do throws(Errno) {
      try handle.send(datagram)
    } catch {
      // Here ENOBUFS means that there was no memory for the request: nothing that was to come is lost.
      throw .system(error)
    }
  }

  /// Receives one datagram, waiting for it until the limit.
  public mutating func receive(
    into buffer: inout MutableRawSpan, until limit: WaitLimit
  ) throws(TransportFailure) -> ReceivedDatagram {
    while true {
      // An answer is nearly always there already, so waiting comes second.
      do throws(Errno) {
        return try handle.receive(into: &buffer)
      } catch .wouldBlock {
        try limit.wait(for: handle.descriptor)
      } catch {
        throw TransportFailure(error)
      }
    }
  }

  /// Waits for a datagram and says how large it is.
  public mutating func nextSize(until limit: WaitLimit) throws(TransportFailure) -> Int? {
    while true {
      do throws(Errno) {
        // Without room for even a byte nothing is copied.
        var nothing = MutableRawSpan()
        return try handle.receive(into: &nothing, flags: MSG_PEEK).size
      } catch .wouldBlock {
        try limit.wait(for: handle.descriptor)
      } catch {
        throw TransportFailure(error)
      }
    }
  }

  /// Takes another socket in the place of this one: closing it is the only way to make the kernel forget a dump.
  public mutating func restart() -> Bool {
    // A socket that has joined groups would miss what is sent to them meanwhile.
    guard !hasGroups, let fresh = replacement() else { return false }
    self = fresh
    return true
  }

  /// Another socket like this one, in the same namespace, wherever the calling thread is.
  private func replacement() -> NetlinkSocket? {
    if let home = handle.namespaceCookie, let fresh = try? NetlinkSocket(netlinkProtocol),
      fresh.handle.namespaceCookie == home
    {
      return fresh
    }
    guard let home = NamespaceFile(ofSocket: handle.descriptor) else { return nil }
    return try? NamespaceThread.open(netlinkProtocol, in: home.descriptor)
  }

  /// Receives what the kernel sends to a group of its protocol (`RTNLGRP_…` in linux/rtnetlink.h) from now on.
  ///
  /// - Throws: what setsockopt(2) said: `EINVAL` if the kernel has no such group.
  public mutating func join(group: UInt32) throws(Errno) {
    try handle.set(NETLINK_ADD_MEMBERSHIP, to: Int32(bitPattern: group))
    hasGroups = true
  }

  /// Sets how many bytes of datagrams (and of the kernel's own bookkeeping for them) may wait in the socket until
  /// the kernel drops what comes. The kernel doubles it; beyond `net.core.rmem_max` it takes CAP_NET_ADMIN.
  public mutating func setReceiveBuffer(bytes: Int) throws(Errno) {
    let bytes = Int32(clamping: bytes)
    do throws(Errno) {
      try handle.setGeneral(SO_RCVBUFFORCE, to: bytes)
    } catch .notPermitted {
      try handle.setGeneral(SO_RCVBUF, to: bytes)
    }
  }
}
