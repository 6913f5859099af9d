extension Array {
  /// As many elements get room at once as make the copying of earlier ones cheap.
  private static var largestStep: Int { 8 }
  /// From so many on the room only doubles.
  private static var many: Int { 1 << 14 }

  /// Adds an element to what may become a list of thousands.
  ///
  /// Room that isn't used yet costs no memory: the kernel gives pages when they are first written to. Doubling from the
  /// start would touch twice as many.
  mutating func appendToMany(_ element: Element) {
    if count == capacity {
      reserveCapacity(Swift.max(64, count * (count < Self.many ? Self.largestStep : 2)))
    }
    append(element)
  }
}
