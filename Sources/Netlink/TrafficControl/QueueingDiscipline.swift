/// What queues an interface's packets, or hooks into its traffic (tc(8); `struct tcmsg` in linux/rtnetlink.h).
public struct QueueingDiscipline: Sendable, Hashable {
  /// Index of the interface.
  public var linkIndex: Int
  /// Its number: the upper half is its own, the lower is 0. 0 is what the kernel itself put there.
  public var handle: UInt32
  /// The class that it is in; ``root`` and ``ingress`` are in none.
  public var parent: UInt32
  /// The kernel's name for its kind, such as `fq_codel` or `clsact`.
  public var kind: String

  /// Makes a queueing discipline.
  public init(linkIndex: Int, handle: UInt32, parent: UInt32, kind: String) {
    (self.linkIndex, self.handle, self.parent, self.kind) = (linkIndex, handle, parent, kind)
  }

  /// The place of the discipline through which everything is sent (`TC_H_ROOT`).
  public static let root: UInt32 = 0xffff_ffff
  /// The place of `ingress` and `clsact` (`TC_H_INGRESS`, `TC_H_CLSACT`).
  public static let ingress: UInt32 = 0xffff_fff1

  /// Nobody asked for it: the kernel gives every interface such.
  public var isDefault: Bool { handle == 0 }

  /// The places in which filters may hang: of `clsact` and `ingress` those for each direction, of others their own.
  public var filterParents: [UInt32] {
    switch kind {
    // TC_H_CLSACT with TC_H_MIN_INGRESS and TC_H_MIN_EGRESS (linux/pkt_sched.h)
    case "clsact": [TrafficFilter.arriving, TrafficFilter.leaving]
    case "ingress": [TrafficFilter.arriving]
    default: [handle]
    }
  }
}

/// A filter that sees an interface's packets (tc(8); `struct tcmsg` in linux/rtnetlink.h).
public struct TrafficFilter: Sendable, Hashable {
  /// Index of the interface.
  public var linkIndex: Int
  /// Where it hangs: ``arriving``, ``leaving``, or a discipline's number.
  public var parent: UInt32
  /// The kernel's name for its kind, such as `bpf` or `u32`.
  public var kind: String
  /// Its turn: lower ones come first.
  public var priority: UInt16
  /// Name of a `bpf` filter's program.
  public var programName: String?

  /// Makes a filter.
  public init(linkIndex: Int, parent: UInt32, kind: String, priority: UInt16, programName: String? = nil) {
    (self.linkIndex, self.parent, self.kind) = (linkIndex, parent, kind)
    (self.priority, self.programName) = (priority, programName)
  }

  /// What arrives, before the host sees it (`clsact` or `ingress`).
  public static let arriving: UInt32 = 0xffff_fff2
  /// What leaves (`clsact`).
  public static let leaving: UInt32 = 0xffff_fff3
}
