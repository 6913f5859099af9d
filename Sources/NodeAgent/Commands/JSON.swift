import FoundationEssentials

/// How every JSON document of this program is written: keys sorted, so that two outputs can be compared.
enum JSON {
  /// A document for people and machines: indented, with a newline at its end.
  static func document(_ value: some Encodable) -> String {
    encode(value, [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]) + "\n"
  }

  /// A document in one line, with a newline at its end.
  static func line(_ value: some Encodable) -> String {
    encode(value, [.sortedKeys, .withoutEscapingSlashes]) + "\n"
  }

  private static func encode(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting
    encoder.keyEncodingStrategy = .convertToSnakeCase
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      // Only a value that JSON can't hold (a number that is none) fails, and no report of ours has one.
      return "{\"error\": \"this report could not be encoded\"}"
    }
  }
}
