/// Another network namespace (namespaces(7)).
///
/// A socket belongs to the namespace in which it was opened. To open one elsewhere, a thread has to go there
/// (setns(2)); this is done by a thread that lives for nothing else, so that the caller's stays where it is. It
/// takes CAP_SYS_ADMIN, here and there.
///
/// ```swift
/// var netlink = try RouteNetlink(in: .path("/run/netns/blue"))
/// ```
public enum NetworkNamespace: Sendable, Hashable {
  /// A file that stands for it, such as `/run/netns/blue` or `/proc/1/ns/net`.
  case path(String)
  /// An open file that stands for it; it is neither closed nor needed later.
  case descriptor(Int32)
}

extension NetworkNamespace: CustomStringConvertible {
  /// How error messages name it.
  public var description: String {
    switch self {
    case .path(let path): "the namespace \(path)"
    case .descriptor(let number): "the namespace of descriptor \(number)"
    }
  }
}
