import Foundation
import Testing

@testable import NodeAgent

/// What a real bash makes of files that it sources: the truth that `EnvironmentFile` is compared with.
struct ShellOracle {
  /// The names that are compared; a name of an associative array is followed by its key in brackets.
  static let names = (0..<10).map { "V\($0)" }
  static let mapName = "M"
  static let environment = ["E0": "from env", "E1": "", "V9": "env nine"]

  /// Sources each text in a bash of its own and returns what the names hold, nil where bash reported an error.
  static func run(_ texts: [String]) throws -> [[String: String]?] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("oracle-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (index, text) in texts.enumerated() {
      try Data(text.utf8).write(to: folder.appendingPathComponent("\(index).env"))
    }
    // An empty PATH: should a file hold a command after all, only builtins could run. The script's own variables have
    // names that no damaged file comes upon.
    let script = """
      oracle_index=0
      while [ $oracle_index -lt \(texts.count) ]; do
        (
          exec 2>"$oracle_folder/err"
          set -a
          { . "$oracle_folder/$oracle_index.env"; } >"$oracle_folder/out"
          exec 2>&1
          [ -s "$oracle_folder/err" ] && printf 'ERROR\\0%s\\0' "$(<"$oracle_folder/err")"
          for oracle_name in \(names.joined(separator: " ")); do
            [ -v "$oracle_name" ] && printf '%s\\0%s\\0' "$oracle_name" "${!oracle_name}"
          done
          for oracle_key in "${!M[@]}"; do printf '%s\\0%s\\0' "M[$oracle_key]" "${M[$oracle_key]}"; done
        )
        printf 'END\\0\\0'
        oracle_index=$((oracle_index+1))
      done
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["--norc", "--noprofile", "-c", script]
    process.environment = environment.merging(
      ["PATH": "/nonexistent", "LC_ALL": "C.UTF-8", "oracle_folder": folder.path]) { $1 }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()

    let fields = data.split(separator: 0, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    var results: [[String: String]?] = []
    var current: [String: String] = [:]
    for index in stride(from: 0, to: fields.count - 1, by: 2) {
      if fields[index] == "END" {
        results.append(current["ERROR"] == nil ? current : nil)
        current = [:]
      } else {
        current[fields[index]] = fields[index + 1]
      }
    }
    try #require(results.count == texts.count)
    return results
  }

  /// The same view of what `EnvironmentFile` read.
  static func view(_ file: EnvironmentFile) -> [String: String] {
    var view: [String: String] = [:]
    for name in names {
      switch file.assignments[name]?.value {
      case .text(let text): view[name] = text
      case .map: view[name] = "(a map)"
      case nil: view[name] = environment[name]
      }
    }
    if case .map(let entries)? = file.assignments[mapName]?.value {
      for entry in entries { view["M[\(entry.key)]"] = entry.value }
    }
    return view
  }

  static func read(_ text: String) -> EnvironmentFile {
    EnvironmentFile(path: "common.env", bytes: Array(text.utf8), environment: environment)
  }
}

/// A generator that gives the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A seed from VROUTER_TEST_SEED, else a new one.
  static func seed() -> UInt64 {
    ProcessInfo.processInfo.environment["VROUTER_TEST_SEED"].flatMap { UInt64($0) }
      ?? UInt64.random(in: 0...UInt64.max)
  }
}
