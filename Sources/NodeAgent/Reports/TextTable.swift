/// Columns that line up, for a terminal or a log.
struct TextTable {
  private var rows: [[String]]
  private var widths: [Int]

  /// - Parameter titles: one for each column.
  init(_ titles: [String]) {
    rows = [titles]
    widths = titles.map(Self.width(of:))
  }

  /// Adds a row with a cell for each column.
  mutating func add(_ cells: [String]) {
    for column in widths.indices where cells.indices.contains(column) {
      widths[column] = max(widths[column], Self.width(of: cells[column]))
    }
    rows.append(cells)
  }

  /// Each row on a line of its own, two blanks between columns, none at the ends.
  var text: String {
    // As bytes: a host may have thousands of interfaces.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rows.count * (widths.reduce(0, +) + 2 * widths.count))
    for row in rows {
      let start = bytes.count
      for (cell, width) in zip(row, widths) {
        bytes.append(contentsOf: cell.utf8)
        bytes.append(contentsOf: repeatElement(Ascii.space, count: width - Self.width(of: cell) + 2))
      }
      while bytes.count > start, bytes.last == Ascii.space { bytes.removeLast() }
      bytes.append(Ascii.lineFeed)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// How many columns of a terminal a text takes: its characters, which for ASCII are its bytes.
  private static func width(of text: String) -> Int {
    text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.count
  }
}
