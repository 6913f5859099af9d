import Testing

@testable import NodeAgent

@Suite struct EnvironmentFileRandomTests {
  /// Files of the supported grammar mean what they mean to bash.
  @Test func generatedFilesReadAsBashReadsThem() throws {
    let seed = SeededGenerator.seed()
    print("EnvironmentFileRandomTests.generated: VROUTER_TEST_SEED=\(seed)")
    var generator = FileGenerator(random: SeededGenerator(seed: seed))
    let texts = (0..<400).map { _ in generator.file() }
    let truths = try ShellOracle.run(texts)
    for (text, truth) in zip(texts, truths) {
      let file = ShellOracle.read(text)
      #expect(file.problems.isEmpty, "seed \(seed): \(text)")
      #expect(ShellOracle.view(file) == truth, "seed \(seed): \(text)")
    }
  }

  /// Damaged files never crash the reader; what it accepts all the same means what it means to bash.
  @Test func damagedFilesAreRefusedOrReadAsBashReadsThem() throws {
    let seed = SeededGenerator.seed()
    print("EnvironmentFileRandomTests.damaged: VROUTER_TEST_SEED=\(seed)")
    var generator = FileGenerator(random: SeededGenerator(seed: seed))
    var accepted: [String] = []
    for _ in 0..<6000 {
      let text = generator.damaged(generator.file())
      let file = ShellOracle.read(text)
      if file.problems.isEmpty { accepted.append(text) }
    }
    #expect(accepted.count > 100)
    let texts = Array(accepted.prefix(600))
    for (text, truth) in zip(texts, try ShellOracle.run(texts)) {
      #expect(ShellOracle.view(ShellOracle.read(text)) == truth, "seed \(seed): \(text)")
    }
  }

  /// Any bytes at all: no crash, and an answer.
  @Test func randomBytesAreSurvived() {
    let seed = SeededGenerator.seed()
    print("EnvironmentFileRandomTests.bytes: VROUTER_TEST_SEED=\(seed)")
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("V0=M[]()'\"$`\\{}:-+?#; \n\tadeclare -A export \r\u{e9}".utf8) + [0xFF]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
        Int.random(in: 0..<50, using: &random) == 0
          ? UInt8.random(in: 0...255, using: &random) : alphabet.randomElement(using: &random) ?? 0
      }
      _ = EnvironmentFile(path: "random", bytes: bytes, environment: ShellOracle.environment)
    }
  }
}

/// Makes files of the grammar that the reader understands.
struct FileGenerator {
  var random: SeededGenerator

  mutating func file() -> String {
    var lines = pick(4) == 0 ? ["declare -A M"] : []
    let hasMap = !lines.isEmpty
    for _ in 0...pick(6) { lines.append(statement(hasMap: hasMap)) }
    return lines.joined(separator: "\n") + (pick(4) == 0 ? "" : "\n")
  }

  /// The file with a few bytes taken out, put in or doubled.
  mutating func damaged(_ text: String) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0...pick(3) where !scalars.isEmpty {
      let place = pick(scalars.count)
      switch pick(3) {
      case 0: scalars.remove(at: place)
      case 1:
        let odd: [Unicode.Scalar] = [
          "'", "\"", "$", "\\", "{", "}", "#", " ", "\n", "=", "[", "]", ":", "-", "a",
        ]
        scalars.insert(odd[pick(odd.count)], at: place)
      default: scalars.insert(scalars[place], at: place)
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  private mutating func name() -> String { "V\(pick(10))" }

  private mutating func blank() -> String { ["", " ", "\t", "  ", " \\\n "][pick(5)] }

  private mutating func statement(hasMap: Bool) -> String {
    switch pick(hasMap ? 12 : 9) {
    case 0: "\(blank())# it's a comment $(x) \\"
    case 1: ""
    case 2: "export\(blank()) \(name())=\(value(isArgument: true)) \(name())=\(value(isArgument: true))"
    case 3: "\(name())=\(value()); \(name())=\(value()) # end"
    case 4: "\(name())+=\(value())"
    case 5: "declare -x \(name())=\(value(isArgument: true))"
    case 9: "M[\(key())]=\(value())"
    case 10, 11: "M\(["=", "+="][pick(2)])(\(blank())[\(key())]=\(value())\n [\(key())]=\(value()) # c\n)"
    default: "\(blank())\(name())=\(value())"
    }
  }

  private mutating func key() -> String { ["a", "'b c'", "\"d\"", "e.f-g", "\"$E0\"", "h\\ i"][pick(6)] }

  private mutating func value(isArgument: Bool = false) -> String {
    (0..<pick(5)).map { _ in piece(depth: 0, isArgument: isArgument) }.joined()
  }

  private mutating func piece(depth: Int, isArgument: Bool) -> String {
    switch pick(9) {
    case 0, 1: literal(isArgument: isArgument)
    case 2: "'\(["", "a b", "$E0", "\\", "x\ny", "#\"`", "é{}"][pick(7)])'"
    case 3: "\"\((0..<pick(4)).map { _ in quotedPiece(depth: depth) }.joined())\""
    case 4: "$'\(["\\n", "\\t\\\\", "a\\'b", "\\x41\\101", "\\u20ac", "\\q", "\"#"][pick(7)])'"
    case 5: "\\\(["a", " ", "$", "'", "\"", "\\", "#", "\n", "~", "{"][pick(10)])"
    case 6: "$\(variable())\(["", "."][pick(2)])"
    default: braces(depth: depth, isQuoted: false)
    }
  }

  private mutating func literal(isArgument: Bool) -> String {
    let all = [
      "a", "bc", "10.0.0.1", "a=b", "x#y", "/p/q", "é", "%", "@", ",", "a]", "!", "*", "^z", "$.", "{", "}",
    ]
    return all[pick(all.count - (isArgument ? 2 : 0))]
  }

  private mutating func variable() -> String { ["E0", "E1", "NONE", "V1", "V2", "V9"][pick(6)] }

  private mutating func quotedPiece(depth: Int) -> String {
    switch pick(6) {
    case 0: ["a b", "it's", "#", "~", ";|&<>()", "\n", "é", "\\a"][pick(8)]
    case 1: ["\\\"", "\\$", "\\`", "\\\\", "\\\n"][pick(5)]
    case 2: "$\(variable()) "
    case 3: "$ "
    default: braces(depth: depth, isQuoted: true)
    }
  }

  private mutating func braces(depth: Int, isQuoted: Bool) -> String {
    guard depth < 3, pick(4) > 0 else { return "${\(variable())}" }
    let operation = ["-", ":-", "+", ":+", "=", ":="][pick(isQuoted ? 6 : 6)]
    // Bash assigns nothing in the words of an expansion that it doesn't take, and neither do we: any name will do.
    let word = (0..<pick(3)).map { _ in
      isQuoted ? bracedQuotedPiece(depth: depth + 1) : bracedPiece(depth: depth + 1)
    }
    return "${\(variable())\(operation)\(word.joined())}"
  }

  private mutating func bracedPiece(depth: Int) -> String {
    pick(5) == 0 ? ["a b", "x  y", "\\}", ";", "(", "#"][pick(6)] : piece(depth: depth, isArgument: true)
  }

  private mutating func bracedQuotedPiece(depth: Int) -> String {
    switch pick(5) {
    case 0: ["a b", "\\}", "\\\"", "\\$", "x"][pick(5)]
    case 1: "\"y z\""
    case 2: "$\(variable()) "
    default: braces(depth: depth, isQuoted: true)
    }
  }
}
