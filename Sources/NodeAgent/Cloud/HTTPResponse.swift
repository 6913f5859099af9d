/// An answer by HTTP/1.1 or 1.0 (RFC 9112), whole in memory.
struct HTTPResponse: Sendable, Equatable {
  let status: Int
  private let fields: [Field]
  let body: [UInt8]

  private struct Field: Sendable, Equatable {
    /// In small letters.
    let name: String
    let value: String
  }

  /// The value of a header field, by any spelling of its name.
  func header(_ name: String) -> String? { fields.first { $0.name == name.lowercased() }?.value }

  /// Whether all that the head announces is there; false where only the end of the connection tells.
  static func isWhole(_ bytes: [UInt8]) -> Bool {
    guard let head = Head(bytes) else { return false }
    if head.isChunked { return (try? Self.joined(bytes[head.end...])) != nil }
    return head.length.map { bytes.count - head.end >= $0 } ?? false
  }

  /// Reads an answer, to whose end the server sent.
  init(parsing bytes: [UInt8]) throws(CloudProblem) {
    guard let head = Head(bytes) else {
      throw CloudProblem(description: "its answer is not HTTP, or ends early")
    }
    status = head.status
    fields = head.fields.map { Field(name: $0.name, value: $0.value) }
    let rest = bytes[head.end...]
    if head.isChunked {
      body = try Self.joined(rest)
    } else if let length = head.length {
      guard rest.count >= length else { throw CloudProblem(description: "its answer ends early") }
      body = Array(rest.prefix(length))
    } else {
      body = Array(rest)
    }
  }

  /// Status line and header fields.
  private struct Head {
    let status: Int
    let fields: [(name: String, value: String)]
    /// Where the body begins.
    let end: Int

    /// Nil while it isn't whole, and when it is malformed.
    init?(_ bytes: [UInt8]) {
      guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { return nil }
      let lines = String(decoding: bytes[..<(end - 4)], as: UTF8.self).components(by: "\r\n")
      let words = lines[0].split(separator: " ", maxSplits: 2)
      guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].utf8.count == 3,
        let status = Int(words[1])
      else { return nil }
      var fields: [(name: String, value: String)] = []
      for line in lines.dropFirst() {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        fields.append(
          (
            name: line[..<colon].lowercased(),
            value: SettingsReader.trimmed(String(line[line.index(after: colon)...]))
          ))
      }
      (self.status, self.fields, self.end) = (status, fields, end)
    }

    private func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    var isChunked: Bool { value("transfer-encoding")?.lowercased() == "chunked" }

    var length: Int? {
      value("content-length").flatMap { text in
        text.utf8.allSatisfy(Ascii.isDigit) ? Int(text) : nil
      }
    }
  }

  /// The parts of a body that was sent in chunks, put together.
  private static func joined(_ bytes: ArraySlice<UInt8>) throws(CloudProblem) -> [UInt8] {
    let problem = CloudProblem(description: "the parts of its answer can't be put together")
    let newline = Array("\r\n".utf8)
    var rest = bytes
    var body: [UInt8] = []
    while true {
      guard let line = rest.firstRange(of: newline) else { throw problem }
      let digits = rest[..<line.lowerBound].prefix { $0 != UInt8(ascii: ";") }
      let text = SettingsReader.trimmed(String(decoding: digits, as: UTF8.self))
      guard (1...8).contains(text.utf8.count), let size = Int(text, radix: 16), size >= 0 else {
        throw problem
      }
      rest = rest[line.upperBound...]
      if size == 0 { return body }
      guard rest.count >= size + 2 else { throw problem }
      body += rest.prefix(size)
      rest = rest.dropFirst(size)
      guard rest.starts(with: newline) else { throw problem }
      rest = rest.dropFirst(2)
    }
  }
}

extension String {
  /// What stands between separators, empty parts too.
  fileprivate func components(by separator: String) -> [String] {
    var parts: [String] = []
    var rest = Substring(self)
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
