/// A reason why the module must not be loaded as asked for: it would crash or hang the kernel, could never
/// succeed, or would not do what was asked.
public struct Danger: Equatable, Sendable {
  /// The parameter; nil when the host alone is the reason.
  public let parameter: String?
  /// The value in question, as given or by default; nil when the host alone is the reason.
  public let value: String?
  /// What comes of it.
  public let effect: VRouterParameter.Effect
  /// Why, in one sentence.
  public let reason: String
  /// What to do instead.
  public let remedy: String

  /// A danger.
  public init(
    parameter: String?, value: String?, effect: VRouterParameter.Effect, reason: String, remedy: String
  ) {
    self.parameter = parameter
    self.value = value
    self.effect = effect
    self.reason = reason
    self.remedy = remedy
  }
}

extension Danger: CustomStringConvertible {
  /// One line: option, reason, remedy.
  public var description: String {
    let subject = parameter.map { "\($0)=\(value ?? "")" } ?? "the host"
    return "\(subject) [\(effect.rawValue)]: \(reason); \(remedy)"
  }
}
