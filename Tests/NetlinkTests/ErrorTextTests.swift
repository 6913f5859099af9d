import SystemPackage
import Testing

@testable import Netlink

@Suite("Error texts")
struct ErrorTextTests {
  @Test("A refusal says what, on what, what came back, what the kernel said and what to do")
  func refusal() {
    var acknowledgement = ExtendedAck()
    acknowledgement.message = "Unknown device type"
    acknowledgement.offset = 44
    acknowledgement.attributeType = 18
    let error = NetlinkError(
      "make the link", on: "vhost0", .refused(.notPermitted), extendedAck: acknowledgement)
    #expect(
      error.description == """
        netlink: cannot make the link (vhost0): the kernel answered EPERM (Operation not permitted); the kernel \
        says "Unknown device type", at byte 44 of the request (attribute 18). Run as root with CAP_NET_ADMIN in \
        the host's network namespace.
        """)
  }

  @Test("What comes from outside can't forge lines or colours")
  func printable() {
    var acknowledgement = ExtendedAck()
    acknowledgement.message = "a\nb\u{1b}[31m\u{202e}"
    let error = NetlinkError("read", on: "eth\n0", .refused(.ioError), extendedAck: acknowledgement)
    #expect(!error.description.unicodeScalars.contains { $0.value < 32 || $0 == "\u{202e}" })
  }

  @Test(
    "Each cause has one line and something to do",
    arguments: [
      .refused(.noSuchDevice), .refused(Errno(rawValue: 524)), .system(.tooManyOpenFiles),
      .timedOut(after: .seconds(10)), .truncated(size: 40_000, capacity: 32_768),
      .malformed(WireError(offset: 3, reason: .lengthTooSmall(0))),
      .unsendable(WireError(offset: 3, reason: .tooLargeToSend(70_000))), .inconsistent(attempts: 10),
      .overrun(attempts: 10), .unanswered, .noRoute(.noRoute, .networkUnreachable),
      .noRoute(.prohibited, nil),
    ] as [NetlinkError.Cause])
  func causes(cause: NetlinkError.Cause) {
    let error = NetlinkError("do something", on: "eth0", cause)
    #expect(error.description.hasPrefix("netlink: cannot do something (eth0): "))
    #expect(error.description.hasSuffix(error.remedy))
    #expect(error.remedy.hasSuffix("."))
    #expect(!error.description.contains("\n"))
    #expect(!error.description.contains("Optional"))
  }

  @Test("An errno without a name is shown as its number")
  func unnamed() {
    #expect(Errno(rawValue: 524).named == "errno 524")
    #expect(Errno.noSuchDevice.named == "ENODEV (No such device)")
  }
}
