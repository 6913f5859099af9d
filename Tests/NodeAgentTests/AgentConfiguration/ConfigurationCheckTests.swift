import Netlink
import Testing

@testable import NodeAgent

@Suite struct ConfigurationCheckTests {
  /// What differs after a change to the text that would be written: kind, place, line given or not, what is shown.
  private func differences(
    _ environment: [String: String] = [:], _ change: (String) -> String
  ) throws -> [ConfigurationCheck.Difference] {
    let file = try render(environment).file
    return ConfigurationCheck(change(file.text), wanted: file).differences
  }

  private static func line(_ difference: ConfigurationCheck.Difference) -> String {
    let note = difference.note.map { $0.contains("already") ? "" : " (\($0))" } ?? ""
    guard let key = difference.key else { return "\(difference.kind.rawValue) line\(note)" }
    return "\(difference.kind.rawValue) [\(difference.section)] \(key): \(difference.present ?? "-"), "
      + "not \(difference.wanted ?? "-")\(note)"
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let old: String
    let new: String
    let expected: [String]

    init(_ name: String, _ old: String, _ new: String, _ expected: String...) {
      (testDescription, self.old, self.new, self.expected) = (name, old, new, expected)
    }
  }

  static let rows = [
    Row("nothing changed", "", ""),
    Row("a comment", "[DEFAULT]\n", "[DEFAULT]\n# a comment\n\n"),
    Row("a comment behind a value", "log_level=SYS_NOTICE", "log_level = SYS_NOTICE  # quiet"),
    Row("DOS line ends", "\n", "\r\n"),
    Row("another word for the same boolean", "xmpp_auth_enable=false", "xmpp_auth_enable=OFF"),
    Row(
      "the same number with zeros", "fabric_snat_hash_table_size=4096", "fabric_snat_hash_table_size=04096"),
    Row("a section that comes twice", "log_level=SYS_NOTICE\n", "[OTHER]\n[DEFAULT]\nlog_level=SYS_NOTICE\n"),
    Row("another order", "log_level=SYS_NOTICE\nlog_local=1\n", "log_local=1\nlog_level=SYS_NOTICE\n"),
    Row("a header with its dot", "[DEFAULT]\n", "[DEFAULT.]\n"),
    Row(
      "another value", "log_level=SYS_NOTICE", "log_level=SYS_DEBUG",
      "different [DEFAULT] log_level: SYS_DEBUG, not SYS_NOTICE"),
    Row(
      "a list with another entry", "[DNS]\nservers=10.20.0.15:53",
      "[DNS]\nservers=10.20.0.15:53\nservers=10.0.0.1:53",
      "different [DNS] servers: 10.20.0.15:53 10.0.0.1:53, not 10.20.0.15:53"),
    Row("a missing key", "log_level=SYS_NOTICE\n", "", "missing [DEFAULT] log_level: -, not SYS_NOTICE"),
    Row(
      "a key that is commented out", "log_level=", "#log_level=",
      "missing [DEFAULT] log_level: -, not SYS_NOTICE"),
    Row(
      "a key that the agent reads besides", "[FLOWS]\n", "[FLOWS]\nthread_count=8\n",
      "extra [FLOWS] thread_count: 8, not -"),
    Row(
      "a misspelt key", "log_level=", "log_levl=", "missing [DEFAULT] log_level: -, not SYS_NOTICE",
      "unknown [DEFAULT] log_levl: (set), not - (did you mean [DEFAULT] log_level?)"),
    Row(
      "a key in another section", "[FLOWS]\n", "[FLOWS]\nhuge_page_1G=/a /b\n",
      "unknown [FLOWS] huge_page_1G: (set), not - (did you mean [RESTART] huge_page_1G?)"),
    Row(
      "a key twice", "log_level=SYS_NOTICE\n", "log_level=SYS_NOTICE\nlog_level=SYS_NOTICE\n",
      "repeated [DEFAULT] log_level: SYS_NOTICE, not SYS_NOTICE"),
    Row(
      "a key twice that wouldn't be written", "[FLOWS]\n", "[FLOWS]\nthread_count=8\nthread_count=8\n",
      "repeated [FLOWS] thread_count: 8, not -"),
    Row(
      "no boolean", "log_local=1", "log_local=maybe",
      "invalid [DEFAULT] log_local: maybe, not 1 (expected true, false, 1, 0, yes, no, on or off)"),
    Row(
      "no number", "[FLOWS]\n", "[FLOWS]\nthread_count=many\n",
      "invalid [FLOWS] thread_count: many, not - (expected a whole number from 0 to 65535)"),
    Row(
      "a word that makes the agent exit", "slo_destination=collector", "slo_destination=colector",
      "invalid [SESSION] slo_destination: colector, not collector (expected collector, file, syslog, several of them separated by blanks)"
    ),
    Row(
      "no queues", "[FLOWS]\n", "[QUEUE-3]\nlogical_queue=garbage\n[FLOWS]\n",
      "invalid [QUEUE-3] logical_queue: garbage, not - (expected logical queues, as in [1, 6-10])"),
    Row(
      "a queue without a number", "[FLOWS]\n", "[QUEUE-x]\nlogical_queue=[1]\n[FLOWS]\n",
      "unknown [QUEUE-x] logical_queue: (set), not - (did you mean [QUEUE-<number>] logical_queue?)"),
    Row(
      "a pair of paths in two lines", "[FLOWS]\n",
      "[RESTART]\nhuge_page_1G=/a\nhuge_page_1G=/b\n[FLOWS]\n", "extra [RESTART] huge_page_1G: /a, not -"),
    Row(
      "three paths in two lines", "[FLOWS]\n",
      "[RESTART]\nhuge_page_1G=/a\nhuge_page_1G=/b /c\n[FLOWS]\n",
      "invalid [RESTART] huge_page_1G: /a, not - (expected one or two absolute paths separated by a single blank)"
    ),
    Row(
      "lines without an equals sign, and a header without a name", "[FLOWS]\n", "[FLOWS]\nnonsense\n[]\n[X\n",
      "unreadable line (a line without '=', which stops the agent)",
      "unreadable line (a header without a name, which stops the agent)",
      "unreadable line (a line without '=', which stops the agent)"),
    Row(
      "another secret", "metadata_proxy_secret=contrail", "metadata_proxy_secret=open-sesame",
      "different [METADATA] metadata_proxy_secret: (set), not (set)"),
    Row(
      "an empty secret", "metadata_proxy_secret=contrail", "metadata_proxy_secret=",
      "different [METADATA] metadata_proxy_secret: (unset), not (set)"),
  ]

  @Test(arguments: rows) func tellsWhatDiffers(_ row: Row) throws {
    let differences = try differences { row.old.isEmpty ? $0 : $0.replacing(row.old, with: row.new) }
    #expect(differences.map(Self.line) == row.expected)
    let stops = row.expected.contains { line in
      ["unreadable", "repeated", "invalid"].contains { line.hasPrefix($0) }
    }
    let file = try render().file
    let check = ConfigurationCheck(
      row.old.isEmpty ? file.text : file.text.replacing(row.old, with: row.new), wanted: file)
    #expect(check.isUsable == !stops)
    #expect(check.agrees == row.expected.isEmpty)
  }

  @Test func linesAndOriginsAreTold() throws {
    let found = try #require(
      try differences(["LOG_LEVEL": "SYS_INFO"]) { "\n\n" + $0.replacing("=SYS_INFO", with: "=SYS_DEBUG") }
        .first)
    let text = "\n\n" + (try render(["LOG_LEVEL": "SYS_DEBUG"]).text)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(found.line == lines.firstIndex { $0.hasPrefix("log_level") }.map { $0 + 1 })
    #expect(found.origin?.description == "LOG_LEVEL (environment)")
  }

  @Test func aMACAddressMayHaveCapitalLetters() throws {
    let file = try render { facts in
      facts.physicalInterfaces[0].mac = try #require(MACAddress("02:fc:00:00:00:0a"))
    }.file
    func kinds(_ mac: String) -> [ConfigurationCheck.Difference.Kind] {
      ConfigurationCheck(file.text.replacing("02:fc:00:00:00:0a", with: mac), wanted: file).differences
        .map(\.kind)
    }
    #expect(file.text.contains("02:fc:00:00:00:0a"))
    #expect(kinds("02:FC:00:00:00:0A") == [])
    #expect(kinds("02:FC:00:00:00:0B") == [.different])
    #expect(kinds("02:FC:00:00:00") == [.invalid])
  }

  /// Neither a secret of ours nor one that only the file has is told, by whatever name.
  @Test func noSecretIsTold() throws {
    let file = try render(["METADATA_PROXY_SECRET": "hunter1"]).file
    let text =
      file.text.replacing("hunter1", with: "hunter2") + """
        [BARBICAN]
        admin_password=hunter3
        anything=hunter4
        hunter5
        [METADATA]
        metadata_proxy_secret=hunter6
        """
    var report = ConfigurationCheckReport()
    report.add(ConfigurationCheck(text, wanted: file), file: "f", path: file.path)
    for output in [report.text, JSON.document(report)] {
      #expect(!output.contains("hunter"))
      #expect(output.contains("admin_password"))
    }
  }

  /// What is written reads as what was meant, whichever the file and whatever is set.
  @Test(arguments: GoldenConfiguration.all) func whatIsWrittenAgrees(_ golden: GoldenConfiguration) throws {
    for file in try golden.files().all {
      #expect(ConfigurationCheck(file.text, wanted: file).differences.isEmpty, "\(file.name)")
    }
  }

  private func companions(_ environment: [String: String] = [:]) throws -> [ConfigurationFile] {
    try ConfigurationFiles(settings: readSettings(environment), facts: exampleFacts()).companions
  }

  @Test(arguments: ["a#b", "100%x", "%", "%%(x)s", "a;b", ";", "#", "a=b: c", "open 100% sesame#1"])
  func aPasswordWithSignsOfItsOwnAgrees(_ password: String) throws {
    for file in try companions(["BARBICAN_PASSWORD": password]) {
      #expect(ConfigurationCheck(file.text, wanted: file).differences.isEmpty)
      let bytes = Array((file.text + "\n; c\n").utf8)
      #expect(
        ConfigurationDifference.keys(bytes, file)
          == ["the keys and values agree; comments or their order differ"])
    }
  }

  static let fileRows = [
    Row("comments", "[global]\n", "; one\n[global]\n# two\n ; three\n"),
    Row("colons and blanks", "use_ssl=", "use_ssl : "),
    Row("upper and lower case of a name", "WEB_SERVER=", "web_server="),
    Row("another word for the same boolean", "use_ssl=false", "use_ssl = False"),
    Row(
      "a value of every section", "[global]\nWEB_SERVER=10.20.0.15\nWEB_PORT=8082\n",
      "[DEFAULT]\nweb_port=8082\n[global]\nWEB_SERVER=10.20.0.15\n"),
    Row(
      "a value of every section beside its own", "[global]\n", "[DEFAULT]\nWEB_PORT=8083\n[global]\n",
      "extra [DEFAULT] WEB_PORT: (set), not -"),
    Row("another value", "WEB_PORT=8082", "WEB_PORT=8083", "different [global] WEB_PORT: 8083, not 8082"),
    Row("a key besides", "[global]\n", "[global]\nother=1\n", "extra [global] other: (set), not -"),
    Row(
      "no boolean", "use_ssl=false", "use_ssl=",
      "invalid [global] use_ssl: , not false (expected true, false, 1, 0, yes, no, on or off)"),
    Row(
      "a percent sign alone", "WEB_PORT=8082", "WEB_PORT=8082%",
      "invalid [global] WEB_PORT: 8082%, not 8082 (a '%' that isn't written twice)"),
    Row(
      "a reference", "WEB_PORT=8082", "p=1\nWEB_PORT=%(p)s",
      "different [global] WEB_PORT: (set), not 8082", "extra [global] p: (set), not -"),
    Row(
      "a key twice", "WEB_PORT=8082\n", "WEB_PORT=8082\nweb_port=8082\n",
      "repeated [global] WEB_PORT: 8082, not 8082"),
    Row(
      "lines that aren't taken", "[global]\n", "k=v\n[global]\nnonsense\n[]\n",
      "unreadable line (a line before the first section, which Python's configparser refuses)",
      "unreadable line (a line without '=' or ':', which Python's configparser refuses)",
      "unreadable line (a line without '=' or ':', which Python's configparser refuses)"),
  ]

  /// A file that Python reads: as configparser reads it, and none of its keys is called misspelt.
  @Test(arguments: fileRows) func aFileThatIsNotTheAgentsOwn(_ row: Row) throws {
    let file = try #require(try companions().first)
    let check = ConfigurationCheck(file.text.replacing(row.old, with: row.new), wanted: file)
    #expect(check.differences.map(Self.line) == row.expected)
    #expect(check.differences.allSatisfy { $0.note?.contains("agent") != true })
    let isUsable = !row.expected.contains { line in
      ["unreadable", "repeated", "invalid"].contains { line.hasPrefix($0) }
    }
    #expect(check.isUsable == isUsable)
    var report = ConfigurationCheckReport()
    report.add(check, file: "f", path: file.path)
    #expect(!report.text.contains("the agent"))
    #expect(report.text.contains("what reads it refuses it") == !isUsable)
    for line in ConfigurationDifference.keys(Array(file.text.replacing(row.old, with: row.new).utf8), file) {
      #expect(!line.contains("the agent"))
    }
  }

  @Test func theReportIsForPeopleToo() throws {
    let file = try render().file
    var report = ConfigurationCheckReport()
    report.add(ConfigurationCheck(file.text, wanted: file), file: "a.conf", path: file.path)
    #expect(report.agrees && report.isUsable)
    #expect(report.text == "a.conf: as it would be written\n")
    report.add(
      ConfigurationCheck(file.text + "x\u{1B}[0m=1\nfoo\n", wanted: file), file: "b.conf", path: file.path)
    #expect(!report.agrees && !report.isUsable)
    #expect(
      report.text.contains(
        "b.conf: 2 differences from what would be written; the agent can't start with it\n"))
  }
}
