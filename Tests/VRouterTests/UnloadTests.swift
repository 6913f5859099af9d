import Foundation
import HostFiles
import KernelModule
import SystemPackage
import TestSupport
import Testing

@testable import VRouter

struct UnloadBlockerTests {
  private func facts(
    _ parameters: [String: String] = [:], phase: LoadedModule.Phase = .live, references: Int? = 0,
    links: [String] = [], users: [DeviceUser] = [], registrations: Int = 0,
    vifs: ForeignVifs = .named([])
  ) -> UnloadFacts {
    UnloadFacts(
      module: LoadedModule(
        name: "vrouter", phase: phase, version: nil, sourceVersion: nil, parameters: parameters,
        references: references, holders: []),
      vhostLinks: links, deviceUsers: users, deviceRegistrations: registrations, vifs: vifs)
  }

  @Test func anInterfaceBeyondTheModulesOwnIsInUse() {
    let blockers = UnloadBlocker.find(in: facts(vifs: .named(["eth0", "tap7"])))
    #expect(blockers.map(\.kind) == [.vif, .vif])
    #expect(blockers.first?.reason.contains("the interface eth0") == true)
    // A vhost link says it already.
    #expect(
      UnloadBlocker.find(in: facts(links: ["vhost0"], vifs: .named(["vhost0", "eth0"]))).map(\.kind)
        == [.vhostLink, .vif])
    // Not knowing is a reason, too.
    let unknown = UnloadBlocker.find(in: facts(vifs: .unknown(reason: "no answer")))
    #expect(unknown.map(\.kind) == [.vif])
    #expect(unknown.first?.reason.contains("no answer") == true)
  }

  @Test func whatWouldOutliveAnUnloadStandsAgainstIt() {
    #expect(UnloadBlocker.find(in: facts(registrations: 1)) == [])
    #expect(UnloadBlocker.find(in: facts(registrations: 2)).map(\.kind) == [.staleDevice])
  }

  @Test func theModulesOwnInterfacesAreNobodysElse() {
    func vif(_ name: String, _ index: Int32) -> VRouterInterface {
      var vif = VRouterInterface()
      (vif.interfaceName, vif.index) = (name, index)
      return vif
    }
    #expect(ForeignVifs(among: [vif("pkt3", 4353), vif("pkt1", 4354)]) == .named([]))
    #expect(
      ForeignVifs(among: [vif("eth0", 2), vif("pkt1", 4354), vif("", 7)]) == .named(["eth0", "number 7"]))
  }

  @Test func nothingSpeaksAgainstAnIdleModule() {
    #expect(UnloadBlocker.find(in: facts()) == [])
    #expect(
      UnloadBlocker.find(in: facts(["vr_pkt_droplog_buf_en": "1", "vr_pkt_droplog_bufsz": "24966"])) == [])
  }

  @Test func everyReasonIsNamed() {
    let user = DeviceUser(process: 7, command: "contrail-vroute", path: "/dev/flow")
    #expect(
      UnloadBlocker.find(in: facts(links: ["vhost0", "vhost1"])).map(\.kind) == [.vhostLink, .vhostLink])
    #expect(UnloadBlocker.find(in: facts(references: 1, users: [user])).map(\.kind) == [.deviceOpen])
    #expect(UnloadBlocker.find(in: facts(references: 1)).map(\.kind) == [.referenced])
    #expect(UnloadBlocker.find(in: facts(["vr_pkt_droplog_buf_en": "0"])).map(\.kind) == [.crash])
    #expect(UnloadBlocker.find(in: facts(["vr_pkt_droplog_bufsz": "30000"])).map(\.kind) == [.crash])
    #expect(UnloadBlocker.find(in: facts(phase: .coming)).map(\.kind) == [.state])
    #expect(UnloadBlocker.find(in: facts(phase: .going)).map(\.kind) == [.state])
    #expect(
      UnloadBlocker.find(
        in: facts(["vr_pkt_droplog_buf_en": "0"], references: 1, links: ["vhost0"], users: [user])
      ).map(\.kind) == [.vhostLink, .deviceOpen, .crash])
  }

  @Test func eachSaysWhatToDo() {
    for blocker in UnloadBlocker.find(
      in: facts(["vr_pkt_droplog_buf_en": "0"], phase: .going, links: ["vhost0"]))
    {
      #expect(!blocker.remedy.isEmpty && blocker.description.contains(blocker.kind.rawValue))
    }
  }
}

struct DeviceUserTests {
  private func write(_ text: String, _ path: String) throws {
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// /dev/null stands for the module's device: its major is 1 on every Linux.
  @Test func findsWhoHasADeviceOpen() throws {
    try withTemporaryRoot { host, path in
      try write(
        "Character devices:\n  1 mem\n  1 vrouter_mem\n\nBlock devices:\n  5 vrouter_mem\n",
        "\(path)/proc/devices")
      try write("contrail-vroute\n", "\(path)/proc/321/comm")
      try write("text", "\(path)/proc/321/fd/0")
      try FileManager.default.createSymbolicLink(
        atPath: "\(path)/proc/321/fd/9", withDestinationPath: "/dev/null")
      try FileManager.default.createSymbolicLink(
        atPath: "\(path)/proc/321/fd/10", withDestinationPath: "/nothing/there")
      try write("sh\n", "\(path)/proc/9/comm")
      try write("x\n", "\(path)/proc/self/comm")
      #expect(
        try DeviceUser.observe(on: host)
          == [DeviceUser(process: 321, command: "contrail-vroute", path: "/dev/null")])
    }
  }

  /// What can't be looked at is no proof that nobody has it open.
  @Test func whatCantBeSeenIsAnError() throws {
    try withTemporaryRoot { host, path in
      try write("Character devices:\n  1 vrouter_mem\n", "\(path)/proc/devices")
      try write("no folder", "\(path)/proc/321/fd")
      let error = #expect(throws: VRouterError.self) { try DeviceUser.observe(on: host) }
      #expect(error?.remedy?.contains("CAP_SYS_PTRACE") == true)
    }
  }

  @Test func withoutADeviceNobodyIsAsked() throws {
    try withTemporaryRoot { host, path in
      try write("Character devices:\n  1 mem\n", "\(path)/proc/devices")
      #expect(try DeviceUser.observe(on: host) == [])
    }
    try withTemporaryRoot { host, _ in
      _ = #expect(throws: VRouterError.self) { try DeviceUser.observe(on: host) }
    }
  }

  /// On the running host, with a real open file: this process holds /dev/null.
  @Test func readsRealDescriptors() throws {
    #expect(try DeviceUser.observe(on: .running) == [])
    #expect(DeviceUser.majors(of: "mem", in: try HostRoot.running.readText("/proc/devices")) == [1])
  }

  /// makedev(3): 12 bits in the old place, the rest above the minor number.
  @Test(arguments: [(0x103, 1), (0xf800, 248), (0x0010_0000_0000_0500, 0x10_0005)] as [(UInt64, UInt32)])
  func takesDeviceNumbersApart(device: UInt64, major: UInt32) {
    #expect(DeviceUser.major(of: device) == major)
  }
}

struct VRouterLoadVerdictTests {
  private static let host = VRouterHostFacts(presentCPUs: 2)

  private func verdict(_ errno: Errno, _ log: [String], options: String = "") throws -> ModuleVerdict? {
    VRouterLoadVerdict(options: try ModuleOptions(parsing: options), on: Self.host)(
      .errno(errno, module: "vrouter"), log)
  }

  /// Lines as the real module writes them on 6.1.
  @Test func readsItsLines() {
    let log = [
      "vrouter module 1 init error (-12)",
      "vrouter (Nexthop): Init failed at nh_table_init:4715 with return -12 (data 4194304)",
      "vrouter (Interface): Init failed at linux_pkt_dev_init:1723 with return -17",
      "vrouter (Interface): Init failed", "other (X): Init failed at a:1 with return -1 (data 2)",
    ]
    #expect(
      InitFailure.find(in: log) == [
        InitFailure(part: "Nexthop", function: "nh_table_init", code: -12, data: 4_194_304),
        InitFailure(part: "Interface", function: "linux_pkt_dev_init", code: -17, data: nil),
      ])
  }

  @Test func memoryCanChange() throws {
    let found = try #require(
      try verdict(
        .noMemory, ["vrouter (Nexthop): Init failed at nh_table_init:4715 with return -12 (data 4194304)"]))
    #expect(found.canChange)
    #expect(found.explanation.contains("4194304"))
    #expect(try verdict(.noMemory, []) == nil)
  }

  @Test func takenNamesAndZeroTablesCannot() throws {
    let taken = try verdict(
      .noMemory, ["vrouter (Interface): Init failed at linux_pkt_dev_init:1723 with return -17"])
    #expect(taken?.canChange == false)
    #expect(taken?.remedy.contains("pkt1") == true)
    #expect(try verdict(.noMemory, [], options: "vr_nexthops=0")?.canChange == false)
    #expect(try verdict(.noMemory, [], options: "vr_interfaces=600000")?.canChange == false)
    let names = VRouterHostFacts(presentCPUs: 1, linkNames: ["pkt2"])
    let answer = VRouterLoadVerdict(options: ModuleOptions(), on: names)(
      .errno(.noMemory, module: "vrouter"), [])
    #expect(answer?.canChange == false)
  }

  @Test func aCPUNumberIsNoLackOfPermission() throws {
    let found = try verdict(.notPermitted, ["vr_perfq_check:190 Invalid CPU number vr_perfq1:9"])
    #expect(found?.canChange == false)
    #expect(try verdict(.notPermitted, []) == nil)
  }

  @Test func othersAreNotItsBusiness() throws {
    let verdict = VRouterLoadVerdict(options: ModuleOptions(), on: Self.host)
    #expect(verdict(.loaded, []) == nil)
    #expect(verdict(.errno(.noMemory, module: "helper"), ["x"]) == nil)
  }

  @Test(
    arguments: [
      (["vrouter version: {}"], 4, false),
      ([], 4, false),
      (
        [
          "exe: page allocation failure: order:4, mode:0x40dc0(GFP_KERNEL|__GFP_COMP|__GFP_ZERO), nodemask=(null)"
        ], 4, true
      ),
      (["exe: page allocation failure: order:4, mode:0x40b20"], 5, false),
      (["exe: page allocation failure: order:4, mode:0x40b20"], nil, false),
      (["exe: page allocation failure: order:10, mode:0x40b20"], 1, false),
      ([" vr_pkt_drop_log_init+0x1a3/0x2f0 [vrouter]"], nil, true),
    ] as [([String], Int?, Bool)])
  func aDropLogWithoutMemoryShowsInTheKernelsLinesAlone(log: [String], order: Int?, lacks: Bool) {
    #expect(VRouterLoadVerdict.lacksDropLog(log, order: order) == lacks)
  }

  /// The whole way: the module's own verdict becomes the named cause.
  @Test func becomesACause() throws {
    var evidence = LoadEvidence()
    evidence.kernelLog = ["vr_perfq_check:190 Invalid CPU number vr_perfq1:9"]
    evidence.verdict = try verdict(.notPermitted, evidence.kernelLog ?? [])
    let failure = LoadFailure.classify(
      .errno(.notPermitted, module: "vrouter"), module: "vrouter", evidence: evidence)
    #expect(failure?.cause == .initRefused)
    #expect(failure?.remedy.contains("vr_perfq1") == true)
  }
}
