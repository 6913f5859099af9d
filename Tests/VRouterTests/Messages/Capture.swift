import Foundation
import Testing
import VRouter

/// A capture of messages with the real module (`../Golden/README.md`).
struct Capture {
  /// A netlink message of the module's family.
  struct Datagram {
    let isAnswer: Bool
    let bytes: [UInt8]

    /// The messages in it. Of an answer, the attribute's length leaves out its own header.
    var payload: [UInt8] {
      let length = Int(bytes[20]) | Int(bytes[21]) << 8
      return Array(bytes[24..<24 + length - (isAnswer ? 0 : 4)])
    }

    var messages: [SandeshMessage] {
      get throws { try SandeshMessage.decode(payload) }
    }
  }

  static let family: UInt8 = 0x20
  /// What the tools sent and got; `handmade` is apart.
  static let byTools = [
    "add_bad", "add_eth0", "add_vhost0", "del_eth0", "del_nosuch", "del_vhost0", "get", "hpcfg_empty", "info",
    "list0", "list1", "tables_get",
  ]

  /// All datagrams, also those of other types: families looked up, lists ended.
  let all: [Datagram]

  init(_ name: String) throws {
    let file = try #require(
      Bundle.module.url(forResource: name, withExtension: "hex", subdirectory: "Golden"))
    all = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count >= 2, ["send", "recv"].contains(words[0]) else { return nil }
      return Datagram(isAnswer: words[0] == "recv", bytes: Self.bytes(words[1]))
    }
  }

  /// Those that hold messages of the module.
  var datagrams: [Datagram] { all.filter { $0.bytes[4] == Self.family && $0.bytes.count > 24 } }

  var requests: [Datagram] { datagrams.filter { !$0.isAnswer } }

  /// The answers to the request with a number, up to the next request.
  func answers(to request: Int) -> [[UInt8]] {
    let starts = all.indices.filter { !all[$0].isAnswer && all[$0].bytes[4] == Self.family }
    let end = request + 1 < starts.count ? starts[request + 1] : all.endIndex
    return all[starts[request]..<end].filter(\.isAnswer).map(\.bytes)
  }

  static func bytes(_ hex: some StringProtocol) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
