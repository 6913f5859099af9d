internal import SystemPackage

/// Watches the network of a namespace: what is there, and what becomes of it.
///
/// It joins the kernel's groups first, lists everything then, and reads events after, so that nothing falls in
/// between. When events come faster than they are read, the kernel drops some (and says so): then everything is
/// listed again, and the difference is what happened. An event that tells what is known already isn't passed on.
///
/// ```swift
/// var monitor = try RouteMonitor(RouteInterests(routes: .defaults([.main])))
/// while monitor.state.link(named: "eth0")?.isLowerUp != true {
///   if try monitor.next(until: deadline).isEmpty { break }  // nothing more happened until the deadline
/// }
/// ```
///
/// Every event of links and addresses is told, in the kernel's order, unless the kernel dropped it. Of rules and
/// routes, what differs from the last time is told: those that came and went between two calls may be missing.
public struct RouteMonitor: ~Copyable {
  var events: any NetlinkTransport & ~Copyable
  var netlink: RouteNetlink
  var tracker: RouteTracker
  var buffer = DatagramBuffer(size: NetlinkSession.bufferSize)
  /// What happened and wasn't told yet.
  var untold: [RouteEvent] = []
  /// The state may miss something.
  var isBehind = true

  /// How often everything was listed again since events were lost.
  public internal(set) var resynchronizations = 0

  /// Opens sockets in the calling thread's network namespace, and lists what is there.
  ///
  /// - Parameters:
  ///   - interests: what to watch besides links.
  ///   - receiveBuffer: bytes of events (and of what the kernel needs to keep them) that may wait to be read.
  ///   - timeout: how long the kernel may stay silent when it's asked for something.
  ///   - cancellation: ends what is waited for, from any thread.
  public init(
    _ interests: RouteInterests = RouteInterests(), receiveBuffer: Int = 1024 * 1024,
    timeout: Duration = .seconds(10), cancellation: NetlinkCancellation? = nil
  ) throws(NetlinkError) {
    var netlink = try RouteNetlink(timeout: timeout)
    netlink.session.cancellation = cancellation
    let socket = try NetlinkSession.socket(.route)
    try self.init(interests, events: try Self.join(interests, receiveBuffer, socket), netlink: netlink)
  }

  /// Opens sockets in another network namespace, and lists what is there. The calling thread stays in its own.
  public init(
    _ interests: RouteInterests = RouteInterests(), in namespace: NetworkNamespace,
    receiveBuffer: Int = 1024 * 1024, timeout: Duration = .seconds(10),
    cancellation: NetlinkCancellation? = nil
  ) throws(NetlinkError) {
    var netlink = try RouteNetlink(in: namespace, timeout: timeout)
    netlink.session.cancellation = cancellation
    let socket = try NetlinkSocket.open(.route, in: namespace)
    try self.init(interests, events: try Self.join(interests, receiveBuffer, socket), netlink: netlink)
  }

  private static func join(
    _ interests: RouteInterests, _ receiveBuffer: Int, _ socket: consuming NetlinkSocket
  ) throws(NetlinkError) -> NetlinkSocket {
    do throws(Errno) {
      try socket.setReceiveBuffer(bytes: receiveBuffer)
      for group in interests.groups { try socket.join(group: group) }
      for group in interests.optionalGroups {
        do throws(Errno) { try socket.join(group: group) } catch .invalidArgument { continue }
      }
    } catch {
      throw NetlinkError("open a socket", on: "for events", .system(error))
    }
    return socket
  }

  /// Watches what a transport tells and a session lists; the transport is a member of the groups already.
  init(
    _ interests: RouteInterests, events: consuming any NetlinkTransport & ~Copyable,
    netlink: consuming RouteNetlink
  ) throws(NetlinkError) {
    self.events = events
    self.netlink = netlink
    tracker = RouteTracker(interests, RouteState())
    try synchronize()
    untold = []
    resynchronizations = 0
  }

  /// What is known of the network: what was listed, with every event that was told.
  public var state: RouteState { tracker.state }

  /// Waits until something happens, and tells what; nothing if it didn't until the deadline.
  ///
  /// - Throws: ``NetlinkError``. What happened is told by the next call then; nothing is lost.
  public mutating func next(until deadline: ContinuousClock.Instant) throws(NetlinkError) -> [RouteEvent] {
    var isLate = false
    while true {
      if isBehind { try synchronize() }
      try listSuspects()
      // What is there is told together: lists are made once for all of it.
      if !untold.isEmpty {
        defer { untold = [] }
        return untold
      }
      guard !isLate else { return [] }
      let limit = WaitLimit(deadline, netlink.session.cancellation)
      guard try read(until: limit, isSilent: false) != .nothing else { return [] }
      var count = 0
      while !isBehind, count < Self.mostAtOnce, try read(until: .now, isSilent: false) == .something {
        count += 1
      }
      // Reading waits only where nothing is there: datagrams that tell nothing of interest must not put the limit off.
      if netlink.session.cancellation?.isCancelled == true { throw Self.failure(.cancelled) }
      isLate = ContinuousClock.now >= deadline
    }
  }

  /// So many datagrams are read before what they tell is told.
  private static let mostAtOnce = 1000
}
