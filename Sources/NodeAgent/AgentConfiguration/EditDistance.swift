/// How many letters differ between two texts.
enum EditDistance {
  /// Insertions, deletions, replacements and swaps of neighbours that make one text of the other (the restricted
  /// Damerau-Levenshtein distance); nil when it takes more than the limit.
  static func between(_ left: String, _ right: String, limit: Int) -> Int? {
    guard abs(left.utf8.count - right.utf8.count) <= limit else { return nil }
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    var before: [Int] = []
    var last = Array(0...right.count)
    for (i, byte) in left.enumerated() {
      var row = [i + 1]
      for (j, other) in right.enumerated() {
        var cost = min(last[j] + (byte == other ? 0 : 1), row[j] + 1, last[j + 1] + 1)
        if i > 0, j > 0, byte == right[j - 1], left[i - 1] == other { cost = min(cost, before[j - 1] + 1) }
        row.append(cost)
      }
      // A later row is no smaller than the smallest of the two before it: names that have nothing in common end here.
      if let least = row.min(), least > limit, last.min().map({ $0 > limit }) ?? true { return nil }
      (before, last) = (last, row)
    }
    return last[right.count] <= limit ? last[right.count] : nil
  }
}
