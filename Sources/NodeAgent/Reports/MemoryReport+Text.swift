import KernelModule

/// The same facts in words and tables.
extension MemoryReport {
  /// The answers first, then what to do, then what they rest on.
  ///
  /// - Parameter allocations: whether to list every allocation of a gate, too, and every counter.
  func text(allocations: Bool) -> String {
    let answers = gates.map { "gate \($0.number): \($0.sentence)\n" }.joined()
    let tables = gates.filter { !$0.rows.isEmpty }.map { table($0, allocations: allocations) }
    return ([answers, remedyText, about(allocations: allocations)] + tables + [treatmentTable, hugeText])
      .filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

extension MemoryReport {
  private func about(allocations: Bool) -> String {
    var lines = [
      "module       \(module.loaded ? "loaded" : "not loaded")\(module.options.isEmpty ? "" : ", weighed with \(module.options)")",
      "memory       \(Self.size(host.totalKib)), \(Self.size(host.freeKib)) free\(host.availableKib.map { ", \(Self.size($0)) available" } ?? "")",
      "reclaimable  \(Self.size(host.droppablePageCacheKib)) of page cache, \(Self.size(host.reclaimableSlabKib)) of slab",
      "processors   \(host.cpus), pages of \(host.pageBytes) bytes",
    ]
    if let unknown = content.unknown {
      lines.append("content      not known: \(unknown)")
    } else {
      let free = content.types.reduce(UInt64(0)) { $0 + $1.freePages }
      let blocks = content.types.reduce(UInt64(0)) { $0 + $1.pageblocks }
      lines.append(
        "content      "
          + content.types.filter { $0.freePages + $0.pageblocks > 0 }.map {
            "\($0.type) \(Self.percent($0.freePages, free)) of what is free, \(Self.percent($0.pageblocks, blocks)) of all"
          }.joined(separator: "; "))
    }
    lines += zones.map { "reserve      zone \($0.name).\($0.node) keeps \($0.reserve) pages" }
    lines += leftOut.map { "left out     zone \($0.name): \($0.reason)" }
    let told = counters.filter { allocations || $0.value > 0 }
    if !told.isEmpty {
      lines.append("since boot   " + told.map { "\($0.name) \($0.value)" }.joined(separator: ", "))
    }
    lines += refused.map { "refused      \($0)" } + notes.map { "note         \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private func table(_ gate: Gate, allocations: Bool) -> String {
    var text = "gate \(gate.number), \(gate.name): blocks by order and zone\n"
    var table = TextTable(
      ["order", "block"] + zones.map { "\($0.name).\($0.node)" } + [
        "free then", "needed", "can be had", "missing", "unusable",
      ])
    for row in gate.rows {
      table.add(
        ["\(row.order)", Self.size((host.pageBytes << UInt64(row.order)) >> 10)]
          + zones.map { $0.free.indices.contains(row.order) ? "\($0.free[row.order])" : "-" }
          + [
            "\(row.free)", row.needed == 0 ? "-" : "\(row.needed)", "\(row.available)",
            row.missing == 0 ? "-" : "\(row.missing)",
            row.unusable.map { "\(Int(($0 * 100).rounded())) %" } ?? "-",
          ])
    }
    text += table.text
    if let margin = gate.margin, let spare = gate.spare, let order = gate.largestOrder {
      text += "sure to be left: \(spare) of order \(order); the margin is \(margin)\n"
    }
    guard allocations else { return text }
    var takes = TextTable(["takes", "order", "times", "bytes each"])
    for allocation in gate.allocations {
      takes.add([
        allocation.name, allocation.order.map { "\($0)" } ?? "-", "\(allocation.count)",
        "\(allocation.bytes)",
      ])
    }
    return text + takes.text
  }

  private var treatmentTable: String {
    guard !treatments.isEmpty else { return "" }
    var table = TextTable(["treatment", "gives up", "blocks of order", "now", "then at most"])
    for treatment in treatments {
      table.add([
        treatment.kind, Self.size(treatment.givenUpKib), "\(treatment.order)", "\(treatment.blocksNow)",
        "\(treatment.blocksAtMost)",
      ])
    }
    return table.text
  }

  private var hugeText: String {
    var text = ""
    if let plan = hugePages.plan { text += "huge pages: \(plan)\n" }
    var table = TextTable([
      "huge pages", "node", "reserved", "free", "bridge needs", "flow needs", "mounted at",
    ])
    for demand in hugePages.demand {
      let pools = hugePages.pools.filter { $0.pageBytes == demand.pageBytes }
      let mounts = hugePages.mounts.filter { $0.pageBytes == demand.pageBytes }.map(\.path)
      for pool in pools {
        table.add([
          Self.size(demand.pageBytes >> 10), pool.node.map { "\($0)" } ?? "all", "\(pool.reserved)",
          "\(pool.free)",
          pool.node == nil ? "\(demand.bridge)" : "", pool.node == nil ? "\(demand.flow)" : "",
          pool.node == nil ? mounts.joined(separator: " ") : "",
        ])
      }
      if pools.isEmpty {
        table.add([
          Self.size(demand.pageBytes >> 10), "none", "-", "-", "\(demand.bridge)", "\(demand.flow)",
          mounts.joined(separator: " "),
        ])
      }
    }
    let others = hugePages.mounts.filter { mount in
      !hugePages.demand.contains { $0.pageBytes == mount.pageBytes }
    }
    return text + table.text
      + others.map {
        "also mounted: \($0.path), pages of \($0.pageBytes.map { Self.size($0 >> 10) } ?? "the kernel's default size")\n"
      }.joined()
  }

  private var remedyText: String {
    guard !remedies.isEmpty else { return "" }
    return "what would help:\n"
      + remedies.map { remedy in
        (remedy.value.map { "  \($0)\n" } ?? "") + "    \(remedy.text)\n"
      }.joined()
  }

  static func size(_ kib: UInt64) -> String {
    if kib >= 10 << 20 || (kib >= 1 << 20 && kib % (1 << 20) == 0) { return "\(kib >> 20) GiB" }
    return kib >= 1024 ? "\(kib >> 10) MiB" : "\(kib) KiB"
  }

  private static func percent(_ part: UInt64, _ whole: UInt64) -> String {
    whole == 0 ? "-" : "\(Int((Double(part) / Double(whole) * 100).rounded())) %"
  }
}
