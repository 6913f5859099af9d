/// Reserving the module's tables.
extension SettingsReader {
  /// `VROUTER_RESERVE_TABLES`, and the parameters that ask for huge pages, which it can't go together with.
  mutating func tableReservation() -> (reserves: Sourced<Bool>, hugePages: [String]) {
    let reserves = flag("VROUTER_RESERVE_TABLES")
    let hugePages = hugePageParameters()
    if reserves.value, !hugePages.isEmpty, let raw = present("VROUTER_RESERVE_TABLES") {
      refuse(
        raw, found: "'true' together with \(hugePages.joined(separator: ", "))",
        expected:
          "false, or no huge pages: the tables would be in page blocks before the huge pages are given")
    }
    return (reserves, hugePages)
  }

  /// The parameters with which somebody asks for huge pages, whoever acts on them.
  private mutating func hugePageParameters() -> [String] {
    let counts = ["HUGE_PAGES_1GB", "HUGE_PAGES_2MB"].filter { name in
      guard case .text(let text)? = present(name)?.value else { return false }
      return !text.isEmpty && text != "0"
    }
    let files = names.filter {
      let name = $0.lowercased()
      return name == "vrouter_agent__restart__huge_page_1g" || name == "vrouter_agent__restart__huge_page_2m"
    }
    return counts + files.sorted()
  }
}

extension ModuleSettings {
  /// Why the tables must not be reserved; nil when they may be.
  var reservationProblem: String? {
    guard !hugePages.isEmpty else { return nil }
    return
      "the tables are not reserved: \(hugePages.joined(separator: ", ")) asks for huge pages, and the tables would be in page blocks before these are given; unset it, or let the vRouter agent have its tables made"
  }
}
