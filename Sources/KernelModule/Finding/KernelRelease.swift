/// A kernel's release (uname(2)), taken apart as far as distributions name theirs alike, and ordered as releases are.
///
/// `3.10.0-1062.9.1.el7.x86_64`, `4.18.0-305.12.1.el8_4.x86_64`, `5.14.0-427.13.1.el9_4.x86_64+rt` (EL);
/// `6.1.0-56-cloud-amd64`, `6.12.9+bpo-amd64`, `6.1.0-0.deb11.21-amd64` (Debian); `5.15.0-100-generic`,
/// `5.4.0-1045-aws` (Ubuntu); `6.1.0-rc5`.
public struct KernelRelease: Equatable, Sendable {
  /// As the kernel has it.
  public let text: String
  /// Version, patch level and sublevel: `[6, 1, 0]`; less when the text has less.
  public let version: [Int]
  /// The number of a release candidate, which comes before the release itself.
  public let candidate: Int?
  /// The distribution's own numbers: `[1062, 9, 1]`, `[56]`.
  public let build: [Int]
  /// The other words, in their order: `el8_4`, `cloud`, `rt`; not the machine.
  let words: [String]
  /// The machine: `x86_64` for `amd64`, too; nil when the text has none.
  public let machine: String?

  /// Takes a release apart; any text is one, though perhaps without a version.
  public init(_ text: String) {
    self.text = text
    var rest = text[...]
    var version: [Int] = []
    while version.count < 3, let number = Self.takeNumber(&rest) {
      version.append(number)
      guard rest.first == ".", rest.dropFirst().first?.isNumber == true, version.count < 3 else { break }
      rest = rest.dropFirst()
    }
    var candidate: Int?
    var build: [Int] = []
    var words: [String] = []
    var machine: String?
    for token in rest.split(whereSeparator: { ".-+~".contains($0) }).map(String.init) {
      if let name = Self.machines[token] {
        machine = name
      } else if candidate == nil, build.isEmpty, words.isEmpty, token.hasPrefix("rc"),
        let number = Int(token.dropFirst(2))
      {
        candidate = number
      } else if words.isEmpty, let number = Self.number(token) {
        build.append(number)
      } else {
        words.append(token)
      }
    }
    (self.version, self.candidate, self.build) = (version, candidate, build)
    (self.words, self.machine) = (words, machine)
  }

  /// What kernel it is beside its age: `cloud`, `rt`, `generic`, `aws`, `el`, `el uek`; releases of two flavours have
  /// symbols of their own, however close their numbers are.
  public var flavour: String {
    words.compactMap { word in
      let letters = word.split { $0.isNumber || $0 == "_" }
      return letters.isEmpty ? nil : letters.joined(separator: " ")
    }.joined(separator: " ")
  }

  /// Names by which distributions tell the machine, and uname(2)'s own.
  private static let machines = [
    "x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64", "ppc64le": "ppc64le",
    "s390x": "s390x", "i686": "i686", "armv7l": "armv7l", "riscv64": "riscv64",
  ]

  private static func number(_ token: String) -> Int? {
    // Longer ones are no counters: a date, a commit.
    token.count <= 9 && token.allSatisfy { $0.isASCII && $0.isNumber } ? Int(token) : nil
  }

  private static func takeNumber(_ rest: inout Substring) -> Int? {
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard let number = number(String(digits)) else { return nil }
    rest = rest.dropFirst(digits.count)
    return number
  }
}

extension KernelRelease: Comparable {
  /// Older before newer: numbers as numbers, a candidate before its release.
  public static func < (left: KernelRelease, right: KernelRelease) -> Bool {
    let (leftVersion, rightVersion) = (left.paddedVersion, right.paddedVersion)
    if leftVersion != rightVersion { return leftVersion.lexicographicallyPrecedes(rightVersion) }
    let (leftCandidate, rightCandidate) = (left.candidate ?? .max, right.candidate ?? .max)
    if leftCandidate != rightCandidate { return leftCandidate < rightCandidate }
    if left.build != right.build { return left.build.lexicographicallyPrecedes(right.build) }
    let (leftWords, rightWords) = (left.words.map(Self.natural), right.words.map(Self.natural))
    for (one, other) in zip(leftWords, rightWords) where one != other {
      return one.lexicographicallyPrecedes(other, by: <)
    }
    if leftWords.count != rightWords.count { return leftWords.count < rightWords.count }
    return left.text < right.text
  }

  var paddedVersion: [Int] { version + Array(repeating: 0, count: 3 - version.count) }

  /// `el8_10` as `el`, 8, `_`, 10, so that it comes after `el8_4`.
  private static func natural(_ word: String) -> [Part] {
    var parts: [Part] = []
    var rest = word[...]
    while let first = rest.first {
      let isDigit = first.isNumber
      let run = rest.prefix { $0.isNumber == isDigit }
      parts.append(isDigit ? .number(Int(run) ?? .max) : .text(String(run)))
      rest = rest.dropFirst(run.count)
    }
    return parts
  }

  private enum Part: Comparable {
    case number(Int)
    case text(String)
  }
}

extension KernelRelease: CustomStringConvertible {
  /// As the kernel has it.
  public var description: String { text }
}
