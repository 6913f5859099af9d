/// What few look at in a ``Link``, kept apart from it: a host may have thousands of links, and to pass one on is to copy
/// what lies in it. A value like any other: it is copied when it is changed while others have it.
struct LinkRest: Sendable {
  private var storage: Storage

  init() { storage = Self.nothing }

  init(_ values: Values) { storage = Storage(values) }

  /// What is kept apart.
  struct Values: Sendable, Hashable {
    var alternativeNames: [String] = []
    var portKind: String?
    var parentBus: String?
    var parentDevice: String?
    var hasXDPProgram = false
    var details: LinkDetails?
    var portDetails: PortDetails?
    var virtualFunctionCount: Int?
    var virtualFunctions: [VirtualFunction] = []
    var kindAttributes = RawAttributes()
    var portAttributes = RawAttributes()
    var otherAttributes = RawAttributes()
  }

  /// Changed only through ``LinkRest/values``, and there only while nobody else refers to it.
  private final class Storage: @unchecked Sendable {
    var values: Values

    init(_ values: Values = Values()) { self.values = values }
  }

  /// Until something is put there, all links share one.
  private static let nothing = Storage()

  var values: Values {
    // Yielded rather than returned: to look at one of them is not to copy them all.
    _read { yield storage.values }
    _modify {
      if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.values) }
      yield &storage.values
    }
  }
}

extension LinkRest: Hashable {
  static func == (left: Self, right: Self) -> Bool {
    left.storage === right.storage || left.storage.values == right.storage.values
  }

  func hash(into hasher: inout Hasher) { hasher.combine(storage.values) }
}

/// What is kept apart from the rest of a link.
extension Link {
  /// Further names (5.5 and later), at most 127 bytes each.
  public var alternativeNames: [String] {
    _read { yield rest.values.alternativeNames }
    _modify { yield &rest.values.alternativeNames }
  }

  /// Kind of the master as its port sees it, such as `bond` or `bridge`; `nil` without a master.
  public var portKind: String? {
    _read { yield rest.values.portKind }
    _modify { yield &rest.values.portKind }
  }

  /// Bus of the device behind it, such as `pci` (5.14 and later).
  public var parentBus: String? {
    _read { yield rest.values.parentBus }
    _modify { yield &rest.values.parentBus }
  }

  /// Device behind it on that bus, such as `0000:3b:00.0` (5.14 and later).
  public var parentDevice: String? {
    _read { yield rest.values.parentDevice }
    _modify { yield &rest.values.parentDevice }
  }

  /// A program is attached that sees every frame first (XDP), by the driver, the hardware or the kernel itself.
  public var hasXDPProgram: Bool {
    _read { yield rest.values.hasXDPProgram }
    _modify { yield &rest.values.hasXDPProgram }
  }

  /// What only this kind of interface has; `nil` for hardware and for kinds that this library doesn't read.
  public var details: LinkDetails? {
    _read { yield rest.values.details }
    _modify { yield &rest.values.details }
  }

  /// What it has as its master's port; `nil` without a master, and for masters that this library doesn't read.
  public var portDetails: PortDetails? {
    _read { yield rest.values.portDetails }
    _modify { yield &rest.values.portDetails }
  }

  /// How many virtual functions an SR-IOV card has; `nil` unless ``RouteNetlink/virtualFunctions(linkIndex:)``
  /// asked for it.
  public var virtualFunctionCount: Int? {
    _read { yield rest.values.virtualFunctionCount }
    _modify { yield &rest.values.virtualFunctionCount }
  }

  /// An SR-IOV card's virtual functions, if they were asked for.
  public var virtualFunctions: [VirtualFunction] {
    _read { yield rest.values.virtualFunctions }
    _modify { yield &rest.values.virtualFunctions }
  }

  /// What of ``details`` this library doesn't read (`IFLA_INFO_DATA`), as it came.
  public var kindAttributes: RawAttributes {
    _read { yield rest.values.kindAttributes }
    _modify { yield &rest.values.kindAttributes }
  }

  /// What of ``portDetails`` this library doesn't read (`IFLA_INFO_SLAVE_DATA`), as it came.
  public var portAttributes: RawAttributes {
    _read { yield rest.values.portAttributes }
    _modify { yield &rest.values.portAttributes }
  }

  /// Attributes that this library doesn't read, as they came. Counters, timers and per-family details are left
  /// out: two readings of one link would never be equal.
  public var otherAttributes: RawAttributes {
    _read { yield rest.values.otherAttributes }
    _modify { yield &rest.values.otherAttributes }
  }
}
