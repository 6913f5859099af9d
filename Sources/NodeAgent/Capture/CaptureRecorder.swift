import HostFiles
import Netlink
import Synchronization

/// Keeps what an observer asks for and is answered, while it observes the running host.
final class CaptureRecorder: Sendable {
  private let exchanges = ExchangeRecorder()
  private let kept = Mutex<Kept>(Kept())

  private struct Kept {
    var names: [String: NetworkSnapshot.NameAnswer] = [:]
    var files: [String: [UInt8]] = [:]
    var links: [String: String] = [:]
  }

  /// An observer of the running host whose every way of seeing is recorded.
  ///
  /// - Parameter files: the host's files.
  func observer(files: any HostFileSource) -> KernelNetworkObserver {
    let exchanges = exchanges
    return KernelNetworkObserver(
      open: { () throws(NetlinkError) in try RouteNetlink(recorder: exchanges) },
      files: Files(source: files, recorder: self),
      resolver: Resolver(source: SystemResolver(), recorder: self),
      alwaysObservesHardware: true)
  }

  /// What was recorded.
  func capture(hostName: String, settings: [String: String]) -> Capture {
    let kept = kept.withLock { $0 }
    return Capture(
      exchanges: exchanges.exchanges, hostName: hostName, names: kept.names, settings: settings,
      files: kept.files, links: kept.links)
  }

  /// Files that aren't there leave no trace, and aren't there in the capture either.
  private struct Files: HostFileSource {
    let source: any HostFileSource
    let recorder: CaptureRecorder

    func readBytes(_ path: String, limit: Int) throws(HostFileError) -> [UInt8] {
      let bytes = try source.readBytes(path, limit: limit)
      recorder.kept.withLock { $0.files[path] = bytes }
      return bytes
    }

    func linkTarget(_ path: String) throws(HostFileError) -> String {
      let target = try source.linkTarget(path)
      recorder.kept.withLock { $0.links[path] = target }
      return target
    }

    func names(in directory: String) throws(HostFileError) -> [String] { try source.names(in: directory) }
  }

  private struct Resolver: NameResolver {
    let source: any NameResolver
    let recorder: CaptureRecorder

    func resolve(_ names: [String], within limit: Duration) -> [String: NetworkSnapshot.NameAnswer] {
      let answers = source.resolve(names, within: limit)
      recorder.kept.withLock { $0.names.merge(answers) { $1 } }
      return answers
    }
  }
}

extension RouteNetlink {
  /// A socket in the calling thread's network namespace of which everything is recorded.
  fileprivate init(recorder: ExchangeRecorder) throws(NetlinkError) {
    let socket: NetlinkSocket
    do {
      socket = try NetlinkSocket(.route)
    } catch {
      throw NetlinkError("open a socket", on: "route", .system(error))
    }
    self.init(NetlinkSession(RecordingTransport(socket, recorder)))
  }
}
