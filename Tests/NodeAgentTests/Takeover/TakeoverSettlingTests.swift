import HostFiles
import Netlink
import TestSupport
import Testing

@testable import NodeAgent

/// Addresses of which the kernel doesn't know yet whether another host has them.
@Suite struct TakeoverSettlingTests {
  private static let prefix = "2001:db8::5/64"

  private func withTentative(_ body: (FakeTakeover, FakeTakeoverKernel) throws -> Void) throws {
    try withTemporaryRoot { root, _ in
      let kernel = try FakeTakeoverKernel.plain()
      try kernel.address("eth0", Self.prefix)
      Self.mark(kernel, .tentative)
      try body(try FakeTakeover(kernel, root), kernel)
    }
  }

  private static func mark(_ kernel: FakeTakeoverKernel, _ flags: AddressFlags) {
    for place in kernel.contents.addresses.indices
    where "\(kernel.contents.addresses[place].prefix)" == prefix {
      kernel.contents.addresses[place].flags.subtract([.tentative, .duplicate])
      kernel.contents.addresses[place].flags.formUnion(flags)
    }
  }

  private func holder(_ kernel: FakeTakeoverKernel) -> String? {
    let found = kernel.contents.addresses.first { "\($0.prefix)" == Self.prefix }
    return kernel.contents.links.first { $0.index == found?.linkIndex }?.name
  }

  @Test func areWaitedFor() throws {
    try withTentative { takeover, kernel in
      kernel.settling = { Self.mark($0, []) }
      let report = try #require(try takeover.takeOver())
      #expect(kernel.waits == 1 && holder(kernel) == "vhost0" && report.warnings == [])
    }
  }

  @Test func areNamedWhereThatTakesTooLong() throws {
    try withTentative { takeover, kernel in
      let report = try #require(try takeover.takeOver())
      #expect(holder(kernel) == "eth0" && report.warnings.count == 1)
      #expect(report.warnings.first?.contains("\(Self.prefix) stays on eth0") == true)
      // The next run moves it.
      Self.mark(kernel, [])
      try #require(try takeover.takeOver() != nil)
      #expect(holder(kernel) == "vhost0")
    }
  }

  /// No reason to go back: before the node is looked at, and in the commit.
  @Test(arguments: [TakeoverStep.Kind.addHost, .dropAddresses]) func mayBeKnownInTheMiddleOfIt(
    _ moment: TakeoverStep.Kind
  ) throws {
    try withTentative { takeover, kernel in
      kernel.meanwhile = { kernel, operation in
        switch (operation, moment) {
        case (.addHost, .addHost), (.address(.delete, _, _), .dropAddresses): Self.mark(kernel, [])
        default: break
        }
      }
      let report = try #require(try takeover.takeOver())
      #expect(holder(kernel) == "eth0" && report.warnings.count == 1)
      try #require(try takeover.takeOver() != nil)
      #expect(holder(kernel) == "vhost0")
    }
  }

  @Test func areLeftWhereAnotherHostHasThem() throws {
    try withTentative { takeover, kernel in
      kernel.settling = { Self.mark($0, [.tentative, .duplicate]) }
      let report = try #require(try takeover.takeOver())
      #expect(holder(kernel) == "eth0" && report.warnings.count == 1)
      #expect(report.warnings.first?.contains("another host has \(Self.prefix) of eth0") == true)
      // They are nothing to wait for.
      let waits = kernel.waits
      #expect(try takeover.takeOver() == nil)
      #expect(kernel.waits == waits)
    }
  }

  /// The running kernel's own word, once it looked.
  @Test func isHeardOfTheKernel() throws {
    try inNetworkNamespace {
      try shell(
        """
        ip link add eth0 type veth peer name peer0
        ip link set peer0 up; ip link set eth0 up
        ip address add \(Self.prefix) dev eth0
        """)
      let subject = TakeoverSubject(cards: ["eth0"])
      var netlink = try RouteNetlink()
      #expect(try !netlink.takeoverState(subject).tentative.isEmpty)
      var kernel = try RunningKernel(root: .running)
      try kernel.awaitAddresses(of: subject, atMost: .seconds(30))
      #expect(try netlink.takeoverState(subject).tentative.isEmpty)
    }
  }
}
