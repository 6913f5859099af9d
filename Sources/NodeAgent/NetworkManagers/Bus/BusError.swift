import HostFiles
import SystemPackage

/// A call over the host's system bus didn't come to its end.
struct BusError: Error, Equatable {
  enum Cause: Equatable {
    /// There is no bus to connect to.
    case noBus(HostFileError)
    /// The time was over.
    case timedOut(Duration)
    /// The connection failed, or ended.
    case connection(Errno)
    /// The bus doesn't take this process for who it is.
    case notAuthenticated(String)
    /// The bus, or the program called, said something that can't be read.
    case malformed
    /// The program called, or the bus for it, answered with an error: its name and text.
    case refused(name: String, text: String)
  }

  /// What was tried: "call Reload of org.freedesktop.network1".
  let operation: String
  let cause: Cause

  /// The name of the error that was answered.
  var errorName: String? {
    if case .refused(let name, _) = cause { name } else { nil }
  }

  /// Whether nobody on the bus has the name that was called.
  var isNobodyThere: Bool {
    let names = ["NameHasNoOwner", "ServiceUnknown"].map { "org.freedesktop.DBus.Error.\($0)" }
    return errorName.map(names.contains) ?? false
  }

  /// Whether there is no bus at all.
  var isNoBus: Bool { if case .noBus = cause { true } else { false } }
}

extension BusError: CustomStringConvertible {
  var description: String {
    let answer =
      switch cause {
      case .noBus(let error): "\(error)"
      case .timedOut(let limit): "no answer within \(limit.seconds)"
      case .connection(let errno): errno.description
      case .notAuthenticated(let line): "the bus doesn't accept this process: \(line)"
      case .malformed: "the answer can't be understood"
      case .refused(let name, let text): text.isEmpty ? name : "\(text) (\(name))"
      }
    return "cannot \(operation) over the host's D-Bus: \(answer)"
  }
}
