import Glibc

@testable import Netlink
@testable import VRouter

extension Target {
  /// Messages of the vrouter module: as bytes, as the types that they are, and as they travel.
  static let sandesh = Target(name: "sandesh", shape: .bytes, seeds: { Captured.seeds() }) { input in
    readDatagram(input)
    let messages: [SandeshMessage]
    do throws(SandeshError) {
      messages = try SandeshMessage.decode(input)
    } catch {
      hold((0...input.count).contains(error.offset), "an offset lies within the input")
      holdOneLine("\(error)")
      return
    }
    hold(messages.flatMap(\.bytes) == input, "nothing of the messages is lost")
    for message in messages {
      holdFields(message)
      for type in types { holdType(type, message) }
    }
    readAnswer(input)
  }

  private static let types: [any VRouterMessage.Type] = [
    VRouterResponse.self, VRouterInterface.self, VRouterLimits.self, VRouterFlowTable.self,
    VRouterBridgeTable.self, HugePageConfiguration.self,
  ]

  /// Written again from its fields, a message is what it was.
  private static func holdFields(_ message: SandeshMessage) {
    var writer = SandeshWriter(message.name)
    for field in message.fields {
      hold(
        field.range.lowerBound >= 0 && field.range.upperBound <= message.bytes.count,
        "a field lies within its message")
      writer.append(field.number, type: field.type, value: message.bytes[field.range])
    }
    // A name that isn't UTF-8 was replaced: what follows it is compared.
    let length = message.bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
    hold(
      Array(writer.finished.dropFirst(4 + message.name.utf8.count))
        == Array(message.bytes.dropFirst(4 + length)), "a message is written again as it was")
  }

  private static func holdType<Message: VRouterMessage>(_: Message.Type, _ message: SandeshMessage) {
    guard let read = Message(message) else { return }
    let written = read.encoded
    hold(
      written.count <= 3 * message.bytes.count + Message().encoded.count,
      "\(Message.name) has no more than came")
    let again = (try? SandeshMessage.decode(written)) ?? []
    hold(again.count == 1 && Message(again[0]) == read, "\(Message.name) reads as it was written")
  }

  private static func readAnswer(_ input: [UInt8]) {
    do throws(VRouterError) {
      let answer = try VRouterAnswer([input], operation: "read", subject: "it")
      try answer.check()
      hold(answer.code >= 0, "a negative code is no success")
    } catch {
      holdOneLine("\(error)")
    }
  }

  /// The attribute's length may be counted in two ways, and lies in either.
  private static func readDatagram(_ input: [UInt8]) {
    var cursor = MessageCursor(WireReader(input.rawSpan))
    do throws(WireError) {
      while let message = try cursor.next() {
        let family = GenericFamily(id: message.header.type, name: "vrouter")
        let size = message.payload.count
        if let payload = try VRouterPayload.read(message, of: family) {
          hold(payload.count + 8 <= size, "a payload lies within its message")
        }
      }
    } catch {
      holdOffset(error, within: input.count)
    }
  }
}

/// The captures of `Tests/VRouterTests/Golden`; `Fuzz/run` works in the folder `Fuzz`.
private enum Captured {
  private static let folder = "../Tests/VRouterTests/Golden"

  /// Each datagram of the module's, and what is in it.
  static func seeds() -> [[UInt8]] {
    var seeds: [[UInt8]] = []
    guard let list = opendir(folder) else { return [] }
    defer { closedir(list) }
    while let entry = readdir(list) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      guard name.hasSuffix(".hex") else { continue }
      for line in lines(of: "\(folder)/\(name)") {
        let words = line.split(separator: " ")
        guard words.count > 1, words[0] == "send" || words[0] == "recv" else { continue }
        let bytes = Self.bytes(words[1])
        seeds.append(bytes)
        let length = bytes.count > 24 ? Int(bytes[20]) | Int(bytes[21]) << 8 : 0
        let end = 24 + length - (words[0] == "send" ? 4 : 0)
        if length > 4, end <= bytes.count { seeds.append(Array(bytes[24..<end])) }
      }
    }
    return seeds
  }

  private static func lines(of path: String) -> [Substring] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
  }

  private static func bytes(_ hex: Substring) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
