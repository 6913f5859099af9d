import Foundation
import Logging
import Synchronization
import Testing

@testable import NodeAgent

@Suite struct StandardErrorLogTests {
  /// Lines that a log wrote.
  private final class Sink: Sendable {
    private let written = Mutex<[String]>([])

    func logger(_ format: LogFormat, _ level: Logger.Level = .debug) -> Logger {
      Logger(label: "test") { _ in
        StandardErrorLog(format: format, level: level) { line in self.written.withLock { $0.append(line) } }
      }
    }

    var lines: [String] { written.withLock { $0 } }
  }

  private func text(_ record: (Logger) -> Void) throws -> String {
    let sink = Sink()
    record(sink.logger(.text))
    try #require(sink.lines.count == 1)
    return sink.lines[0]
  }

  private func json(_ record: (Logger) -> Void) throws -> [String: String] {
    let sink = Sink()
    record(sink.logger(.json))
    try #require(sink.lines.count == 1)
    #expect(sink.lines[0].hasSuffix("\n") && !sink.lines[0].dropLast().contains("\n"))
    return try JSONDecoder().decode([String: String].self, from: Data(sink.lines[0].utf8))
  }

  @Test func aLineForPeople() throws {
    let line = try text { $0.notice("ready", metadata: ["interface": "eth0", "attempt": "2"]) }
    let time = #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/#
    #expect(line.replacing(time, with: "TIME") == "TIME notice ready attempt=2 interface=eth0\n")
  }

  @Test func anObjectForMachines() throws {
    let record = try json { $0.error("not \"ready\"", metadata: ["interfaceName": "eth0"]) }
    #expect(Set(record.keys) == ["time", "level", "message", "interfaceName"])
    #expect(record["level"] == "error")
    #expect(record["message"] == "not \"ready\"")
    #expect(record["interfaceName"] == "eth0")
    #expect(record["time"]?.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/#) != nil)
  }

  @Test func belowTheLevelNothingIsWritten() {
    let sink = Sink()
    let log = sink.logger(.text, .warning)
    log.debug("a")
    log.info("b")
    log.notice("c")
    log.warning("d")
    log.error("e")
    #expect(sink.lines.count == 2)
  }

  /// Text that an interface's name or a file may hold, by which someone would write a line of his own.
  static let forgeries = [
    "x\n2026-01-01T00:00:00Z info ready", "x\r2026-01-01T00:00:00Z info ready", "x\r\nready", "x\u{0B}ready",
    "x\u{0C}ready", "x\u{85}ready", "x\u{2028}ready", "x\u{2029}ready", "x\u{1B}[2K\u{1B}[1Gready",
    "x\u{08}\u{08}ready",
    "x\u{0}ready", "x\u{7F}ready", "x\u{9B}2Kready", "x\n\n\nready\n",
  ]

  @Test(arguments: forgeries) func noValueMakesALineOfItsOwn(_ value: String) throws {
    for line in [
      try text { $0.info("\(value)") }, try text { $0.info("message", metadata: ["key": "\(value)"]) },
      try text { $0.info("message", metadata: ["k\(value)": "v"]) },
    ] {
      #expect(line.hasSuffix("\n"))
      #expect(line.contains("x") && line.contains("ready"))
      #expect(
        !line.unicodeScalars.dropLast().contains(where: ControlCharacters.contains),
        "\(line.debugDescription)")
    }
    let record = try json { $0.info("\(value)", metadata: ["key": "\(value)"]) }
    #expect(record["message"] == value)
    #expect(record["key"] == value)
    #expect(record["level"] == "info")
  }

  @Test func metadataCantPoseAsTheRecordItself() throws {
    let record = try json {
      $0.warning("true", metadata: ["level": "info", "message": "false", "time": "never"])
    }
    #expect(record["level"] == "warning")
    #expect(record["message"] == "true")
    #expect(record["time"] != "never")
  }

  @Test func metadataOfTheLoggerIsThereToo() throws {
    let line = try text {
      var log = $0
      log[metadataKey: "node"] = "node1"
      log[metadataKey: "step"] = "one"
      log.info("m", metadata: ["step": "two"])
    }
    #expect(line.hasSuffix(" info m node=node1 step=two\n"))
  }
}
