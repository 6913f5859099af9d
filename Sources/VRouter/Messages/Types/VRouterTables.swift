/// `vr_flow_table_data`: where the flow table is, and how it is doing.
///
/// Numbers and types of the fields: sandesh/vr.sandesh of tf-vrouter, checked against a capture.
public struct VRouterFlowTable: VRouterMessage {
  /// `vr_flow_table_data`
  public static let name = "vr_flow_table_data"
  /// The operation of this message that asks for the table (`FLOW_TABLE_GET`).
  public static let get: Int32 = 2

  /// In field 1; not one of ``MessageOperation``.
  public var operation: Int32 = 0
  /// Which router; there is only 0.
  public var router: UInt16 = 0
  /// Bytes, overflow table included: also told when the table isn't there yet.
  public var size: UInt32 = 0
  /// Major number of the character device that shows the table to the vRouter agent; ``noDevice`` without one.
  public var device: UInt16 = 0
  /// The file of huge pages that the table is in; empty for page blocks.
  public var path = ""
  /// Entries in use, and since the table was made: processed, deleted, added, created, changed.
  public var counters = Counters()
  /// Held flows in the overflow table.
  public var overflowHeld: UInt32 = 0
  /// CPUs that flows are counted for.
  public var cpus: UInt32 = 0
  /// Entries of the overflow table in use.
  public var overflowEntries: UInt32 = 0
  /// Held flows by CPU.
  public var holdsByCPU: [UInt32] = []
  /// Tokens left for a burst of new flows.
  public var burstTokens: UInt32 = 0
  /// Held flows.
  public var held: UInt32 = 0

  /// What the module counts of its flows.
  public struct Counters: Sendable, Equatable {
    /// Entries in use.
    public var used: UInt64 = 0
    /// Flows that the vRouter agent decided on.
    public var processed: UInt64 = 0
    /// Flows that were deleted.
    public var deleted: UInt64 = 0
    /// Flows that the vRouter agent added.
    public var added: UInt64 = 0
    /// Flows that packets made.
    public var created: UInt64 = 0
    /// Flows that were changed.
    public var changed: UInt64 = 0

    /// Everything 0.
    public init() {}

    mutating func code(_ coder: inout some SandeshCoder) {
      coder.code(6, &used)
      coder.code(7, &processed)
      coder.code(8, &deleted)
      coder.code(9, &added)
      coder.code(10, &created)
      coder.code(11, &changed)
    }
  }

  /// A message in which everything is 0 or empty.
  public init() {}

  /// Goes through its fields.
  public mutating func code(_ coder: inout some SandeshCoder) {
    coder.code(1, &operation)
    coder.code(2, &router)
    coder.code(3, &size)
    coder.code(4, &device)
    coder.code(5, &path)
    counters.code(&coder)
    coder.code(12, &overflowHeld)
    coder.code(13, &cpus)
    coder.code(14, &overflowEntries)
    coder.code(15, &holdsByCPU)
    coder.code(16, &burstTokens)
    coder.code(17, &held)
  }

  /// What ``device`` is as long as there is none.
  public static let noDevice: UInt16 = 0xffff
}

/// `vr_bridge_table_data`: where the bridge table is.
///
/// Numbers and types of the fields: sandesh/vr.sandesh of tf-vrouter, checked against a capture.
public struct VRouterBridgeTable: VRouterMessage {
  /// `vr_bridge_table_data`
  public static let name = "vr_bridge_table_data"

  /// In field 1.
  public var operation: Int32 = 0
  /// Which router; there is only 0.
  public var router: UInt16 = 0
  /// Bytes, overflow table included: also told when the table isn't there yet.
  public var size: UInt32 = 0
  /// Major number of the character device that shows the table to the vRouter agent;
  /// ``VRouterFlowTable/noDevice`` without one.
  public var device: UInt16 = 0
  /// The file of huge pages that the table is in; empty for page blocks.
  public var path = ""

  /// A message in which everything is 0 or empty.
  public init() {}

  /// Goes through its fields.
  public mutating func code(_ coder: inout some SandeshCoder) {
    coder.code(1, &operation)
    coder.code(2, &router)
    coder.code(3, &size)
    coder.code(4, &device)
    coder.code(5, &path)
  }
}
