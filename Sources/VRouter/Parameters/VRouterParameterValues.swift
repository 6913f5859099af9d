public import KernelModule

/// The values of the module's parameters that decide about memory and limits: as given, else the default.
public struct VRouterParameterValues: Equatable, Sendable {
  private let values: [String: Int64]

  /// All defaults.
  public init() { values = [:] }

  /// Takes options as the kernel would read them; names that the module doesn't have are passed over, as it does.
  public init(_ options: ModuleOptions) throws(VRouterError) {
    var values: [String: Int64] = [:]
    for option in options.assignments {
      guard let parameter = VRouterParameter.named(option.name) else { continue }
      guard let value = parameter.value(option.value) else {
        throw VRouterError(
          "use the module option", option.name, reason: "'\(option.value)' is no \(parameter.type.rawValue)",
          remedy: "give a number from \(parameter.range.lowerBound) to \(parameter.range.upperBound)")
      }
      values[option.name] = value
    }
    self.values = values
  }

  /// Takes the values in effect of a loaded module; what isn't there or can't be read has its default.
  public init(inEffect parameters: [String: String]) {
    var values: [String: Int64] = [:]
    for (name, text) in parameters {
      if let value = VRouterParameter.named(name)?.value(text) { values[name] = value }
    }
    self.values = values
  }

  /// The value of a parameter; 0 for a name that the module doesn't have.
  public subscript(name: String) -> Int64 {
    values[name] ?? VRouterParameter.named(name)?.defaultValue ?? 0
  }

  /// The same with other values for some parameters.
  public func with(_ others: [String: Int64]) -> VRouterParameterValues {
    VRouterParameterValues(values: values.merging(others) { _, other in other })
  }

  private init(values: [String: Int64]) { self.values = values }

  func size(_ name: String) -> UInt64 { UInt64(clamping: self[name]) }

  /// Entries of the flow overflow table: as given, else a fifth of the flow table, rounded up to 1024.
  public var flowOverflowEntries: UInt64 {
    overflow(size("vr_oflow_entries"), of: size("vr_flow_entries"))
  }

  /// Entries of the bridge overflow table, by the same rule.
  public var bridgeOverflowEntries: UInt64 {
    overflow(size("vr_bridge_oentries"), of: size("vr_bridge_entries"))
  }

  private func overflow(_ given: UInt64, of entries: UInt64) -> UInt64 {
    given != 0 ? given : (entries / 5 + 1023) / 1024 * 1024
  }
}

extension VRouterParameter {
  /// A value as the kernel would read it; nil when it would refuse it.
  func value(_ text: String) -> Int64? {
    switch type {
    case .bool: return ParameterMismatch.kernelFlag(text).map { $0 ? 1 : 0 }
    case .int, .uint:
      guard let value = ParameterMismatch.kernelInteger(text), range.contains(value) else { return nil }
      return value
    }
  }
}
