/// Columns that line up, for a terminal or a log.
struct TextTable {
  /// Row after row.
  private var cells: [String]
  private var widths: [Int]

  /// - Parameter titles: one for each column.
  init(_ titles: [String]) {
    cells = titles
    widths = titles.map(Self.width(of:))
  }

  /// Adds a row with a cell for each column.
  mutating func add(_ row: [String]) {
    for column in widths.indices {
      let cell = row.indices.contains(column) ? row[column] : ""
      widths[column] = max(widths[column], Self.width(of: cell))
      cells.append(cell)
    }
  }

  /// Each row on a line of its own, two blanks between columns, none at the ends.
  var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  /// Adds ``text`` to another: a host may have thousands of interfaces, and a copy of so many lines costs time.
  func write(to text: inout String) {
    guard !widths.isEmpty else {
      text += "\n"
      return
    }
    let longest = widths.reduce(0, +) + 2 * widths.count
    let blanks = String(repeating: " ", count: longest)
    text.reserveCapacity(text.utf8.count + cells.count / widths.count * longest)
    for start in stride(from: 0, to: cells.count, by: widths.count) {
      // Blanks are written once something follows them.
      var missing = 0
      for (column, width) in widths.enumerated() {
        let cell = cells[start + column]
        if !cell.isEmpty {
          text += blanks[..<blanks.utf8.index(blanks.startIndex, offsetBy: missing)]
          text += cell
          missing = 0
        }
        missing += width - Self.width(of: cell) + 2
      }
      text += "\n"
    }
  }

  /// How many columns of a terminal a text takes: its characters, which for ASCII are its bytes.
  private static func width(of text: String) -> Int {
    text.utf8Span.isKnownASCII ? text.utf8.count : text.count
  }
}
