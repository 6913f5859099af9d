import HostFiles
public import SystemPackage

/// Something about a kernel module, or about the host's memory, could not be done or understood.
///
/// Says what was tried, on what, what came back, and what to do. A load or an unload that the kernel
/// refused is no such error but a value with a named cause: `LoadFailure`, `UnloadFailure`.
public struct KernelModuleError: Error, Equatable, Sendable {
  /// What kind of thing went wrong, for callers that decide by it.
  public enum Kind: Equatable, Sendable {
    /// Options, a name, a release or a path that the caller gave are not acceptable.
    case input
    /// A file of the host could not be read or written.
    case hostFile
    /// A file of the kernel holds what can't be understood.
    case malformed
    /// libkmod refused.
    case library
  }

  /// What kind of thing went wrong.
  public let kind: Kind
  /// What was tried, as a phrase that continues "cannot".
  public let operation: String
  /// On what: a path, a module's name, the options as given.
  public let subject: String
  /// Line of `subject`, from 1, where a file could not be understood.
  public let line: Int?
  /// What came back, as a number.
  public let errno: Errno?
  /// What was wrong, where no number tells it.
  public let reason: String?
  /// What the operator can do.
  public let remedy: String?

  /// Describes one failure.
  public init(
    _ kind: Kind, _ operation: String, _ subject: String, line: Int? = nil, errno: Errno? = nil,
    reason: String? = nil, remedy: String? = nil
  ) {
    self.kind = kind
    self.operation = operation
    self.subject = subject
    self.line = line
    self.errno = errno
    self.reason = reason
    self.remedy = remedy
  }

  init(_ error: HostFileError) {
    self.init(
      .hostFile, error.operation, error.root == "/" ? error.path : error.root + error.path,
      errno: error.errno, reason: error.reason, remedy: error.remedy)
  }
}

extension KernelModuleError: CustomStringConvertible {
  /// One line: operation, subject, answer, remedy.
  public var description: String {
    var text = "cannot \(operation) \(subject)"
    if let line { text += ", line \(line)" }
    if let reason { text += ": \(reason)" }
    if let errno { text += ": \(errno.description)" }
    if let remedy { text += "; \(remedy)" }
    return text
  }
}

/// Runs the body with host file errors turned into this library's own.
func translating<Value: ~Copyable>(
  _ body: () throws(HostFileError) -> Value
) throws(KernelModuleError) -> Value {
  do { return try body() } catch { throw KernelModuleError(error) }
}
