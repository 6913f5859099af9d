/// Columns that line up, for a terminal or a log.
struct TextTable {
  private var rows: [[String]]

  /// - Parameter titles: one for each column.
  init(_ titles: [String]) {
    rows = [titles]
  }

  /// Adds a row with a cell for each column.
  mutating func add(_ cells: [String]) {
    rows.append(cells)
  }

  /// Each row on a line of its own, two blanks between columns, none at the ends.
  var text: String {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (cell, width) in zip(row, widths) {
        line += cell + String(repeating: " ", count: width - cell.count + 2)
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
