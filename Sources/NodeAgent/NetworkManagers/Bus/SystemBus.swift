import Glibc
import HostFiles
import SystemPackage

/// A connection to the host's system bus for a few calls, bounded in time: what `sd-bus` would do for us, without a
/// library that the host or the container would have to have, and with a path that is resolved below the host's root.
///
/// D-Bus specification 0.41: authentication by the kernel's word for who we are (EXTERNAL), then calls one at a time.
struct SystemBus: ~Copyable {
  /// Where every distribution of these days has it.
  static let path = "/run/dbus/system_bus_socket"

  private let socket: Descriptor
  private let end: ContinuousClock.Instant
  private let limit: Duration
  private var received: [UInt8] = []
  private var serial: UInt32 = 0

  /// Connects and says hello.
  ///
  /// - Parameter limit: for the connection's whole life.
  static func open(root: HostRoot, within limit: Duration) throws(BusError) -> SystemBus {
    var bus = SystemBus(socket: try connected(root), limit: limit)
    try bus.authenticate()
    try bus.call(
      BusCall(
        destination: itself, path: "/org/freedesktop/DBus", interface: itself, member: "Hello"))
    return bus
  }

  private init(socket: consuming Descriptor, limit: Duration) {
    self.socket = socket
    self.limit = limit
    end = .now + limit
  }

  private static func connected(_ root: HostRoot) throws(BusError) -> Descriptor {
    do {
      return try root.connect(toSocket: path)
    } catch {
      throw BusError(operation: "connect", cause: .noBus(error))
    }
  }

  /// The name of the bus itself.
  static let itself = "org.freedesktop.DBus"

  /// Calls a method and waits for the answer; the answer's first value, if it has one that is known here.
  @discardableResult
  mutating func call(_ call: BusCall) throws(BusError) -> BusValue? {
    let operation = "call \(call.member) of \(call.destination)"
    serial += 1
    try send(call.encoded(serial: serial), operation)
    while true {
      guard let reply = BusReply(try message(operation)) else {
        throw BusError(operation: operation, cause: .malformed)
      }
      // Signals, and answers to nothing that was asked here, are passed over.
      guard reply.replySerial == serial else { continue }
      switch reply.type {
      case 2: return reply.value
      case 3:
        var text = ""
        if case .string(let words) = reply.value { text = words }
        throw BusError(operation: operation, cause: .refused(name: reply.errorName ?? "an error", text: text))
      default: continue
      }
    }
  }

  /// Whether a program has the name.
  mutating func hasOwner(_ name: String) throws(BusError) -> Bool {
    let answer = try call(
      BusCall(
        destination: Self.itself, path: "/org/freedesktop/DBus", interface: Self.itself,
        member: "NameHasOwner", arguments: [.string(name)]))
    return answer == .boolean(true)
  }

  private mutating func authenticate() throws(BusError) {
    let operation = "authenticate"
    // The user's number in decimal, in hexadecimal of its characters.
    let user = "\(geteuid())".utf8.map { String($0, radix: 16) }.joined()
    try send([0] + Array("AUTH EXTERNAL \(user)\r\n".utf8), operation)
    let answer = try line(operation)
    guard answer.hasPrefix("OK ") else {
      throw BusError(operation: operation, cause: .notAuthenticated(String(answer.prefix(100))))
    }
    try send(Array("BEGIN\r\n".utf8), operation)
  }

  private mutating func line(_ operation: String) throws(BusError) -> String {
    let newline: [UInt8] = [0x0D, 0x0A]
    while true {
      if let range = received.firstRange(of: newline) {
        defer { received.removeSubrange(..<range.upperBound) }
        return String(decoding: received[..<range.lowerBound], as: UTF8.self)
      }
      guard received.count < 1024 else { throw BusError(operation: operation, cause: .malformed) }
      try receive(operation)
    }
  }

  private mutating func message(_ operation: String) throws(BusError) -> [UInt8] {
    while received.count < BusReply.fixedSize { try receive(operation) }
    guard let size = BusReply.size(of: received[..<BusReply.fixedSize]) else {
      throw BusError(operation: operation, cause: .malformed)
    }
    while received.count < size { try receive(operation) }
    defer { received.removeFirst(size) }
    return Array(received[..<size])
  }

  private func send(_ bytes: [UInt8], _ operation: String) throws(BusError) {
    var sent = 0
    while sent < bytes.count {
      try wait(for: POLLOUT, operation)
      let count = unsafe bytes[sent...].withUnsafeBytes { buffer in
        unsafe Glibc.send(socket.number, buffer.baseAddress, buffer.count, CInt(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count >= 0 else { throw BusError(operation: operation, cause: .connection(.current)) }
      sent += count
    }
  }

  private mutating func receive(_ operation: String) throws(BusError) {
    var part = [UInt8](repeating: 0, count: 4096)
    while true {
      try wait(for: POLLIN, operation)
      let count = unsafe recv(socket.number, &part, part.count, 0)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count >= 0 else { throw BusError(operation: operation, cause: .connection(.current)) }
      guard count > 0 else { throw BusError(operation: operation, cause: .connection(.connectionReset)) }
      received += part.prefix(count)
      return
    }
  }

  private func wait(for event: CInt, _ operation: String) throws(BusError) {
    while true {
      let (seconds, attoseconds) = (end - .now).components
      guard seconds >= 0, attoseconds >= 0 else {
        throw BusError(operation: operation, cause: .timedOut(limit))
      }
      var watched = pollfd(fd: socket.number, events: Int16(event), revents: 0)
      let ready = unsafe poll(
        &watched, 1, CInt(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
      if ready > 0 { return }
      if ready < 0, errno != EINTR {
        throw BusError(operation: operation, cause: .connection(.current))
      }
    }
  }
}
