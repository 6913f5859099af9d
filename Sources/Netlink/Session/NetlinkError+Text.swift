internal import Glibc
internal import SystemPackage

extension NetlinkError: CustomStringConvertible {
  /// What was tried, on what, what came back and what to do, in one line.
  public var description: String {
    let on = subject.map { " (\($0.printable))" } ?? ""
    let said = extendedAck.map { $0.isEmpty ? "" : "; \($0)" } ?? ""
    return "netlink: cannot \(operation)\(on): \(reason)\(said). \(remedy)"
  }

  /// What came back, in words.
  private var reason: String {
    switch cause {
    case .refused(let errno): "the kernel answered \(errno.named)"
    case .system(let errno): "the socket failed with \(errno.named)"
    case .timedOut(let duration): "no answer from the kernel within \(duration)"
    case .unfinished(let duration): "the kernel's answer had no end within \(duration)"
    case .cancelled: "it was cancelled"
    case .notSent: "what was asked before had no answer, so that this wasn't asked"
    case .truncated(let size, let capacity): "an answer of \(size) bytes exceeds the buffer of \(capacity)"
    case .malformed(let error): "the kernel's answer is malformed \(error)"
    case .unsendable(let error): "the request cannot be built \(error)"
    case .inconsistent(let attempts): "the objects changed while they were listed (tries: \(attempts))"
    case .overrun(let attempts): "the kernel dropped answers (tries: \(attempts))"
    case .unanswered: "the kernel's answer doesn't hold what was asked for"
    case .notRecorded: "the recording doesn't hold the answer"
    case .noRoute(let reason, let errno): "\(reason)" + (errno.map { ": \($0.named)" } ?? "")
    }
  }

  /// What an operator can do about it.
  public var remedy: String {
    switch cause {
    case .refused(let errno), .system(let errno): Self.remedy(for: errno)
    case .timedOut:
      "The kernel's network lock may be held by a stuck process: see 'dmesg' for hung tasks, then try again."
    case .unfinished:
      "The host may be overloaded, or its tables huge: see 'uptime' and 'ip route show table all | wc -l'."
    case .notSent:
      "See what became of what was asked before."
    case .cancelled:
      "Whoever cancelled it knows why."
    case .overrun:
      "The host may be short of memory: see 'free' and 'dmesg', then try again."
    case .inconsistent:
      "Something adds or removes interfaces or routes all the time: find it with 'ip monitor', then try again."
    case .truncated, .malformed, .unanswered:
      "This is a fault of this program or of the kernel: report it with the output of 'uname -r'."
    case .notRecorded:
      "What is asked now wasn't asked when the recording was made: record again with this version and these settings."
    case .noRoute(let reason, _): reason.remedy
    case .unsendable:
      "A name or value is too long: check what was given."
    }
  }

  private static func remedy(for errno: Errno) -> String {
    switch errno {
    case .notPermitted, .permissionDenied:
      "Run as root with CAP_NET_ADMIN in the host's network namespace."
    case .noSuchDevice, .noSuchAddressOrDevice:
      "Check the interface's name: 'ip link' lists those of this network namespace."
    case .networkUnreachable, .noRouteToHost:
      "Check the routes: 'ip route' and 'ip rule' of this network namespace."
    case .noMemory, .noBufferSpace:
      "The host is short of memory: see 'free' and 'dmesg', then try again."
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem:
      "Too many files are open: raise the limit (ulimit -n, fs.file-max)."
    case .protocolNotSupported, .addressFamilyNotSupported:
      "This kernel or sandbox has no such netlink protocol: check the kernel configuration and seccomp rules."
    case .fileExists:
      "It exists already: see 'ip link', 'ip address' or 'ip route'."
    case .resourceBusy, .resourceTemporarilyUnavailable:
      "The kernel is busy with something of the same kind: try again."
    case .notSupported, .invalidArgument:
      "This kernel may be too old for what was asked: report it with the output of 'uname -r'."
    default:
      "See 'dmesg' for what the kernel says."
    }
  }
}

extension Errno {
  /// ENODEV, which swift-system has no name for.
  static let noSuchDevice = Errno(rawValue: Glibc.ENODEV)

  /// The errno as in `EPERM (Operation not permitted)`, or `errno 524` if it has no name here.
  var named: String {
    guard let name = Self.names[rawValue] else { return "errno \(rawValue)" }
    return "\(name) (\(description))"
  }

  /// Those that netlink and its sockets answer with. glibc has a function for this only since 2.32.
  private static let names: [CInt: String] = [
    Errno.notPermitted.rawValue: "EPERM", Errno.noSuchFileOrDirectory.rawValue: "ENOENT",
    Errno.noSuchProcess.rawValue: "ESRCH", Errno.interrupted.rawValue: "EINTR",
    Errno.ioError.rawValue: "EIO", Errno.noSuchAddressOrDevice.rawValue: "ENXIO",
    Errno.badFileDescriptor.rawValue: "EBADF", Errno.resourceTemporarilyUnavailable.rawValue: "EAGAIN",
    Errno.noMemory.rawValue: "ENOMEM", Errno.permissionDenied.rawValue: "EACCES",
    Errno.resourceBusy.rawValue: "EBUSY", Errno.fileExists.rawValue: "EEXIST",
    Errno.noSuchDevice.rawValue: "ENODEV", Errno.invalidArgument.rawValue: "EINVAL",
    Errno.tooManyOpenFilesInSystem.rawValue: "ENFILE", Errno.tooManyOpenFiles.rawValue: "EMFILE",
    Errno.noSpace.rawValue: "ENOSPC", Errno.outOfRange.rawValue: "ERANGE",
    Errno.messageTooLong.rawValue: "EMSGSIZE", Errno.protocolNotAvailable.rawValue: "ENOPROTOOPT",
    Errno.protocolNotSupported.rawValue: "EPROTONOSUPPORT", Errno.notSupported.rawValue: "EOPNOTSUPP",
    Errno.addressFamilyNotSupported.rawValue: "EAFNOSUPPORT", Errno.addressInUse.rawValue: "EADDRINUSE",
    Errno.addressNotAvailable.rawValue: "EADDRNOTAVAIL", Errno.networkDown.rawValue: "ENETDOWN",
    Errno.networkUnreachable.rawValue: "ENETUNREACH", Errno.noBufferSpace.rawValue: "ENOBUFS",
    Errno.timedOut.rawValue: "ETIMEDOUT", Errno.connectionRefused.rawValue: "ECONNREFUSED",
    Errno.hostIsDown.rawValue: "EHOSTDOWN", Errno.canceled.rawValue: "ECANCELED",
    Errno.noRouteToHost.rawValue: "EHOSTUNREACH",
  ]
}
