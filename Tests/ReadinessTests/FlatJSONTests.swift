import Testing

@testable import Readiness

@Suite struct FlatJSONTests {
  @Test(
    arguments: [
      ("{}", []),
      (" {\n} \n", []),
      (#"{"a":1}"#, [("a", FlatJSON.Value.integer(1))]),
      (#"{ "a" : -9223372036854775808 , "b" : "x" }"#, [("a", .integer(.min)), ("b", .string("x"))]),
      (#"{"q":"\"\\\/\n\r\t\b\f\u0041\u00e9é"}"#, [("q", .string("\"\\/\n\r\t\u{8}\u{c}Aéé"))]),
      (#"{"":""}"#, [("", .string(""))]),
    ] as [(String, [(String, FlatJSON.Value)])])
  func reads(text: String, members: [(String, FlatJSON.Value)]) throws {
    let json = try FlatJSON(parsing: Array(text.utf8))
    #expect(json.members.elementsEqual(members, by: ==))
    #expect(try FlatJSON(parsing: json.bytes) == json)
  }

  @Test(arguments: [
    "", "{", "}", "[]", "1", "null", "{}{}", "{} x", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#,
    #"{"a":1 "b":2}"#, #"{"a":1,"a":1}"#, #"{"a":01}"#, #"{"a":-0}"#, #"{"a":1.0}"#, #"{"a":1e3}"#,
    #"{"a":+1}"#, #"{"a":9223372036854775808}"#, #"{"a":true}"#, #"{"a":null}"#, #"{"a":[1]}"#,
    #"{"a":{}}"#, #"{"a":"x}"#, "{\"a\":\"\n\"}", #"{"a":"\x"}"#, #"{"a":"\u12"}"#, #"{"a":"\ud800"}"#,
    #"{"a":"\u+123"}"#, #"{a:1}"#, #"{"a":1}}"#, "{\"a\":\"\0\"}", #"{"a":- 1}"#, #"{'a':1}"#,
  ])
  func refuses(text: String) {
    #expect(throws: FlatJSON.SyntaxError.self) { try FlatJSON(parsing: Array(text.utf8)) }
  }

  @Test func refusesBytesThatAreNoText() {
    #expect(throws: FlatJSON.SyntaxError.self) {
      try FlatJSON(parsing: Array(#"{"a":""#.utf8) + [0xff] + Array(#""}"#.utf8))
    }
  }

  /// Every shortened document is refused, and every changed byte leads to an answer, never to a trap.
  @Test func survivesDamage() throws {
    var json = FlatJSON()
    json.append("name", .string("a \"quoted\"\n\u{1}é"))
    json.append("number", .integer(-12))
    let bytes = json.bytes
    for length in 0..<(bytes.count - 2) {
      #expect(throws: FlatJSON.SyntaxError.self, "\(length)") {
        try FlatJSON(parsing: Array(bytes[..<length]))
      }
    }
    for offset in bytes.indices {
      for byte in UInt8.min ... .max {
        var damaged = bytes
        damaged[offset] = byte
        _ = try? FlatJSON(parsing: damaged)
      }
    }
  }
}
