import Glibc
import Netlink
import SystemPackage

/// The kernel and the module, as a takeover sees and changes them: what tests put an imaginary one in the place of.
protocol TakeoverKernel: ~Copyable {
  /// Looks at the physical interfaces, vhost0, and all that hangs on them.
  mutating func observe(_ subject: TakeoverSubject) throws(TakeoverError) -> TakeoverState

  /// The link of a name; nil where there is none.
  mutating func device(named name: String) throws(TakeoverError) -> TakeoverDevice?

  /// The link of an index; nil where there is none.
  mutating func device(index: Int) throws(TakeoverError) -> TakeoverDevice?

  /// Waits until it is known of all of the physical interfaces' addresses whether another host has them, or the limit is
  /// over.
  mutating func awaitAddresses(of subject: TakeoverSubject, atMost limit: Duration) throws(TakeoverError)

  /// Makes operations in their order, in one datagram where they are several. One that fails doesn't stop the others.
  mutating func carryOut(_ datagram: TakeoverDatagram) -> [Result<Void, TakeoverError>]
}

/// Which interfaces a takeover is about.
struct TakeoverSubject: Codable, Sendable, Equatable {
  /// The names of the physical interfaces, in the module's order.
  var cards: [String]
  /// Where routes are to be added to: whether others' lead there is looked at too.
  var destinations: [IPPrefix]?
}

/// Why a part of a takeover failed.
struct TakeoverError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was tried.
  let operation: String
  /// What came back.
  let reason: String
  /// The takeover goes on: what was to be is so already, or does without.
  var isTolerable = false

  var description: String { "\(operation): \(reason)" }

  init(_ operation: String, _ reason: String, isTolerable: Bool = false) {
    (self.operation, self.reason, self.isTolerable) = (operation, reason, isTolerable)
  }

  init(_ operation: TakeoverOperation, _ error: NetlinkError) {
    self.init(
      "\(operation)", "\(error)", isTolerable: operation.isSatisfied(by: error))
  }
}

extension TakeoverOperation {
  /// Whether a refusal says that what the operation is to bring about is so.
  fileprivate func isSatisfied(by error: NetlinkError) -> Bool {
    guard case .refused(let errno) = error.cause else { return false }
    let exists = errno == .fileExists
    let isGone: Set<Errno> = [
      .noSuchProcess, .noSuchFileOrDirectory, .addressNotAvailable, .noSuchAddressOrDevice,
      Errno(rawValue: ENODEV),
    ]
    switch self {
    case .removeLink: return isGone.contains(errno)
    case .address(.delete, _, _), .route(.delete, _, _), .rule(.delete, _), .neighbour(.delete, _, _):
      return isGone.contains(errno)
    // What was learned is learned again: a table that is full (net.ipv4.neigh.default.gc_thresh3) ends nothing.
    case .neighbour(_, let neighbour, _): return exists || neighbour.state != .permanent
    case .address, .route, .rule: return exists
    default: return false
    }
  }
}
