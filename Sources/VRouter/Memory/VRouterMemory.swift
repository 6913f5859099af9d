public import KernelModule

/// What the vrouter module asks the kernel for, by its parameters: a pure model, checked against measurements.
///
/// Entry sizes: DWARF of a build for 6.1 x86_64. Everything is asked for atomically (GFP_ATOMIC): no reclaim, no
/// compaction, no vmalloc instead. Up to two pages come from slab, more as one block of 2^k pages.
public struct VRouterMemory: Sendable {
  /// The parameters' values.
  public let values: VRouterParameterValues
  /// CPUs present.
  public let cpus: UInt64
  /// The kernel's page size.
  public let pageSize: PageSize
  /// Which tables lie in files of huge pages, and so need no page blocks.
  public let hugeTables: Set<HugeTable>

  /// A model for parameters and a host.
  public init(
    _ values: VRouterParameterValues, on host: VRouterHostFacts, hugeTables: Set<HugeTable> = []
  ) {
    self.values = values
    self.hugeTables = hugeTables
    // The module keeps 16 bits of the number (linux/vrouter_mod.c).
    cpus = UInt64(max(1, host.presentCPUs)) & 0xffff
    pageSize = host.pageSize
  }

  /// Bytes of the loaded module's code and data, which the kernel takes page by page.
  static let image: UInt64 = 946_176
  /// A big table is made of pieces of this size (include/vr_btable.h), and a rest.
  static let chunk: UInt64 = 4 << 20

  private static let dropLog = "drop log buffers"

  /// The order of the blocks that the drop log takes, if it takes blocks.
  public static func dropLogOrder(in demand: MemoryDemand) -> Int? {
    demand.allocations.first { $0.name == dropLog }?.order
  }

  /// The first gate: what loading the module takes.
  ///
  /// The drop log is among it though the module ignores its failure: without it a later unload crashes the kernel.
  public var load: MemoryDemand {
    let interfaces = values.size("vr_interfaces")
    var demand: [MemoryDemand.Allocation] = [
      MemoryDemand.Allocation(name: "module image", bytes: Self.image, order: nil)
    ]
    demand += kmalloc("huge page configuration", 192)
    demand +=
      kmalloc("allocation statistics, by CPU", 8 * cpus) + kmalloc("allocation statistics", 1984, cpus)
    demand += kmalloc("drop statistics, by CPU", 8 * cpus) + kmalloc("drop statistics", 440, cpus)
    if values["vr_pkt_droplog_buf_en"] == 1 {
      demand += kmalloc("drop log", 16) + kmalloc("drop log, by CPU", 8 * cpus)
      demand += kmalloc(Self.dropLog, values.size("vr_pkt_droplog_bufsz") * 168, cpus)
      demand += kmalloc("drop log positions", 8 * cpus)
    }
    demand += table("next hops", values.size("vr_nexthops"), of: 8) + kmalloc("discard next hop", 168)
    demand += table("MPLS labels", values.size("vr_mpls_labels"), of: 8)
    demand += kmalloc("mirror table", 2040)
    demand += kmalloc("VXLAN index", 32) + kmalloc("VXLAN index", 8, 2)
    demand += kmalloc("QoS maps", 32_768) + kmalloc("forwarding classes", 1024)
    demand += kmalloc("routing instances", 8 * values.size("vr_vrfs"))
    demand += kmalloc("interfaces", 8 * interfaces)
    demand.append(
      MemoryDemand.Allocation(
        name: "links pkt1, pkt2, pkt3 (estimate)", bytes: 8192 + 256 * cpus, count: 3, order: nil))
    demand += kmalloc("vhost links", 512)
    demand += vif("vif of pkt1") + vif("vif of pkt3")
    demand += kmalloc("assembler, by CPU", 48 * cpus) + kmalloc("assembler buckets", 16_384)
    return MemoryDemand(demand, pageSize: pageSize)
  }

  /// What each vif takes, at the load (two) and later.
  private func vif(_ name: String) -> [MemoryDemand.Allocation] {
    kmalloc(name, 1384) + kmalloc("\(name), statistics", 200 * cpus)
      + kmalloc("\(name), queues", 8 * cpus, cpus) + kmalloc("\(name), drop statistics", 440)
      + table("\(name), drop counters", 55 * cpus, of: 1)
  }

  /// Allocations by kmalloc: slab up to two pages, else one block each.
  func kmalloc(_ name: String, _ bytes: UInt64, _ count: UInt64 = 1) -> [MemoryDemand.Allocation] {
    // Eight bytes more push an exact power of two one order up.
    let size = bytes + (values["vr_memory_alloc_checks"] != 0 ? 8 : 0)
    if size <= 2 * pageSize.bytes {
      return [MemoryDemand.Allocation(name: name, bytes: slabClass(size), count: count, order: nil)]
    }
    return [MemoryDemand.Allocation(name: name, bytes: size, count: count, order: pageSize.order(size))]
  }

  /// A big table: full chunks, one block for the rest, and a header.
  func table(_ name: String, _ entries: UInt64, of size: UInt64) -> [MemoryDemand.Allocation] {
    // The module computes in 32 bits; what wraps to nothing isn't allocated at all.
    let (product, overflow) = entries.multipliedReportingOverflow(by: size)
    let total = (overflow ? 0 : product) & 0xffff_ffff
    guard total > 0 else { return [] }
    let full = total / Self.chunk
    let rest = total % Self.chunk
    var blocks: [MemoryDemand.Allocation] = []
    if full > 0 {
      blocks.append(
        MemoryDemand.Allocation(name: name, bytes: Self.chunk, count: full, order: pageSize.order(Self.chunk))
      )
    }
    if rest > 0 {
      blocks.append(MemoryDemand.Allocation(name: name, bytes: rest, order: pageSize.order(rest)))
    }
    return blocks + kmalloc("\(name), header", 40 + 16 * (full + (rest > 0 ? 1 : 0)))
  }

  /// The size of the slab object that serves a request (`kmalloc-96` and `kmalloc-192` exist).
  private func slabClass(_ bytes: UInt64) -> UInt64 {
    for size: UInt64 in [8, 16, 32, 64, 96, 128, 192] where bytes <= size { return size }
    var size: UInt64 = 256
    while size < bytes { size *= 2 }
    return size
  }
}
