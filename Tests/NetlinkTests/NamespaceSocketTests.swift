import CMnl
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Netlink

/// Sockets and sessions with the real kernel, in network namespaces of their own.
@Suite("Sockets in network namespaces")
struct NamespaceSocketTests {
  @Test("Two sockets in one process have ports of their own and don't mix up their answers")
  func twoSockets() throws {
    let (ports, mixed) = try inNetworkNamespace {
      let one = try NetlinkSocket(.route)
      let two = try NetlinkSocket(.route)
      let ports = [one.portID, two.portID]
      var first = RouteNetlink(NetlinkSession(one))
      var second = RouteNetlink(NetlinkSession(two))
      var mixed = 0
      for _ in 0..<100 {
        if try first.link(named: "lo")?.name != "lo" { mixed += 1 }
        if try second.link(named: "nosuch") != nil { mixed += 1 }
      }
      return (ports, mixed + first.session.dropped + second.session.dropped)
    }
    #expect(ports[0] != ports[1] && !ports.contains(0))
    #expect(mixed == 0)
  }

  @Test("A session stays in the namespace of the thread that opened it")
  func namespaceOfTheOpener() throws {
    let names = try inNetworkNamespace {
      try shell("ip link add outer type ifb")
      var outer = try RouteNetlink()
      // From here on this thread is in another namespace.
      guard unshare(0x4000_0000) == 0 else { throw Errno(rawValue: errno) }
      var inner = try RouteNetlink()
      return (try outer.links().map(\.name), try inner.links().map(\.name))
    }
    #expect(names.0.contains("outer") && !names.1.contains("outer"))
  }

  @Test("Sockets are closed when they go, and on exec")
  func descriptors() throws {
    let counts = try inNetworkNamespace {
      // Sockets of this namespace, and those that a child inherits.
      let inNamespace = "tail -n +2 /proc/net/netlink | wc -l"
      let inherited = "ls -l /proc/self/fd | awk '$9 > 2' | grep -c socket: || true"
      let before = [try shell(inNamespace), try shell(inherited)]
      for _ in 0..<50 { _ = try RouteNetlink() }
      let closed = try shell(inNamespace)
      var open = try RouteNetlink()
      let during = [try shell(inNamespace), try shell(inherited)]
      _ = try open.links()
      return (before, closed, during)
    }
    #expect(counts.1 == counts.0[0])
    #expect(counts.2[0] != counts.0[0])
    #expect(counts.2[1] == counts.0[1])
  }

  @Test("The kernel checks strictly and says in words what it refuses, in ERROR and in DONE")
  func words() throws {
    let (strict, errors) = try inNetworkNamespace {
      let socket = try NetlinkSocket(.route)
      let strict = socket.checksStrictly
      var session = NetlinkSession(socket)
      var errors: [NetlinkError] = []

      var unknownKind = NetlinkRequest("make the link", on: "x0", type: 16, flags: [.create, .exclusive])
      unknownKind.append(zeros: 16)
      unknownKind.append(attribute: 3, text: "x0")
      unknownKind.append(nested: 18, marked: false) { $0.append(attribute: 1, text: "nosuchkind") }
      var badHeader = NetlinkRequest("list the links", type: 18)
      badHeader.append(zeros: 12)
      badHeader.append(UInt32(1))
      var badAttribute = NetlinkRequest("make the link", on: "x0", type: 16, flags: .create)
      badAttribute.append(zeros: 16)
      badAttribute.append(attribute: 3, text: "x0")
      badAttribute.append(attribute: 4, bytes: [1])
      do throws(NetlinkError) { try session.request(unknownKind) } catch { errors.append(error) }
      do throws(NetlinkError) {
        _ = try session.dump(badHeader) { (message) throws(WireError) in try Link(message) }
      } catch {
        errors.append(error)
      }
      do throws(NetlinkError) { try session.request(badAttribute) } catch { errors.append(error) }
      return (strict, errors)
    }
    #expect(strict)
    try #require(errors.count == 3)
    #expect(errors[0].cause == .refused(.notSupported))
    #expect(errors[0].extendedAck?.message == "Unknown device type")
    #expect(errors[1].cause == .refused(.invalidArgument))
    #expect(errors[1].extendedAck?.message == "Invalid values in header for link dump request")
    // The attribute of the MTU, after the headers of the message and of the link and the name.
    #expect(errors[2].extendedAck?.offset == 16 + 16 + 8 && errors[2].extendedAck?.attributeType == 4)
    #expect(errors[2].extendedAck?.policy?.isEmpty == false)
  }

  @Test("A request that changes something is acknowledged, and changes it")
  func change() throws {
    let mtu = try inNetworkNamespace {
      try shell("ip link add v0 type veth peer name v1")
      var netlink = try RouteNetlink()
      let index = try netlink.link(named: "v0")?.index ?? 0
      var request = NetlinkRequest("set the MTU", on: "v0", type: 16)
      request.append(zeros: 4)
      request.append(Int32(index))
      request.append(zeros: 8)
      request.append(attribute: 4, UInt32(1300))
      try netlink.session.request(request)
      return try netlink.link(index: index)?.mtu
    }
    #expect(mtu == 1300)
  }

  @Test("A forged answer of another program on this host is dropped")
  func forgery() throws {
    let (sent, names, dropped) = try inNetworkNamespace {
      let socket = try NetlinkSocket(.route)
      // An end of the dump that the session is about to make: its sequence number will be 1.
      let forged = little(UInt32(20)) + little(UInt16(3)) + little(UInt16(2)) + little(UInt32(1))
      let sent = try send(forged + little(socket.portID) + little(Int32(0)), to: socket.portID)
      var netlink = RouteNetlink(NetlinkSession(socket))
      return (sent, try netlink.links().map(\.name), netlink.session.dropped)
    }
    #expect(sent == 20)
    #expect(names.contains("lo"))
    #expect(dropped == 1)
  }

  @Test("A datagram larger than the buffer says how large it was")
  func truncation() throws {
    let (size, capacity) = try inNetworkNamespace {
      var socket = try NetlinkSocket(.route)
      var request = NetlinkRequest("list the links", type: 18, flags: [.request, .dump])
      request.append(zeros: 16)
      let message = try request.encoded(adding: [], sequence: 1)
      try socket.send(message.rawSpan)
      var buffer = [UInt8](repeating: 0, count: 100)
      var span = buffer.mutableSpan
      var bytes = span.mutableBytes
      return (try socket.receive(into: &bytes, until: WaitLimit(.now + .seconds(5))).size, bytes.byteCount)
    }
    #expect(size > capacity && capacity == 100)
  }

  @Test("Waiting for what doesn't come ends at the deadline")
  func deadline() throws {
    let (errors, waited) = try inNetworkNamespace {
      var socket = try NetlinkSocket(.route)
      var buffer = [UInt8](repeating: 0, count: 100)
      let start = ContinuousClock.now
      var errors: [TransportFailure] = []
      for deadline in [start + .milliseconds(30), start - .seconds(1)] {
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        do throws(TransportFailure) {
          _ = try socket.receive(into: &bytes, until: WaitLimit(deadline))
        } catch {
          errors.append(error)
        }
      }
      return (errors, start.duration(to: .now))
    }
    #expect(errors == [.timedOut, .timedOut])
    #expect(waited >= .milliseconds(30) && waited < .seconds(20))
  }

  @Test("A dump that was left half-read doesn't disturb the next request")
  func leftovers() throws {
    let (failed, count, dropped) = try inNetworkNamespace {
      try shell("i=0; while [ $i -lt 100 ]; do echo link add a$i type veth; i=$((i+1)); done | ip -batch -")
      var netlink = try RouteNetlink()
      var request = NetlinkRequest("list the links", type: 18)
      request.append(zeros: 16)
      var failed = false
      do throws(NetlinkError) {
        _ = try netlink.session.dump(request) { (message) throws(WireError) -> Link? in
          throw WireError(offset: 0, reason: .outOfRange(0))
        }
      } catch {
        failed = error.cause == .malformed(WireError(offset: 0, reason: .outOfRange(0)))
      }
      return (failed, try netlink.links().count, netlink.session.dropped)
    }
    #expect(failed && count > 200 && dropped > 0)
  }
}

/// Sends a datagram from a socket of its own to another socket's port.
private func send(_ datagram: [UInt8], to portID: UInt32) throws -> Int {
  let descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue), NETLINK_ROUTE)
  guard descriptor >= 0 else { throw Errno(rawValue: errno) }
  defer { close(descriptor) }
  var address = sockaddr_nl()
  address.nl_family = UInt16(AF_NETLINK)
  address.nl_pid = portID
  let sent = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      sendto(descriptor, datagram, datagram.count, 0, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
    }
  }
  guard sent >= 0 else { throw Errno(rawValue: errno) }
  return sent
}
