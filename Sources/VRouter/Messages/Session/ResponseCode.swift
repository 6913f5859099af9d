internal import SystemPackage

/// A response code that isn't a success, in words.
struct ResponseCode: CustomStringConvertible {
  let code: Int32

  init(_ code: Int32) { self.code = code }

  var description: String {
    switch code {
    // Not EPERM: the module has no other word for it.
    case -1: "-1 (it could not read the message)"
    // There is no text for it in the names below.
    case -102: "-102 (ENETRESET: it isn't ready)"
    case let code where code < 0 && code > -4096: "\(code) (\(Errno(rawValue: -code)))"
    default: "\(code)"
    }
  }

  /// What an operator can do.
  var remedy: String? {
    switch code {
    case -1: "the module is of a version that this program doesn't know: report it with its version"
    case -12: "free and compact memory (vrouter-node-agent memory), or make the module's tables smaller"
    case -16: "release the link from its bridge, bond or other master first"
    case -19: "check that the interface exists in the host's own network namespace"
    case -22:
      "check the module's options (vrouter-node-agent module status) and its lines in the kernel's log"
    case -102: "unload the module and load it again, or reboot: a reset of it has failed"
    default: nil
    }
  }
}
