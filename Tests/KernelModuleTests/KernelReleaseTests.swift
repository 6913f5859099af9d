import KernelModule
import Testing

struct KernelReleaseTests {
  /// Each list in its order, the oldest first.
  @Test(
    arguments: [
      [
        "3.10.0-229.el7.x86_64", "3.10.0-514.el7.x86_64", "3.10.0-1062.el7.x86_64",
        "3.10.0-1062.1.1.el7.x86_64", "3.10.0-1062.1.2.el7.x86_64", "3.10.0-1062.9.1.el7.x86_64",
        "3.10.0-1062.12.1.el7.x86_64", "3.10.0-1127.el7.x86_64", "4.18.0-80.el8.x86_64",
        "4.18.0-193.19.1.el8_2.x86_64", "4.18.0-193.28.1.el8_2.x86_64", "4.18.0-305.3.1.el8_4.x86_64",
        "4.18.0-305.12.1.el8_4.x86_64", "4.18.0-553.el8_9.x86_64", "4.18.0-553.el8_10.x86_64",
        "5.14.0-427.13.1.el9_4.x86_64",
      ],
      [
        "5.10.0-9-amd64", "5.10.0-28-amd64", "6.1.0-rc5-amd64", "6.1.0-rc10-amd64", "6.1.0-0.deb11.5-amd64",
        "6.1.0-0.deb11.21-amd64", "6.1.0-9-amd64", "6.1.0-56-amd64", "6.1.0-100-amd64", "6.12.9+bpo-amd64",
      ],
      [
        "5.4.0-42-generic", "5.4.0-1045-aws", "5.15.0-56-generic", "5.15.0-100-generic", "6.5.0-9-generic",
        "6.8.0-1005-azure",
      ],
      ["6.1", "6.1.1", "6.2-rc1", "6.2", "6.18.44"],
    ])
  func areOrderedAsReleasesAre(names: [String]) {
    let releases = names.map(KernelRelease.init)
    #expect(releases.reversed().sorted().map(\.text) == names)
    for (one, next) in zip(releases, releases.dropFirst()) {
      #expect(one < next)
      #expect(!(next < one))
    }
  }

  @Test(
    arguments: [
      ("3.10.0-1062.9.1.el7.x86_64", [3, 10, 0], [1062, 9, 1], "el", "x86_64"),
      ("4.18.0-305.12.1.el8_4.x86_64", [4, 18, 0], [305, 12, 1], "el", "x86_64"),
      ("5.14.0-427.13.1.el9_4.x86_64+rt", [5, 14, 0], [427, 13, 1], "el rt", "x86_64"),
      ("4.18.0-305.rt7.72.el8.x86_64", [4, 18, 0], [305], "rt el", "x86_64"),
      ("5.4.17-2136.300.7.el8uek.x86_64", [5, 4, 17], [2136, 300, 7], "el uek", "x86_64"),
      ("6.1.0-56-cloud-amd64", [6, 1, 0], [56], "cloud", "x86_64"),
      ("6.1.0-56-rt-arm64", [6, 1, 0], [56], "rt", "aarch64"),
      ("6.12.9+bpo-amd64", [6, 12, 9], [], "bpo", "x86_64"),
      ("5.15.0-100-generic", [5, 15, 0], [100], "generic", nil),
      ("5.15.0-100-lowlatency", [5, 15, 0], [100], "lowlatency", nil),
      ("6.1.0", [6, 1, 0], [], "", nil),
      ("6.99999999999.1", [6], [], "", nil),
      ("", [], [], "", nil),
    ] as [(String, [Int], [Int], String, String?)])
  func isTakenApart(text: String, version: [Int], build: [Int], flavour: String, machine: String?) {
    let release = KernelRelease(text)
    #expect(release.version == version)
    #expect(release.build == build)
    #expect(release.flavour == flavour)
    #expect(release.machine == machine)
  }

  @Test func aCandidateIsNoWord() {
    #expect(KernelRelease("6.1.0-rc5-amd64").candidate == 5)
    #expect(KernelRelease("6.1.0-rc5-amd64").flavour == "")
    #expect(KernelRelease("6.2~rc3").candidate == 3)
    #expect(KernelRelease("6.1.0-56-amd64").candidate == nil)
  }
}

/// Which build is proposed for which kernel.
struct NearestBuildTests {
  /// The builds that a product's images came with.
  private static let field = [
    "3.10.0-229.el7.x86_64", "3.10.0-514.el7.x86_64", "3.10.0-1062.1.1.el7.x86_64",
    "3.10.0-1062.9.1.el7.x86_64", "3.10.0-1062.12.1.el7.x86_64", "3.10.0-1127.el7.x86_64",
    "4.18.0-193.28.1.el8_2.x86_64", "4.18.0-305.12.1.el8_4.x86_64",
  ]

  private static func first(_ kernel: String, among builds: [String]) -> String? {
    KernelRelease(kernel).nearest(among: builds.shuffled().map(KernelRelease.init)).first?.text
  }

  @Test(
    arguments: [
      ("3.10.0-327.el7.x86_64", "3.10.0-229.el7.x86_64"),
      ("3.10.0-693.el7.x86_64", "3.10.0-514.el7.x86_64"),
      ("3.10.0-862.el7.x86_64", "3.10.0-514.el7.x86_64"),
      ("3.10.0-957.el7.x86_64", "3.10.0-514.el7.x86_64"),
      ("3.10.0-1062.el7.x86_64", "3.10.0-1062.1.1.el7.x86_64"),
      ("3.10.0-1062.1.1.el7.x86_64", "3.10.0-1062.1.1.el7.x86_64"),
      ("3.10.0-1062.1.2.el7.x86_64", "3.10.0-1062.1.1.el7.x86_64"),
      ("3.10.0-1062.7.1.el7.x86_64", "3.10.0-1062.1.1.el7.x86_64"),
      ("3.10.0-1062.9.1.el7.x86_64", "3.10.0-1062.9.1.el7.x86_64"),
      ("3.10.0-1062.12.1.el7.x86_64", "3.10.0-1062.12.1.el7.x86_64"),
      ("4.18.0-193.19.1.el8_2.x86_64", "4.18.0-193.28.1.el8_2.x86_64"),
      ("4.18.0-305.3.1.el8_4.x86_64", "4.18.0-305.12.1.el8_4.x86_64"),
      ("4.18.0-305.12.1.el8_4.x86_64", "4.18.0-305.12.1.el8_4.x86_64"),
      // Not in the table that scripts had to satisfy, by the same rule.
      ("3.10.0-123.el7.x86_64", "3.10.0-229.el7.x86_64"),
      ("3.10.0-1160.el7.x86_64", "3.10.0-1127.el7.x86_64"),
      ("4.18.0-553.el8_10.x86_64", "4.18.0-305.12.1.el8_4.x86_64"),
      ("5.14.0-427.13.1.el9_4.x86_64", nil),
      ("3.10.0-1062.9.1.rt56.1033.el7.x86_64", nil),
      ("4.18.0-305.12.1.el8_4.aarch64", nil),
    ])
  func theFieldsTable(kernel: String, build: String?) {
    #expect(Self.first(kernel, among: Self.field) == build)
  }

  private static let debian = [
    "5.10.0-28-amd64", "6.1.0-9-cloud-amd64", "6.1.0-48-cloud-amd64", "6.1.0-100-cloud-amd64",
    "6.1.0-56-amd64", "6.1.0-56-rt-amd64", "6.1.0-0.deb11.21-amd64", "6.12.9+bpo-amd64", "6.12.22+bpo-amd64",
  ]

  @Test(
    arguments: [
      // 100 is above 56, 48 below; 9 is below 48.
      ("6.1.0-56-cloud-amd64", "6.1.0-48-cloud-amd64"),
      ("6.1.0-101-cloud-amd64", "6.1.0-100-cloud-amd64"),
      ("6.1.0-8-cloud-amd64", "6.1.0-9-cloud-amd64"),
      ("6.1.0-56-amd64", "6.1.0-56-amd64"),
      ("6.1.0-60-amd64", "6.1.0-56-amd64"),
      ("6.1.0-60-rt-amd64", "6.1.0-56-rt-amd64"),
      ("6.12.12+bpo-amd64", "6.12.9+bpo-amd64"),
      ("6.12.8+bpo-amd64", "6.12.9+bpo-amd64"),
      ("6.1.0-56-cloud-arm64", nil),
      ("6.3.0-1-cloud-amd64", nil),
    ])
  func debiansNames(kernel: String, build: String?) {
    #expect(Self.first(kernel, among: Self.debian) == build)
  }

  private static let ubuntu = [
    "5.4.0-42-generic", "5.4.0-1045-aws", "5.15.0-56-generic", "5.15.0-100-generic", "5.15.0-91-lowlatency",
    "5.15.0-1053-aws",
  ]

  @Test(
    arguments: [
      ("5.15.0-91-generic", "5.15.0-56-generic"),
      ("5.15.0-105-generic", "5.15.0-100-generic"),
      ("5.15.0-40-generic", "5.15.0-56-generic"),
      ("5.15.0-100-lowlatency", "5.15.0-91-lowlatency"),
      ("5.15.0-1060-aws", "5.15.0-1053-aws"),
      ("5.4.0-200-generic", "5.4.0-42-generic"),
      ("5.15.0-1060-azure", nil),
      ("6.8.0-40-generic", nil),
    ])
  func ubuntusNames(kernel: String, build: String?) {
    #expect(Self.first(kernel, among: Self.ubuntu) == build)
  }

  @Test func theOrderIsThatOfTheRule() {
    let builds = [
      "6.1.5-1-generic", "6.1.3-9-generic", "6.1.4-30-generic", "6.1.4-20-generic", "6.1.4-25.2-generic",
      "6.1.4-25.9-generic", "6.1.4-25.5-generic",
    ]
    #expect(
      KernelRelease("6.1.4-25.5-generic").nearest(among: builds.map(KernelRelease.init)).map(\.text) == [
        "6.1.4-25.5-generic", "6.1.4-25.2-generic", "6.1.4-25.9-generic", "6.1.4-20-generic",
        "6.1.4-30-generic", "6.1.3-9-generic", "6.1.5-1-generic",
      ])
  }
}
