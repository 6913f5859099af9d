internal import SystemPackage

/// Asks a kernel through netlink and reads its answers, one request at a time.
///
/// An answer counts only if the kernel sent it (port 0), to this socket's port, with the request's sequence
/// number; everything else is dropped. Failures are read wherever the kernel puts them: in an ERROR, and in
/// the DONE that ends a dump. A list that changed while it was dumped is dumped again, a bounded number of
/// times. Whatever an earlier request left behind is thrown away before the next one.
public struct NetlinkSession: ~Copyable {
  var transport: any NetlinkTransport & ~Copyable
  var buffer: DatagramBuffer
  var sequence: UInt32 = 0
  /// An exchange ended before its answer did.
  var hasLeftovers = false

  /// How long the kernel may stay silent before a request fails.
  public let timeout: Duration
  /// How long an operation may take as a whole, however often it is tried.
  public var timeLimit: Duration
  /// What ends an operation from outside.
  public var cancellation: NetlinkCancellation?
  /// The pauses between the attempts of a dump.
  public var backOff = BackOff()
  /// How often a dump is tried when it is interrupted by changes or overruns.
  public let attempts: Int
  /// Datagrams dropped since they answered nothing that was asked.
  public internal(set) var dropped = 0
  /// Dumps that were made again, since they were interrupted or answers were lost.
  public private(set) var repeatedDumps = 0

  /// The size of the buffer that datagrams are received into. The kernel cuts dumps to this size at most, unless a
  /// single object is larger.
  public static let bufferSize = 32 * 1024
  /// What the buffer grows to for the sake of a larger datagram.
  public static let largestBuffer = 1024 * 1024

  /// Makes a session over a transport.
  public init(
    _ transport: consuming any NetlinkTransport & ~Copyable, timeout: Duration = .seconds(10),
    timeLimit: Duration = .seconds(60), attempts: Int = 10
  ) {
    self.transport = transport
    self.timeout = timeout
    self.timeLimit = timeLimit
    self.attempts = attempts
    buffer = DatagramBuffer(size: Self.bufferSize)
  }

  /// Opens a socket in the calling thread's network namespace and makes a session over it.
  public init(_ netlinkProtocol: NetlinkProtocol, timeout: Duration = .seconds(10)) throws(NetlinkError) {
    self.init(try Self.socket(netlinkProtocol), timeout: timeout)
  }

  static func socket(_ netlinkProtocol: NetlinkProtocol) throws(NetlinkError) -> NetlinkSocket {
    do throws(Errno) {
      return try NetlinkSocket(netlinkProtocol)
    } catch {
      throw NetlinkError("open a socket", on: "\(netlinkProtocol)", .system(error))
    }
  }

  /// Sends a request that the kernel only acknowledges.
  public mutating func request(_ request: NetlinkRequest) throws(NetlinkError) {
    let outcome = try exchange(request, adding: .acknowledge, until: .now + timeLimit) {
      (_) throws(WireError) in .more
    }
    switch outcome {
    case .complete: return
    // Of an answer that calls itself an interrupted list, the rest, and so the acknowledgement, isn't read.
    case .interrupted: throw NetlinkError(request, .inconsistent(attempts: 1))
    case .overrun: throw NetlinkError(request, .overrun(attempts: 1))
    }
  }

  /// Sends a request that the kernel answers with one object. It is sent once, whatever happens.
  ///
  /// - Parameters:
  ///   - request: what is sent.
  ///   - parse: makes the object from a message, or `nil` if it is none.
  public mutating func request<Answer>(
    _ request: NetlinkRequest, parse: (borrowing NetlinkMessage) throws(WireError) -> Answer?
  ) throws(NetlinkError) -> Answer {
    var answer: Answer?
    let outcome = try exchange(request, adding: [], until: .now + timeLimit) { (message) throws(WireError) in
      if answer == nil { answer = try parse(message) }
      return message.header.flags.contains(.multi) ? .more : .last
    }
    switch outcome {
    case .complete:
      guard let answer else { throw NetlinkError(request, .unanswered) }
      return answer
    case .interrupted: throw NetlinkError(request, .inconsistent(attempts: 1))
    case .overrun: throw NetlinkError(request, .overrun(attempts: 1))
    }
  }

  /// Sends a request that isn't a dump and that the kernel answers with one message or more: with several parts
  /// and a DONE, or with one that isn't a part. It is sent once, whatever happens.
  ///
  /// - Parameters:
  ///   - request: what is sent.
  ///   - parse: makes the object from a message, or `nil` to leave the message out.
  public mutating func answers<Answer>(
    to request: NetlinkRequest, parse: (borrowing NetlinkMessage) throws(WireError) -> Answer?
  ) throws(NetlinkError) -> [Answer] {
    var answers: [Answer] = []
    let outcome = try exchange(request, adding: [], until: .now + timeLimit) { (message) throws(WireError) in
      if let answer = try parse(message) { answers.append(answer) }
      return message.header.flags.contains(.multi) ? .more : .last
    }
    switch outcome {
    case .complete: return answers
    case .interrupted: throw NetlinkError(request, .inconsistent(attempts: 1))
    case .overrun: throw NetlinkError(request, .overrun(attempts: 1))
    }
  }

  /// Sends a request that the kernel answers with all objects of a kind.
  ///
  /// - Parameters:
  ///   - request: what is sent, without the flag that makes it a dump.
  ///   - parse: makes an object from a message, or `nil` to leave the message out.
  public mutating func dump<Object>(
    _ request: NetlinkRequest, parse: (borrowing NetlinkMessage) throws(WireError) -> Object?
  ) throws(NetlinkError) -> [Object] {
    try dump(request, into: []) { (objects: inout [Object], message) throws(WireError) in
      if let object = try parse(message) { objects.appendToMany(object) }
      return .more
    }
  }

  /// Sends a request that the kernel answers with all objects of a kind, and reads as many of them as are wanted.
  ///
  /// What is left unread costs nothing, however much it is: the kernel is made to forget it.
  ///
  /// - Parameters:
  ///   - request: what is sent, without the flag that makes it a dump.
  ///   - initial: what reading begins with; also when the dump has to be made again.
  ///   - read: adds a message to it and says whether more are wanted.
  /// - Returns: what was made of the messages.
  public mutating func dump<State>(
    _ request: NetlinkRequest, into initial: State,
    read: (inout State, borrowing NetlinkMessage) throws(WireError) -> DumpControl
  ) throws(NetlinkError) -> State {
    var outcome = Outcome.complete
    let deadline = ContinuousClock.now + timeLimit
    for attempt in 0..<attempts {
      if attempt > 0 {
        repeatedDumps += 1
        try pause(backOff.pause(after: attempt), before: request)
      }
      var state = initial
      outcome = try exchange(request, adding: .dump, until: deadline) { (message) throws(WireError) in
        switch try read(&state, message) {
        case .more: .more
        case .enough: .enough
        }
      }
      if outcome == .complete { return state }
    }
    switch outcome {
    case .overrun: throw NetlinkError(request, .overrun(attempts: attempts))
    case .interrupted, .complete: throw NetlinkError(request, .inconsistent(attempts: attempts))
    }
  }
}
