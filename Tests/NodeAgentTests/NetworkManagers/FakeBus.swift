import Foundation
import Glibc
import HostFiles
import Synchronization

@testable import NodeAgent

/// A system bus below a folder: it takes connections as the real one does, and answers calls by a script.
final class FakeBus: Sendable {
  /// What it does with a call.
  enum Answer: Sendable {
    case value(BusValue?)
    case error(String)
    /// Bytes that are no message.
    case junk
    case silence
    case hangUp
  }

  /// The members called so far, with their bytes.
  private let calls = Mutex<[String]>([])
  private let listener: CInt
  private let answer: @Sendable (String) -> Answer

  var members: [String] { calls.withLock { $0 } }

  /// - Parameter answer: by the member that is called.
  init(below path: String, answer: @escaping @Sendable (String) -> Answer) throws {
    let folder = "\(path)/run/dbus"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    self.answer = answer
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array("\(folder)/system_bus_socket".utf8)
    guard name.count < 108 else { throw POSIXError(.ENAMETOOLONG) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0, listen(listener, 4) == 0 else { throw POSIXError(.EIO) }
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else {
          close(listener)
          return
        }
        serve(connection)
        close(connection)
      }
    }
  }

  /// Takes no more connections.
  func end() {
    // Closed by the thread that uses it: its number may be another's right after.
    shutdown(listener, CInt(SHUT_RDWR))
  }

  private func serve(_ connection: CInt) {
    var received: [UInt8] = []
    func more() -> Bool {
      var part = [UInt8](repeating: 0, count: 4096)
      let count = recv(connection, &part, part.count, 0)
      guard count > 0 else { return false }
      received += part.prefix(count)
      return true
    }
    func say(_ bytes: [UInt8]) {
      _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
    }
    while !received.contains(0x0A) { guard more() else { return } }
    let hello = String(decoding: received, as: UTF8.self)
    guard hello == "\0AUTH EXTERNAL 30\r\n" else { return say(Array("REJECTED EXTERNAL\r\n".utf8)) }
    say(Array("OK 0123456789abcdef\r\n".utf8))
    received = []
    while !received.starts(with: Array("BEGIN\r\n".utf8)) { guard more() else { return } }
    received.removeFirst(7)
    while true {
      while received.count < 16 || received.count < BusReply.size(of: received[..<16]) ?? 0 {
        guard more() else { return }
      }
      let size = BusReply.size(of: received[..<16]) ?? received.count
      let message = Array(received[..<size])
      received.removeFirst(size)
      let serial = UInt32(message[8]) | UInt32(message[9]) << 8
      let member = Self.member(of: message)
      calls.withLock { $0.append(member) }
      // A signal comes before each answer.
      say(Self.message(type: 4, replySerial: nil, error: nil, value: .string(":1.7")))
      switch member == "Hello" ? .value(.string(":1.7")) : answer(member) {
      case .value(let value): say(Self.message(type: 2, replySerial: serial, error: nil, value: value))
      case .error(let name):
        say(Self.message(type: 3, replySerial: serial, error: name, value: .string("said so")))
      case .junk: say([UInt8](repeating: 0x42, count: 64))
      case .silence: continue
      case .hangUp: return
      }
    }
  }

  /// The header field 3 of a call.
  private static func member(of message: [UInt8]) -> String {
    let marker: [UInt8] = [3, 1, UInt8(ascii: "s"), 0]
    guard let start = message.firstRange(of: marker)?.upperBound else { return "?" }
    return String(decoding: message[(start + 4)...].prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func message(type: UInt8, replySerial: UInt32?, error: String?, value: BusValue?) -> [UInt8]
  {
    var body = BusWriter()
    var fields = BusWriter()
    if let replySerial { fields.field(5, .uint32(replySerial)) }
    if let error { fields.field(4, .string(error)) }
    if let value {
      body.write(value)
      fields.field(8, signature: value.signature)
    }
    var message = BusWriter()
    message.bytes = [UInt8(ascii: "l"), type, 0, 1]
    message.write(UInt32(body.bytes.count))
    message.write(UInt32(77))
    message.write(UInt32(fields.bytes.count))
    message.bytes += fields.bytes
    message.align(to: 8)
    return message.bytes + body.bytes
  }
}
