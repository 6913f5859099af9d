import HostFiles

/// Reads files of a host: the host itself, what a capture kept of them, or the first while the second is made.
protocol HostFileSource: Sendable {
  /// The whole content of a file; as ``HostRoot/readBytes(_:limit:)``.
  func readBytes(_ path: String, limit: Int) throws(HostFileError) -> [UInt8]
  /// Where a symbolic link leads, as written in it; as ``HostRoot/linkTarget(_:)``.
  func linkTarget(_ path: String) throws(HostFileError) -> String
  /// The names in a folder, sorted; as ``HostRoot/names(in:)``.
  func names(in directory: String) throws(HostFileError) -> [String]
}

extension HostRoot: HostFileSource {}

extension HostFileSource {
  /// The last part of where a symbolic link leads; nil where there is none.
  func linkName(_ path: String) -> String? {
    (try? linkTarget(path)).flatMap { $0.split(separator: "/").last.map(String.init) }
  }
}
