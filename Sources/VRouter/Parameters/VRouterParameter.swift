/// A parameter of the vrouter module.
public struct VRouterParameter: Equatable, Sendable {
  /// The kernel's types that the module uses.
  public enum ValueType: String, Equatable, Sendable {
    case uint, int, bool
  }

  /// What comes of a value outside its limits.
  public enum Effect: String, Equatable, Sendable {
    /// The kernel crashes or hangs, at once or at the unload.
    case crash
    /// The module can't be loaded, however much memory is free.
    case loadFails = "load-fails"
    /// The module loads, and the vRouter agent can't start.
    case agentStartFails = "agent-start-fails"
    /// The module loads, and interfaces can't be added.
    case interfacesFail = "interfaces-fail"
    /// The kernel passes over the option without an error.
    case ignored
  }

  /// A limit on the value, and why.
  public struct Limit: Equatable, Sendable {
    /// Values that are all right.
    public let allowed: ClosedRange<Int64>
    /// What comes of others.
    public let effect: Effect
    /// Why, in one sentence.
    public let reason: String
    /// What to do instead.
    public let remedy: String
  }

  /// The name as it is written in options.
  public let name: String
  /// The kernel's type.
  public let type: ValueType
  /// The value without the option; flags as 0 and 1.
  public let defaultValue: Int64
  /// What it sets.
  public let meaning: String
  /// Limits beyond those of the type that hold on every host.
  public let limits: [Limit]

  init(
    _ name: String, _ type: ValueType, _ defaultValue: Int64, _ meaning: String, limits: [Limit] = []
  ) {
    self.name = name
    self.type = type
    self.defaultValue = defaultValue
    self.meaning = meaning
    self.limits = limits
  }

  /// Values that the type can hold.
  public var range: ClosedRange<Int64> {
    switch type {
    case .uint: 0...Int64(UInt32.max)
    case .int: Int64(Int32.min)...Int64(Int32.max)
    case .bool: 0...1
    }
  }

  /// The parameter of this name.
  public static func named(_ name: String) -> VRouterParameter? {
    all.first { $0.name == name }
  }
}
