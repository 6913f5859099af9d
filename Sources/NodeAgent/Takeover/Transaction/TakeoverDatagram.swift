import Netlink

/// What goes to the kernel at once, encoded before the moment at which it matters: between the frames' move and the
/// routes' nothing is left to do but sending.
struct TakeoverDatagram: Sendable {
  let operations: [TakeoverOperation]
  /// The messages, where all are rtnetlink's; nil: each operation is made by itself.
  let requests: [NetlinkRequest]?

  init(_ operations: [TakeoverOperation]) {
    self.operations = operations
    let requests = operations.compactMap(\.request)
    self.requests = requests.count == operations.count ? requests : nil
  }
}
