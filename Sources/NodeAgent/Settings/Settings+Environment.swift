import FoundationEssentials

extension Settings {
  /// This process' environment; bytes that aren't UTF-8 are repaired.
  static var processEnvironment: [String: String] { ProcessInfo.processInfo.environment }
}
