internal import Glibc
internal import SystemPackage

extension NetlinkSocket {
  /// Opens and binds a socket in another network namespace. The calling thread stays in its own.
  ///
  /// - Throws: a ``NetlinkError`` with what open(2), setns(2) or socket(2) said: `noSuchFileOrDirectory` if the
  ///   path doesn't exist, `invalidArgument` if it isn't a network namespace.
  public static func open(
    _ netlinkProtocol: NetlinkProtocol, in namespace: NetworkNamespace
  ) throws(NetlinkError) -> NetlinkSocket {
    do throws(Errno) {
      switch namespace {
      case .descriptor(let descriptor): return try NamespaceThread.open(netlinkProtocol, in: descriptor)
      case .path(let path):
        let file = try NamespaceFile(path)
        return try NamespaceThread.open(netlinkProtocol, in: file.descriptor)
      }
    } catch {
      throw NetlinkError("open a socket", on: "\(netlinkProtocol), in \(namespace)", .system(error))
    }
  }
}

extension NetlinkSession {
  /// Opens a socket in another network namespace and makes a session over it. The calling thread stays in its own.
  public init(
    _ netlinkProtocol: NetlinkProtocol, in namespace: NetworkNamespace, timeout: Duration = .seconds(10)
  ) throws(NetlinkError) {
    self.init(try NetlinkSocket.open(netlinkProtocol, in: namespace), timeout: timeout)
  }
}

extension RouteNetlink {
  /// Opens a socket in another network namespace. The calling thread stays in its own.
  public init(in namespace: NetworkNamespace, timeout: Duration = .seconds(10)) throws(NetlinkError) {
    self.init(try NetlinkSession(.route, in: namespace, timeout: timeout))
  }
}

/// An open file that stands for a namespace.
struct NamespaceFile: ~Copyable {
  let descriptor: Int32

  /// Opens a path.
  init(_ path: String) throws(Errno) {
    // C would take the part before it for the path.
    guard !path.utf8.contains(0) else { throw .invalidArgument }
    let number = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw Errno(rawValue: errno) }
    descriptor = number
  }

  /// Opens the namespace that a socket is in (socket(7), 4.9 and later; it takes CAP_NET_ADMIN there).
  init?(ofSocket socket: Int32) {
    // SIOCGSKNS
    let number = ioctl(socket, 0x894c)
    guard number >= 0 else { return nil }
    descriptor = number
  }

  deinit {
    close(descriptor)
  }
}
