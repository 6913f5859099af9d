/// Values by a link's index. Indices are small numbers unless many links came and went, so that a plain array mostly does.
struct LinkMap<Value: Sendable>: Sendable {
  private var dense: [Value?]
  private var sparse: [Int: Value] = [:]

  /// - Parameter count: how many links there are.
  init(count: Int = 0) {
    dense = Array(repeating: nil, count: 4 * count + 64)
  }

  subscript(index: Int) -> Value? {
    get { dense.indices.contains(index) ? dense[index] : sparse.isEmpty ? nil : sparse[index] }
    set {
      if dense.indices.contains(index) { dense[index] = newValue } else { sparse[index] = newValue }
    }
  }
}
