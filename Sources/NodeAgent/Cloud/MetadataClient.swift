import Glibc
import Netlink
import SystemPackage

/// One HTTP request over TCP to an address, bounded in time and size (RFC 9112). No names, no redirects, no TLS: it asks a
/// link-local server that a cloud puts beside each machine.
struct MetadataClient: Sendable {
  let address: IPAddress
  let port: UInt16
  /// For all of it, the connection included.
  var limit = Duration.seconds(2)
  /// Bytes of head and body together.
  var sizeLimit = 64 << 10

  func get(
    _ path: String, headers: [(name: String, value: String)]
  ) throws(CloudProblem) -> HTTPResponse {
    let end = ContinuousClock.now + limit
    let lines =
      ["GET \(path) HTTP/1.1", "Host: \(address)", "Connection: close", "Accept: application/json"]
      + headers.map { "\($0.name): \($0.value)" }
    let bytes = try exchange(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8), until: end)
    return try HTTPResponse(parsing: bytes)
  }

  /// Sends a request, and reads until the server closes.
  private func exchange(
    _ request: [UInt8], until end: ContinuousClock.Instant
  ) throws(CloudProblem) -> [UInt8] {
    do throws(Errno) {
      let socket = try ProbeSocket.tcp(address.family)
      do throws(Errno) {
        try socket.connect(to: address, port: port, scope: 0)
      } catch .nowInProgress {
        try wait(socket, POLLOUT, until: end)
        if let error = socket.connectionError { throw error }
      }
      // A few hundred bytes, which a new connection's buffer takes at once.
      try socket.send(request)
      var answer: [UInt8] = []
      while true {
        try wait(socket, POLLIN, until: end)
        guard let part = try socket.receive(limit: 16 << 10) else { continue }
        if part.isEmpty { return answer }
        answer += part
        guard answer.count <= sizeLimit else { throw Errno.messageTooLong }
        // A server that keeps the connection open though asked to close it has said all the same what it had to.
        if HTTPResponse.isWhole(answer) { return answer }
      }
    } catch {
      let what = "\(address):\(port)"
      throw CloudProblem(
        description: error == .timedOut
          ? "no answer from \(what) within \(limit.seconds)"
          : error == .messageTooLong
            ? "the answer of \(what) is longer than \(sizeLimit) bytes" : "\(what): \(error)")
    }
  }

  private func wait(
    _ socket: ProbeSocket, _ events: CInt, until end: ContinuousClock.Instant
  ) throws(Errno) {
    while true {
      let left = end - ContinuousClock.now
      guard left > .zero else { throw Errno.timedOut }
      var watched = pollfd(fd: socket.descriptor, events: Int16(events), revents: 0)
      let ready = unsafe poll(&watched, 1, CInt(clamping: Int(left / .milliseconds(1)) + 1))
      if ready > 0 { return }
      if ready < 0, errno != EINTR { throw Errno(rawValue: errno) }
    }
  }
}
