import HostFiles
import Netlink
import SystemPackage

extension Capture {
  /// An observer that sees the host as it was when the capture was made.
  var observer: KernelNetworkObserver {
    let exchanges = exchanges
    return KernelNetworkObserver(
      open: { () throws(NetlinkError) in RouteNetlink(NetlinkSession(ReplayTransport(exchanges))) },
      files: CapturedFiles(capture: self), resolver: CapturedNames(answers: names), hostName: hostName,
      alwaysObservesHardware: true)
  }
}

/// Files as they were.
private struct CapturedFiles: HostFileSource {
  let capture: Capture

  func readBytes(_ path: String, limit: Int) throws(HostFileError) -> [UInt8] {
    guard let bytes = capture.files[path] else { throw missing("read", path) }
    guard bytes.count <= limit else {
      throw HostFileError(operation: "read", path: path, root: "the capture", errno: .fileTooLarge)
    }
    return bytes
  }

  func linkTarget(_ path: String) throws(HostFileError) -> String {
    guard let target = capture.links[path] else { throw missing("read the link", path) }
    return target
  }

  func names(in directory: String) throws(HostFileError) -> [String] { throw missing("list", directory) }

  private func missing(_ operation: String, _ path: String) -> HostFileError {
    HostFileError(operation: operation, path: path, root: "the capture", errno: .noSuchFileOrDirectory)
  }
}

/// The resolver's answers as they were.
private struct CapturedNames: NameResolver {
  let answers: [String: NetworkSnapshot.NameAnswer]

  func resolve(_ names: [String], within limit: Duration) -> [String: NetworkSnapshot.NameAnswer] {
    var result: [String: NetworkSnapshot.NameAnswer] = [:]
    for name in names {
      result[name] =
        answers[name] ?? .failed("the capture has no answer for it: it was made with other settings")
    }
    return result
  }
}

extension Capture {
  /// Reads and checks a folder that ``CaptureFolder/write(_:_:)`` wrote.
  init(folder path: String) throws(CommandFailure) {
    let content = try CaptureFolder(path: path).read()
    do {
      try self.init(content.files)
    } catch {
      throw CommandFailure(.failed, "\(path) can't be used as a capture: \(error)")
    }
  }
}
