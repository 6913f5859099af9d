import Netlink
import SystemPackage
import TestSupport

/// What tests of changes to the real kernel share.
enum ChangeRun {
  /// What was sent, what was read back, and what the kernel refused.
  struct Seen<Object: Sendable>: Sendable {
    var sent: [Object] = []
    var read: [Object] = []
    var left: [Object] = []
    var refusals: [Errno?] = []
    /// What was wrong about the rest.
    var findings: [String] = []
  }

  /// What the kernel answered to something that should fail.
  static func errno(_ body: () throws(NetlinkError) -> Void) -> Errno? {
    do throws(NetlinkError) {
      try body()
      return nil
    } catch {
      return error.errno
    }
  }

  /// A veth pair, up, with an address; `body` gets the indices of its ends.
  static func inPair<Value: Sendable>(
    _ body: @escaping @Sendable (inout RouteNetlink, Int, Int) throws -> Value
  ) throws -> Value {
    try inNetworkNamespace {
      try shell(
        "echo 0 | tee /proc/sys/net/ipv6/conf/all/accept_dad >/proc/sys/net/ipv6/conf/default/accept_dad")
      var netlink = try RouteNetlink()
      try netlink.add(NewLink("v0", .veth(peer: "v1")))
      let near = try netlink.link(named: "v0")?.index ?? 0
      let far = try netlink.link(named: "v1")?.index ?? 0
      for index in [1, near, far] { try netlink.change(linkIndex: index, LinkChange(isUp: true)) }
      guard let own = IPPrefix("10.1.2.3/24"), let own6 = IPPrefix("2001:db8::7/64") else {
        return try body(&netlink, 0, 0)
      }
      try netlink.add(Address(linkIndex: near, prefix: own))
      try netlink.add(Address(linkIndex: near, prefix: own6, flags: .noDuplicateDetection))
      return try body(&netlink, near, far)
    }
  }
}
