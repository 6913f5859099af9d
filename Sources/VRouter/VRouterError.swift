/// Facts about the vrouter module or its host that can't be used as they are.
public struct VRouterError: Error, Equatable, Sendable {
  /// What was tried, as a phrase that continues "cannot".
  public let operation: String
  /// On what.
  public let subject: String
  /// What came back or was found.
  public let reason: String
  /// What the operator can do.
  public let remedy: String?
  /// The module's response code, where it answered with one: a negative errno.
  public let code: Int32?

  /// Describes one failure.
  public init(
    _ operation: String, _ subject: String, reason: String, remedy: String? = nil, code: Int32? = nil
  ) {
    self.operation = operation
    self.subject = subject
    self.reason = reason
    self.remedy = remedy
    self.code = code
  }
}

extension VRouterError: CustomStringConvertible {
  /// One line: operation, subject, reason, remedy.
  public var description: String {
    "cannot \(operation) \(subject): \(reason)" + (remedy.map { "; \($0)" } ?? "")
  }
}
