import KernelModule
import Testing

@testable import NodeAgent

struct HugePageWishTests {
  private static let two: UInt64 = 2 << 20
  private static let giga: UInt64 = 1 << 30

  private static func wish(
    _ environment: [String: String], pools: [HugePages.Pool] = [pool(two, 10), pool(giga, 0)],
    mounts: [HugePages.Mount] = [.init(path: "/dev/hugepages", pageBytes: two)]
  ) throws -> HugePageWish? {
    let settings = try Settings.read(environment: environment)
    return HugePageWish(
      settings.module.memory.hugePages, mayMount: settings.node.mountsHugePages.value,
      on: HugePages(pools: pools, mounts: mounts))
  }

  private static func pool(_ bytes: UInt64, _ total: UInt64, node: Int? = nil) -> HugePages.Pool {
    HugePages.Pool(pageBytes: bytes, node: node, total: total, free: total, promised: node == nil ? 0 : nil)
  }

  @Test func nothingIsAskedFor() throws {
    #expect(try Self.wish([:]) == nil)
    #expect(try Self.wish(["HUGE_PAGES_1GB": "0", "HUGE_PAGES_2MB": "0"]) == nil)
  }

  @Test func whatIsMissingIsToldWithTheKernelArgument() throws {
    let nodes = [Self.pool(Self.two, 6, node: 0), Self.pool(Self.two, 4, node: 1)]
    let wish = try #require(
      try Self.wish(["HUGE_PAGES_2MB": "64"], pools: [Self.pool(Self.two, 10)] + nodes))
    #expect(wish.missing == 54 && wish.isMounted && wish.refusal == nil && !wish.mounts)
    #expect(
      wish.shortage == "of 64 huge pages of 2 MiB that HUGE_PAGES_2MB asks for, 10 are reserved: 54 missing")
    #expect(wish.remedy.hasSuffix("hugepagesz=2M hugepages=64"))
    #expect(
      wish.evidence == [
        "all nodes: 10 reserved, 10 free", "node 0: 6 reserved, 6 free", "node 1: 4 reserved, 4 free",
        "mounted at /dev/hugepages",
      ])
    #expect(try Self.wish(["HUGE_PAGES_2MB": "10"])?.shortage == nil)
  }

  /// As in the field's scripts, those of 1 GiB are looked at alone where both are asked for.
  @Test func largerPagesGoFirst() throws {
    let wish = try #require(
      try Self.wish(
        ["HUGE_PAGES_1GB": "2", "HUGE_PAGES_2MB": "64", "HUGE_PAGES_1GB_DIR": "/mnt/1g"],
        mounts: [.init(path: "/mnt/1g", pageBytes: Self.giga)]))
    #expect(
      wish.parameter == "HUGE_PAGES_1GB" && wish.wanted == 2 && wish.missing == 2 && wish.size == "1 GiB")
    #expect(wish.kernelArgument == "hugepagesz=1G hugepages=2")
  }

  /// Settings, mounts, and whether one is mounted: nil, with the words that say why, where that is refused.
  static let places: [(String, [String: String], [HugePages.Mount], mounts: Bool?, words: [String])] = [
    ("there", [:], [.init(path: "/dev/hugepages", pageBytes: two)], false, []),
    (
      "below it", ["HUGE_PAGES_2MB_DIR": "/dev/hugepages/vrouter"],
      [.init(path: "/dev/hugepages", pageBytes: two)], false, []
    ),
    (
      "the last of that size", [:], [.init(path: "/a", pageBytes: two), .init(path: "/b", pageBytes: giga)],
      false, []
    ),
    ("nowhere", [:], [], nil, ["at /dev/hugepages", "pagesize=2M", "VROUTER_HUGE_PAGES_MOUNT=true"]),
    ("nowhere, allowed", ["VROUTER_HUGE_PAGES_MOUNT": "true"], [], true, []),
    (
      "of another size, allowed", ["VROUTER_HUGE_PAGES_MOUNT": "true"],
      [.init(path: "/dev/hugepages", pageBytes: giga)], nil, ["pages of another size", "HUGE_PAGES_2MB_DIR"]
    ),
    (
      "a name that only begins alike", ["HUGE_PAGES_2MB_DIR": "/dev/hugepages2"],
      [.init(path: "/dev/hugepages", pageBytes: two)], nil, ["at /dev/hugepages2"]
    ),
    (
      "one inside another", ["HUGE_PAGES_2MB_DIR": "/h/1g"],
      [.init(path: "/h", pageBytes: two), .init(path: "/h/1g", pageBytes: giga)], nil, ["another size"]
    ),
    (
      "one over another", ["HUGE_PAGES_2MB_DIR": "/h"],
      [.init(path: "/h", pageBytes: giga), .init(path: "/h", pageBytes: two)], false, []
    ),
  ]

  @Test(arguments: places) func isFoundOrMounted(
    _ row: (String, [String: String], [HugePages.Mount], mounts: Bool?, words: [String])
  ) throws {
    let settings = row.1.merging(["HUGE_PAGES_2MB": "8"]) { own, _ in own }
    let wish = try #require(try Self.wish(settings, mounts: row.2))
    #expect(wish.mounts == (row.mounts ?? false))
    #expect((wish.refusal != nil) == (row.mounts == nil), "\(wish.refusal ?? "")")
    for word in row.words { #expect(wish.refusal?.contains(word) == true, "\(wish.refusal ?? "")") }
  }

  @Test func aKernelWithoutThatSize() throws {
    let wish = try #require(
      try Self.wish(["HUGE_PAGES_1GB": "1"], pools: [Self.pool(Self.two, 0)], mounts: []))
    #expect(wish.refusal?.contains("has none of that size; set HUGE_PAGES_1GB=0") == true)
  }
}
