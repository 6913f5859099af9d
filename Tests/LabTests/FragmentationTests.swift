import Testing

/// The recipes that fragment a guest's memory: what each leaves, what mends it and what doesn't.
@Suite(.withGuests)
struct FragmentationTests {
  struct Recipe: Sendable, CustomTestStringConvertible {
    let name: String
    /// MemFree afterwards, in MB.
    let free: ClosedRange<Int>
    /// The most blocks of order 10 that are left: with none, a load with the default options fails too.
    var blocks = 0
    let useless: [String]
    let helps: String
    var testDescription: String { name }
  }

  static let compact = "echo 1 >/proc/sys/vm/compact_memory"
  static let dropPageCache = "echo 1 >/proc/sys/vm/drop_caches"
  static let dropSlab = "echo 2 >/proc/sys/vm/drop_caches"

  static let recipes = [
    Recipe(name: "movable", free: 400...469, useless: [dropPageCache, dropSlab], helps: compact),
    Recipe(name: "mlocked", free: 400...469, useless: [dropPageCache, dropSlab], helps: compact),
    Recipe(
      name: "unmovable", free: 400...469, useless: [dropPageCache, dropSlab, compact],
      helps: "lab-fragment undo"),
    Recipe(
      name: "pipes", free: 390...469, useless: [dropPageCache, dropSlab, compact], helps: "lab-fragment undo"),
    Recipe(name: "pagecache", free: 0...20, useless: [compact], helps: dropPageCache),
    Recipe(name: "slab", free: 40...70, blocks: 15, useless: [compact, dropPageCache], helps: dropSlab),
  ]

  @Test(arguments: recipes)
  func isMendedByWhatItShouldBe(_ recipe: Recipe) async throws {
    // The next-hop table of this size takes 16 blocks of 4 MiB.
    // Pages that were moved or freed wait on lists of the processor, where they join no block: four
    // megabytes taken and given back push them out.
    let attempt = """
      dd if=/dev/zero of=/tmp/four bs=1M count=4 2>/dev/null; rm /tmp/four
      blocks=$(lab-blocks 10)
      insmod /lab/modules/vrouter.ko vr_nexthops=8388608 2>/dev/null && rmmod vrouter && echo "loads $blocks" ||
        echo "fails $blocks"
      """
    let useless = recipe.useless.map { "\($0)\n\(attempt)" }.joined(separator: "\n")
    let result = try await Guest(memory: 512, programs: []).run(
      """
      lab-blocks 10
      lab-fragment \(recipe.name) >/out/shown
      awk '/^MemFree/ { print int($2 / 1024) }' /proc/meminfo
      lab-blocks 10
      insmod /lab/modules/vrouter.ko 2>&1 | grep -o 'Cannot allocate memory' ||
        { rmmod vrouter && echo 'loads all the same'; }
      \(useless)
      { \(recipe.helps); } >/dev/null
      \(attempt)
      """)
    let lines = result.output.split(separator: "\n").map(String.init)
    try #require(lines.count == 5 + recipe.useless.count, "\(result.output)\(result.errors)")
    #expect(try #require(Int(lines[0])) > 60)
    #expect(recipe.free.contains(try #require(Int(lines[1]))))
    #expect(try #require(Int(lines[2])) <= recipe.blocks)
    if recipe.blocks == 0 { #expect(lines[3] == "Cannot allocate memory") }
    for line in lines[4..<lines.count - 1] {
      #expect(line.hasPrefix("fails "))
    }
    let mended = lines[lines.count - 1].split(separator: " ")
    #expect(mended.first == "loads")
    #expect(try #require(Int(mended.last ?? "")) >= 16)
    #expect(result.text("shown")?.contains("after \(recipe.name): MemFree: ") == true)
    #expect(result.errors == "")
  }
}
