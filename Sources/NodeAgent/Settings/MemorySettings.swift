import KernelModule

/// What may be done about memory, and where the module's tables may lie.
struct MemorySettings: Sendable, Equatable {
  /// VROUTER_MEMORY_TREATMENT
  var treatment: Sourced<MemoryTreatment.Bound>
  /// VROUTER_MODULE_FIT: whether tables may be made smaller.
  var fitsTables: Sourced<Bool>
  /// VROUTER_MODULE_FIT_FLOW_MIN, in entries.
  var leastFlowEntries: Sourced<Int>
  /// VROUTER_MODULE_FIT_BRIDGE_MIN, in entries.
  var leastBridgeEntries: Sourced<Int>
  var hugePages: HugePageSettings
}

/// HUGE_PAGES_*: the field's own names. They count in the memory that is needed, and the tables' files are named in the
/// vRouter agent's configuration.
struct HugePageSettings: Sendable, Equatable {
  /// HUGE_PAGES_1GB: pages of 1 GiB to be there; 0 for none.
  var gigantic: Int
  /// HUGE_PAGES_2MB: pages of 2 MiB to be there, when there are none of 1 GiB.
  var huge: Int
  /// HUGE_PAGES_1GB_DIR
  var giganticDirectory: Sourced<String>?
  /// HUGE_PAGES_2MB_DIR
  var hugeDirectory: Sourced<String>?
  /// HUGE_PAGES_DIR
  var directory: Sourced<String>

  /// Whether no huge pages are asked for.
  var isEmpty: Bool { gigantic == 0 && huge == 0 }
}

extension SettingsReader {
  /// What `VROUTER_MEMORY_TREATMENT`, `VROUTER_MODULE_FIT*` and `HUGE_PAGES_*` say.
  mutating func memory() -> MemorySettings {
    let bounds = MemoryTreatment.Bound.allCases.map(\.rawValue)
    return MemorySettings(
      treatment: value("VROUTER_MEMORY_TREATMENT", expected: "none, compact or reclaim") { text in
        bounds.contains(text.lowercased()) ? MemoryTreatment.Bound(rawValue: text.lowercased()) : nil
      },
      fitsTables: flag("VROUTER_MODULE_FIT"),
      leastFlowEntries: value(
        "VROUTER_MODULE_FIT_FLOW_MIN", expected: Self.entriesExpected, Self.tableEntries),
      leastBridgeEntries: value(
        "VROUTER_MODULE_FIT_BRIDGE_MIN", expected: Self.entriesExpected, Self.tableEntries),
      hugePages: hugePages())
  }

  private mutating func hugePages() -> HugePageSettings {
    let (gigantic, huge) = (pages("HUGE_PAGES_1GB"), pages("HUGE_PAGES_2MB"))
    if gigantic > 0, huge > 0 {
      warn(
        ["HUGE_PAGES_2MB"],
        "it says nothing beside HUGE_PAGES_1GB: pages of 2 MiB are neither asked for nor used")
    }
    return HugePageSettings(
      gigantic: gigantic, huge: huge,
      giganticDirectory: optional("HUGE_PAGES_1GB_DIR", expected: Self.pathExpected, Self.path),
      hugeDirectory: optional("HUGE_PAGES_2MB_DIR", expected: Self.pathExpected, Self.path),
      directory: value("HUGE_PAGES_DIR", expected: Self.pathExpected, Self.path))
  }

  private mutating func pages(_ name: String) -> Int {
    value(name, expected: "a whole number of pages from 0 to 1000000") {
      Self.number($0, in: 0...1_000_000)
    }.value
  }

  private static let entriesExpected = "a whole number of entries from 1024 to 16777215"

  private static func tableEntries(_ text: String) -> Int? { number(text, in: 1024...16_777_215) }
}
