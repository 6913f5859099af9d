import KernelModule
import Testing

struct ModuleOptionsTests {
  @Test(
    arguments: [
      ("", ""),
      ("   ", ""),
      ("vr_mpls_labels=196000 vr_nexthops=521000", "vr_mpls_labels=196000 vr_nexthops=521000"),
      ("  a=1   b=2 ", "a=1 b=2"),
      ("\"vr_mpls_labels=196000 vr_nexthops=521000\"", "vr_mpls_labels=196000 vr_nexthops=521000"),
      ("'a=1'", "a=1"),
      (" \"a=1 b=0x10\" ", "a=1 b=0x10"),
      ("a=", "a="),
      ("a=b=c", "a=b=c"),
      ("a=1,2,3", "a=1,2,3"),
      ("\"\"", ""),
    ])
  func reads(text: String, expected: String) throws {
    #expect(try ModuleOptions(parsing: text).text == expected)
  }

  @Test(
    arguments: [
      ("a", "'a' has no value"),
      ("=1", "'' is no parameter name"),
      ("a b=1", "'a' has no value"),
      ("a=1 a=2", "'a' is given twice (1 and 2)"),
      ("a-b=1", "'a-b' is no parameter name"),
      ("a.b=1", "'a.b' is no parameter name"),
      ("é=1", "'é' is no parameter name"),
      ("a=1\tb=2", "control character"),
      ("a=1\nb=2", "control character"),
      ("a=1\0", "control character"),
      ("a=\"1\"", "the value of 'a' holds a quote"),
      ("\"a=1", "'\"a' is no parameter name"),
      ("a=1\"", "holds a quote"),
      ("\"a=1'", "no parameter name"),
      ("\"\"a=1\"\"", "no parameter name"),
      ("a=$(x)\\", "backslash"),
      ("a=1;rm b", "'b' has no value"),
      ("\"", "no parameter name"),
    ])
  func refuses(text: String, reason: String) throws {
    let error = #expect(throws: KernelModuleError.self) { try ModuleOptions(parsing: text) }
    #expect(error?.kind == .input)
    #expect(error?.reason?.contains(reason) == true, "\(error?.reason ?? "")")
    #expect(error?.remedy != nil)
  }

  @Test func reportsAllAtOnce() throws {
    let error = #expect(throws: KernelModuleError.self) { try ModuleOptions(parsing: "a =1 b=1 b=2") }
    #expect(error?.reason == "'a' has no value; '' is no parameter name; 'b' is given twice (1 and 2)")
  }

  @Test func mergesOverConfiguration() throws {
    let configured = try ModuleOptions(configured: "a=1 b=2 a=3 flag d-e=4")
    #expect(configured.text == "b=2 a=3 flag=1 d_e=4")
    let merged = try ModuleOptions(parsing: "b=9 c=5").over(configured)
    #expect(merged.text == "a=3 flag=1 d_e=4 b=9 c=5")
    #expect(throws: KernelModuleError.self) { try ModuleOptions(configured: "a=\"b c\"") }
  }
}

struct ModuleNamesTests {
  @Test(arguments: ["vrouter", "nf-conntrack", "8021q", String(repeating: "a", count: 55)])
  func takesNames(name: String) throws { try ModuleNames.checkName(name) }

  @Test(arguments: ["", "a/b", "..", "a b", "a\n", "a.ko", String(repeating: "a", count: 56), "é"])
  func refusesNames(name: String) {
    #expect(throws: KernelModuleError.self) { try ModuleNames.checkName(name) }
  }

  @Test(arguments: [
    "6.1.0-56-cloud-amd64", "4.18.0-305.12.1.el8_4.x86_64", "5.15.0-91-generic", "6.8.1+", "6.5.0-1~rc1",
  ])
  func takesReleases(release: String) throws { try ModuleNames.checkRelease(release) }

  @Test(arguments: ["", ".", "..", "../6.1", "6.1/x", "6.1 ", "6.1\n", String(repeating: "6", count: 65)])
  func refusesReleases(release: String) {
    #expect(throws: KernelModuleError.self) { try ModuleNames.checkRelease(release) }
  }

  @Test(arguments: ["/", "/opt/contrail/vrouter-kernel-modules", "/a/..b/c..", "/a b"])
  func takesPaths(path: String) throws { try ModuleNames.checkPath(path) }

  @Test(arguments: [
    "", "opt", "./a", "/a/../b", "/..", "/a\n", "/a\0b", "/" + String(repeating: "a", count: 4095),
  ])
  func refusesPaths(path: String) {
    #expect(throws: KernelModuleError.self) { try ModuleNames.checkPath(path) }
  }

  @Test func quotesWhatCantBePrinted() {
    #expect(ModuleNames.quoted("a\nb\u{1b}[0m") == "'a\\u{a}b\\u{1b}[0m'")
  }
}

struct VersionMagicTests {
  static let flags = ["SMP", "preempt", "mod_unload", "modversions"]

  @Test(
    arguments: [
      ("6.1.0-56-cloud-amd64 SMP preempt mod_unload modversions ", flags, VersionMagic.Comparison.same),
      ("6.1.0-55-cloud-amd64 SMP preempt mod_unload modversions ", flags, .releaseDiffers),
      (
        "6.1.0-55-cloud-amd64 SMP preempt mod_unload ", ["SMP", "preempt", "mod_unload"],
        .refused(
          reason: "it was built for 6.1.0-55-cloud-amd64, the kernel is 6.1.0-56-cloud-amd64, "
            + "and without symbol versions both must be the same")
      ),
      (
        "6.1.0-56-cloud-amd64 SMP mod_unload modversions ", flags,
        .refused(
          reason: "it was built with 'SMP mod_unload modversions', the kernel with "
            + "'SMP preempt mod_unload modversions'")
      ),
      ("6.1.0-56-cloud-amd64 SMP", nil, .same),
      ("6.1.0-55-cloud-amd64 SMP modversions", nil, .releaseDiffers),
    ] as [(String, [String]?, VersionMagic.Comparison)])
  func compares(text: String, flags: [String]?, expected: VersionMagic.Comparison) {
    #expect(VersionMagic(text).compared(toRelease: "6.1.0-56-cloud-amd64", flags: flags) == expected)
  }

  @Test func takesEmptyText() {
    #expect(VersionMagic("").release == "")
    #expect(VersionMagic("  ").flags == [])
  }
}
