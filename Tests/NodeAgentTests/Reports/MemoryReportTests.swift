import Foundation
import HostFiles
import KernelModule
import TestSupport
import Testing

@testable import NodeAgent

/// What `memory` says of a host in a folder.
@Suite struct MemoryReportTests {
  /// A guest with one processor and 512 MiB; all that is free lies among movable content.
  private struct Guest {
    let root: HostRoot

    init(_ root: HostRoot, blocks: String = "600 90 80 70 60 50 9 8 7 6 95", privileged: Bool = true) throws {
      self.root = root
      try write("Node 0, zone    DMA32 \(blocks)", "/proc/buddyinfo")
      try write(
        """
        Node 0, zone    DMA32
          pages free     110000
                boost    0
                min      660
                low      825
                high     990
                managed  119000
                protection: (0, 0, 0)
        """, "/proc/zoneinfo")
      try write(
        "MemTotal: 481044 kB\nMemFree: 430000 kB\nMemAvailable: 433000 kB\nCached: 24000 kB\nSReclaimable: 3164 kB",
        "/proc/meminfo")
      try write("compact_stall 7\ncompact_fail 3\nnr_dirty 0", "/proc/vmstat")
      try write("0", "/sys/devices/system/cpu/present")
      guard privileged else { return }
      try write(
        """
        Page block order: 9
        Node    0, zone    DMA32, type    Unmovable 600 90 80 70 60 50 9 8 7 6 0
        Node    0, zone    DMA32, type      Movable 0 0 0 0 0 0 0 0 0 0 \(blocks.split(separator: " ").last ?? "")
        Number of blocks type     Unmovable      Movable
        Node 0, zone    DMA32           20          210
        """, "/proc/pagetypeinfo")
    }

    func write(_ text: String, _ file: String) throws { try FakeHost.write(text, file, root) }

    /// The module in its kernel, with what is in effect.
    func load(_ parameters: [String: String] = [:]) throws {
      try write("live", "/sys/module/vrouter/initstate")
      for (name, value) in parameters { try write(value, "/sys/module/vrouter/parameters/\(name)") }
    }

    func report(_ environment: [String: String] = [:], options: String = "") throws -> MemoryReport {
      MemoryReport(
        try MemoryObservation(
          root: root, release: ImaginaryNode.release,
          settings: Settings.read(environment: environment).module,
          wanted: ModuleOptions(parsing: options), ownPages: 0))
    }
  }

  @Test func bothGatesFit() throws {
    try withTemporaryRoot { root, _ in
      let report = try Guest(root).report()
      #expect(report.gates.map(\.number) == [1, 2])
      #expect(report.gates.map(\.verdict) == ["fits", "fits"])
      #expect(report.gates.map { $0.rows.first { $0.order == 10 }?.needed } == [1, 43])
      // The second is weighed with what the first one leaves.
      #expect(report.gates.map { $0.rows.first { $0.order == 10 }?.available } == [95, 94])
      #expect(report.remedies.isEmpty && report.refused.isEmpty)
      #expect(report.content.types.map(\.type) == ["Movable", "Unmovable"])
      #expect(report.counters.map(\.name) == ["compact_stall", "compact_fail"])
      #expect(
        report.text(allocations: false).contains("gate 2: the vRouter agent's start fits: enough free blocks")
      )
      // Nothing is to be treated; allocations are listed on demand.
      #expect(report.treatments.isEmpty)
      #expect(!report.text(allocations: false).contains("discard next hop"))
    }
  }

  /// 30 blocks do for the load, and not for the tables: the remedies are exact, and true.
  @Test func aShortGateHasRemedies() throws {
    try withTemporaryRoot { root, _ in
      let guest = try Guest(root, blocks: "600 90 80 70 60 50 9 8 7 6 30")
      let report = try guest.report(["VROUTER_MODULE_OPTIONS": "vr_mpls_labels=5120"])
      #expect(report.gates.map(\.verdict) == ["fits", "short"])
      #expect(report.gates[1].shortOrder == 10 && report.gates[1].shortBlocks == 14)
      let tables = try #require(report.remedies.first { $0.kind == "tables" }?.value)
      #expect(tables.hasPrefix("VROUTER_MODULE_OPTIONS=\"vr_mpls_labels=5120 vr_bridge_entries="))
      let options = try #require(tables.split(separator: "\"").last.map(String.init))
      #expect(try guest.report(options: options).gates.map(\.verdict) == ["fits", "fits"])
      #expect(report.remedies.map(\.kind) == ["tables", "huge-pages", "boot"])
      #expect(report.remedies[1].value == "hugepagesz=2M hugepages=87")
      for remedy in report.remedies {
        #expect(report.text(allocations: false).contains(try #require(remedy.value)))
      }
    }
  }

  /// With the pages there, both tables lie in them, and the start takes hardly any blocks.
  @Test func hugePagesTakeTheTables() throws {
    try withTemporaryRoot { root, _ in
      let guest = try Guest(root, blocks: "600 90 80 70 60 50 9 8 7 6 8")
      let wanted = ["HUGE_PAGES_2MB": "87"]
      #expect(try guest.report(wanted).gates[1].verdict == "short")
      let folder = "/sys/kernel/mm/hugepages/hugepages-2048kB"
      for (file, value) in [("nr_hugepages", "87"), ("free_hugepages", "87"), ("resv_hugepages", "0")] {
        try guest.write(value, "\(folder)/\(file)")
      }
      let unmounted = try guest.report(wanted)
      #expect(unmounted.gates[1].verdict == "short")
      #expect(
        unmounted.hugePages.plan?.contains("no hugetlbfs of that size is mounted at /dev/hugepages") == true)
      try guest.write("none /dev/hugepages hugetlbfs rw,pagesize=2M 0 0", "/proc/mounts")
      let report = try guest.report(wanted)
      #expect(report.gates.map(\.verdict) == ["fits", "fits"])
      #expect(report.hugePages.plan?.hasSuffix("both tables will lie in them") == true)
      // Where only the bridge table's are there, the flow table silently takes page blocks.
      try guest.write("20", "\(folder)/free_hugepages")
      let part = try guest.report(wanted)
      #expect(part.gates[1].verdict == "short")
      #expect(part.hugePages.plan?.contains("only the bridge table") == true)
    }
  }

  /// Of a module that is loaded only the second gate is ahead, with the options in effect; of one whose tables are taken,
  /// none.
  @Test func gatesThatArePassed() throws {
    try withTemporaryRoot { root, _ in
      let guest = try Guest(root)
      try guest.load(["vr_flow_entries": "2097152", "vr_bridge_entries": "262144"])
      let report = try guest.report(["VROUTER_MODULE_OPTIONS": "vr_flow_entries=1024"])
      #expect(report.gates.map(\.verdict) == ["passed", "short"])
      #expect(report.module.loaded && report.module.options.isEmpty)
      // What if: over those in effect.
      #expect(try guest.report(options: "vr_flow_entries=65536").gates.map(\.verdict) == ["passed", "fits"])
      try guest.write("Character devices:\n246 vrouter_mem\n", "/proc/devices")
      let done = try guest.report()
      #expect(done.gates.map(\.verdict) == ["passed", "passed"])
      #expect(done.gates[1].sentence == "the vRouter agent's start is passed: the tables are in memory")
      #expect(done.remedies.isEmpty)
    }
  }

  /// Without privileges it works all the same, and says what it couldn't see.
  @Test func worksWithoutPrivileges() throws {
    try withTemporaryRoot { root, path in
      let report = try Guest(root, privileged: false).report()
      #expect(report.gates.map(\.verdict) == ["fits", "fits"])
      let reason = try #require(report.content.unknown)
      #expect(reason.contains("\(path)/proc/pagetypeinfo"))
      #expect(report.text(allocations: false).contains("content      not known: cannot read"))
    }
  }

  @Test func optionsThatCantBeUsedAreTold() throws {
    try withTemporaryRoot { root, _ in
      let report = try Guest(root).report(options: "vr_flow_entries=16777216")
      #expect(report.refused.count == 1)
      #expect(report.text(allocations: false).contains("refused      vr_flow_entries=16777216"))
    }
  }

  /// Every fact of the JSON document stands in the text, too.
  @Test func textAndJSONSayTheSame() throws {
    try withTemporaryRoot { root, _ in
      let report = try Guest(root, blocks: "600 90 80 70 60 50 9 8 7 6 30").report(["HUGE_PAGES_2MB": "87"])
      let text = report.text(allocations: true)
      for gate in report.gates {
        #expect(text.contains(gate.sentence))
        for allocation in gate.allocations { #expect(text.contains(allocation.name)) }
      }
      for counter in report.counters { #expect(text.contains("\(counter.name) \(counter.value)")) }
      for treatment in report.treatments { #expect(text.contains(treatment.kind)) }
      for remedy in report.remedies { #expect(text.contains(remedy.text)) }
      #expect(text.contains(try #require(report.hugePages.plan)))
      #expect(
        try keyPaths(JSON.document(report)).filter { !$0.contains(".") && !$0.contains("[") } == [
          "content", "counters", "gates", "host", "huge_pages", "left_out", "module", "notes", "refused",
          "remedies", "treatments", "zones",
        ])
    }
  }
}
