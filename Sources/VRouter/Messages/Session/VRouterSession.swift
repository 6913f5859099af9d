public import Netlink
internal import SystemPackage

/// Talks with the vrouter module in the kernel through its generic netlink family.
///
/// ```swift
/// var module = try VRouterSession()
/// let limits = try module.limits()
/// for interface in try module.interfaces() { print(interface.interfaceName) }
/// ```
///
/// Whether something was done is read from the answer's response code, never assumed: the module acknowledges what it
/// refuses. It takes CAP_NET_ADMIN on the host; the family is there in every network namespace, but the module knows
/// only the links of the initial one.
public struct VRouterSession: ~Copyable {
  /// The name of the module's family of generic netlink.
  public static let familyName = "vrouter"

  private var netlink: GenericNetlink
  private let family: GenericFamily

  /// Opens a socket in the calling thread's network namespace and looks for the module's family.
  ///
  /// - Parameter timeout: how long the kernel may stay silent. Sending itself blocks for as long as another user of
  ///   generic netlink is stuck in the kernel.
  public init(timeout: Duration = .seconds(10)) throws(VRouterError) {
    let netlink: GenericNetlink
    do {
      netlink = try GenericNetlink(timeout: timeout)
    } catch {
      throw VRouterError("talk with", "the module", netlink: error)
    }
    try self.init(netlink)
  }

  /// Uses a session of generic netlink, such as one over a fake kernel.
  public init(_ netlink: consuming GenericNetlink) throws(VRouterError) {
    do {
      guard let family = try netlink.family(named: Self.familyName) else {
        throw VRouterError(
          "talk with", "the module",
          reason: "there is no generic netlink family '\(Self.familyName)': the module isn't loaded",
          remedy: "load it (vrouter-node-agent module load)")
      }
      self.family = family
    } catch let error as NetlinkError {
      throw VRouterError("talk with", "the module", netlink: error)
    } catch let error as VRouterError {
      throw error
    } catch {
      throw VRouterError("talk with", "the module", reason: "\(error)")
    }
    self.netlink = netlink
  }

  /// Sends a message and reads what the module answers.
  ///
  /// - Parameters:
  ///   - operation: what is asked for, as in "list the interfaces"; for error messages.
  ///   - subject: what it is asked about; for error messages.
  /// - Returns: the answer, whatever its code is.
  mutating func ask(
    _ operation: String, on subject: String, _ message: some VRouterMessage
  ) throws(VRouterError) -> VRouterAnswer {
    let family = family
    let request = VRouterPayload.request(operation, on: subject, to: family, message.encoded)
    let payloads: [[UInt8]]
    do {
      payloads = try netlink.session.answers(to: request) { (message) throws(WireError) in
        try VRouterPayload.read(message, of: family)
      }
    } catch {
      throw VRouterError(operation, subject, netlink: error)
    }
    return try VRouterAnswer(payloads, operation: operation, subject: subject)
  }
}

extension VRouterError {
  /// An exchange that failed.
  init(_ operation: String, _ subject: String, netlink error: NetlinkError) {
    self.init(operation, subject, reason: "\(error)")
  }
}
