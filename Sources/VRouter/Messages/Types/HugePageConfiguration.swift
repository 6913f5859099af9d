/// `vr_hugepage_config`: the vRouter agent's first message, on which the module makes its flow and bridge tables, with or
/// without huge pages.
///
/// Numbers and types of the fields: sandesh/vr.sandesh of tf-vrouter, checked against a capture. The lists belong together
/// and are of one length, at most four.
public struct HugePageConfiguration: VRouterMessage {
  /// `vr_hugepage_config`
  public static let name = "vr_hugepage_config"

  /// In field 1: only ``MessageOperation/add`` is known.
  public var operation: Int32 = 0
  /// Where in the sender's memory the files of huge pages are mapped.
  public var addresses: [UInt64] = []
  /// The size of a page of each: 2 MiB or 1 GiB.
  public var pageSizes: [UInt32] = []
  /// In an answer: ``Outcome``.
  public var outcome: UInt32 = 0
  /// How many bytes of each are mapped.
  public var sizes: [UInt32] = []
  /// The files' paths, each ended by NUL, one after the other.
  public var paths: [UInt8] = []
  /// How many bytes of ``paths`` each takes, NUL included.
  public var pathSizes: [UInt32] = []

  /// A message without huge pages: the tables come from blocks of contiguous memory.
  public init() {}

  /// Goes through its fields.
  public mutating func code(_ coder: inout some SandeshCoder) {
    coder.code(1, &operation)
    coder.code(2, &addresses)
    coder.code(3, &pageSizes)
    coder.code(4, &outcome)
    coder.code(5, &sizes)
    coder.code(6, &paths)
    coder.code(7, &pathSizes)
  }

  /// What became of the huge pages, and of the tables (`vhp_resp`; `VR_HPAGE_CFG_RESP_…` in include/vr_defs.h).
  ///
  /// It doesn't tell all: ``hugePages`` is also the answer when only one of the tables found room in them, or when
  /// the tables were there already. Where a table is, its path says.
  public enum Outcome: Sendable, Hashable {
    /// 0: huge pages are in use.
    case hugePages
    /// -1: the tables found no memory, and nothing was kept.
    case noMemory
    /// -2: no usable huge pages were given; the tables are in page blocks.
    case withoutHugePages
    /// -3: the huge pages can't be used; the tables are in page blocks.
    case hugePagesFailed
    /// -4: huge pages were given before, and nothing was done (the response code is EEXIST).
    case alreadyInitialised
    /// -5: some of the huge pages can't be used.
    case partial
    /// -6: the tables are there, but not the character device that shows them to the vRouter agent.
    case noDevice
    /// A number that isn't known.
    case other(Int32)

    /// Reads the number of an answer.
    public init(_ number: UInt32) {
      self =
        switch Int32(bitPattern: number) {
        case 0: .hugePages
        case -1: .noMemory
        case -2: .withoutHugePages
        case -3: .hugePagesFailed
        case -4: .alreadyInitialised
        case -5: .partial
        case -6: .noDevice
        case let number: .other(number)
        }
    }

    /// The number of it.
    public var number: Int32 {
      switch self {
      case .hugePages: 0
      case .noMemory: -1
      case .withoutHugePages: -2
      case .hugePagesFailed: -3
      case .alreadyInitialised: -4
      case .partial: -5
      case .noDevice: -6
      case .other(let number): number
      }
    }
  }
}
