/// `vrouter_ops`: the limits that the loaded module works with, as `vrouter --info` shows them.
///
/// Numbers and types of the fields: sandesh/vr.sandesh of tf-vrouter, checked against a capture of `vrouter --info`.
public struct VRouterLimits: VRouterMessage {
  /// `vrouter_ops`
  public static let name = "vrouter_ops"

  /// In field 1.
  public var operation: Int32 = 0
  /// Which router; there is only 0.
  public var router: Int32 = 0
  /// MPLS labels.
  public var mplsLabels: Int32 = 0
  /// Next hops.
  public var nextHops: Int32 = 0
  /// Entries of the bridge table.
  public var bridgeEntries: Int32 = 0
  /// Entries of its overflow table; 0 where they are computed and the vRouter agent hasn't started yet.
  public var bridgeOverflowEntries: Int32 = 0
  /// Entries of the flow table.
  public var flowEntries: Int32 = 0
  /// Entries of its overflow table; 0 where they are computed and the vRouter agent hasn't started yet.
  public var flowOverflowEntries: Int32 = 0
  /// Interfaces of the module ("vifs"): their indexes lie below.
  public var interfaces: Int32 = 0
  /// Mirrors.
  public var mirrors: Int32 = 0
  /// Routing instances.
  public var vrfs: Int32 = 0
  /// What the build says of itself, as JSON.
  public var buildInformation = ""
  /// Logging in the module.
  public var logLevel: UInt32 = 0
  /// Kinds of log that are on.
  public var logTypesEnabled: [Int32] = []
  /// Kinds of log that are off.
  public var logTypesDisabled: [Int32] = []
  /// Switches of the data path (`net.vrouter.*`), by their own names.
  public var dataPath = DataPath()
  /// Entries of the flow table that are in use.
  public var flowUsed: UInt32 = 0
  /// Entries of its overflow table that are in use.
  public var flowOverflowUsed: UInt32 = 0
  /// Entries of the bridge table that are in use.
  public var bridgeUsed: UInt32 = 0
  /// Entries of its overflow table that are in use.
  public var bridgeOverflowUsed: UInt32 = 0
  /// Tokens for bursts of new flows: how many, how often, in what steps.
  public var burstTokens: Int32 = 0
  /// See ``burstTokens``.
  public var burstInterval: Int32 = 0
  /// See ``burstTokens``.
  public var burstStep: Int32 = 0
  /// `vr_memory_alloc_checks`
  public var allocationChecks: Int32 = 0
  /// Tagging by priority.
  public var priorityTagging: UInt32 = 0
  /// Entries of the bridge table of an interface that learns addresses.
  public var interfaceBridgeEntries: Int32 = 0
  /// Entries of its overflow table.
  public var interfaceBridgeOverflowEntries: Int32 = 0
  /// Dumping of packets.
  public var packetDump: Int32 = 0
  /// `vr_pkt_droplog_bufsz`
  public var dropLogSize: Int32 = 0
  /// `vr_pkt_droplog_buf_en`
  public var dropLogBuffer: UInt8 = 0
  /// `net.vrouter.pkt_drop_log_enable`
  public var dropLog: UInt8 = 0
  /// `net.vrouter.pkt_drop_log_min_enable`
  public var dropLogMinimal: UInt8 = 0
  /// `net.vrouter.uncond_close_flow_on_tcp_rst`
  public var closesFlowOnReset: UInt8 = 0
  /// The number of the family's group of events.
  public var group: Int16 = 0

  /// Switches of the data path.
  public struct DataPath: Sendable, Equatable {
    /// Receive offload.
    public var perfr: Int32 = 0
    /// Segmentation offload.
    public var perfs: Int32 = 0
    /// Adjusts the segment size of what a virtual machine sends.
    public var fromVMMSSAdjust: Int32 = 0
    /// Adjusts the segment size of what a virtual machine gets.
    public var toVMMSSAdjust: Int32 = 0
    /// Where received packets are steered.
    public var perfr1: Int32 = 0
    /// See ``perfr1``.
    public var perfr2: Int32 = 0
    /// See ``perfr1``.
    public var perfr3: Int32 = 0
    /// Pulls a packet's head.
    public var perfp: Int32 = 0
    /// The CPU for ``perfr1``.
    public var perfq1: Int32 = 0
    /// The CPU for ``perfr2``.
    public var perfq2: Int32 = 0
    /// The CPU for ``perfr3``.
    public var perfq3: Int32 = 0
    /// UDP checksum offload.
    public var udpChecksumOffload: Int32 = 0
    /// Flows that may wait for a decision of the vRouter agent.
    public var flowHoldLimit: Int32 = 0
    /// MPLS over UDP.
    public var mplsOverUDP: Int32 = 0

    /// Everything 0.
    public init() {}

    mutating func code(_ coder: inout some SandeshCoder) {
      coder.code(16, &perfr)
      coder.code(17, &perfs)
      coder.code(18, &fromVMMSSAdjust)
      coder.code(19, &toVMMSSAdjust)
      coder.code(20, &perfr1)
      coder.code(21, &perfr2)
      coder.code(22, &perfr3)
      coder.code(23, &perfp)
      coder.code(24, &perfq1)
      coder.code(25, &perfq2)
      coder.code(26, &perfq3)
      coder.code(27, &udpChecksumOffload)
      coder.code(28, &flowHoldLimit)
      coder.code(29, &mplsOverUDP)
    }
  }

  /// A message in which everything is 0 or empty.
  public init() {}

  /// Goes through its fields.
  public mutating func code(_ coder: inout some SandeshCoder) {
    coder.code(1, &operation)
    coder.code(2, &router)
    coder.code(3, &mplsLabels)
    coder.code(4, &nextHops)
    coder.code(5, &bridgeEntries)
    coder.code(6, &bridgeOverflowEntries)
    coder.code(7, &flowEntries)
    coder.code(8, &flowOverflowEntries)
    coder.code(9, &interfaces)
    coder.code(10, &mirrors)
    coder.code(11, &vrfs)
    coder.code(12, &buildInformation)
    coder.code(13, &logLevel)
    coder.code(14, &logTypesEnabled)
    coder.code(15, &logTypesDisabled)
    dataPath.code(&coder)
    coder.code(30, &flowUsed)
    coder.code(31, &flowOverflowUsed)
    coder.code(32, &bridgeUsed)
    coder.code(33, &bridgeOverflowUsed)
    coder.code(34, &burstTokens)
    coder.code(35, &burstInterval)
    coder.code(36, &burstStep)
    coder.code(37, &allocationChecks)
    coder.code(38, &priorityTagging)
    coder.code(39, &interfaceBridgeEntries)
    coder.code(40, &interfaceBridgeOverflowEntries)
    coder.code(41, &packetDump)
    coder.code(42, &dropLogSize)
    coder.code(43, &dropLogBuffer)
    coder.code(44, &dropLog)
    coder.code(45, &dropLogMinimal)
    coder.code(46, &closesFlowOnReset)
    coder.code(47, &group)
  }
}
