import SystemPackage
import TestSupport
import Testing

@testable import Netlink

@Suite("Generic netlink")
struct GenericTests {
  private func netlink(_ answer: @escaping (Request) -> [FakeKernel.Piece]) -> GenericNetlink {
    GenericNetlink(NetlinkSession(FakeKernel(answer)))
  }

  @Test("A family is found by name: the request is what vrouter's own tools send, the answer the kernel's")
  func family() throws {
    var asked: [UInt8] = []
    var netlink = netlink { request in
      asked = request.bytes
      return request.replay(Golden.familyVRouter.answers)
    }
    var family = GenericFamily(id: 0x20, name: "vrouter")
    family.version = 1
    family.largestAttribute = 1
    family.operations = [GenericFamily.Operation(command: 1, flags: [.admin, .does, .hasPolicy])]
    family.groups = [GenericFamily.Group(name: "VRouterGroup", id: 9)]
    #expect(try netlink.family(named: "vrouter") == family)
    #expect(family.group(named: "VRouterGroup") == 9 && family.group(named: "other") == nil)
    // But for the sequence number, and the version, which the kernel doesn't look at and the tools leave 0.
    var expected = Golden.familyVRouter.request
    expected.replaceSubrange(8..<12, with: asked[8..<12])
    expected[17] = 2
    #expect(asked == expected)
  }

  @Test("A family that isn't registered is none; a name that can't be one isn't asked for")
  func missing() throws {
    var count = 0
    var netlink = netlink { request in
      count += 1
      return [.datagram(request.error(-2))]
    }
    #expect(try netlink.family(named: "vrouter") == nil)
    for name in ["", "sixteen-bytes-xx", "a\0b"] { #expect(try netlink.family(named: name) == nil) }
    #expect(count == 1)
    var refusing = self.netlink { [.datagram($0.error(-1))] }
    let error = #expect(throws: NetlinkError.self) { try refusing.family(named: "vrouter") }
    #expect(error?.cause == .refused(.notPermitted) && error?.subject == "vrouter")
  }

  @Test("An answer of several parts that isn't a dump is read until its DONE")
  func parts() throws {
    var asked: [UInt8] = []
    var session = NetlinkSession(
      FakeKernel { request in
        asked = request.bytes
        return request.replay(Golden.vrouterList.answers)
      })
    var family = GenericFamily(id: 0x20, name: "vrouter")
    // The version that the tools send.
    family.version = 0
    let sent = Golden.vrouterList.request
    var request = family.request("list the interfaces", command: sent[16])
    request.append(bytes: Array(sent.dropFirst(20)))
    let parts = try session.answers(to: request) { (message) throws(WireError) -> [UInt8]? in
      guard let message = try family.message(message) else { return nil }
      #expect(message.command == 1 && message.header.count == 0)
      return message.payload.bytes.array()
    }
    #expect(parts.map(\.count) == [56 - 20, 1524 - 20])
    #expect(Array(asked.dropFirst(16)) == Array(sent.dropFirst(16)))
    #expect(asked[6] == 1 && asked[7] == 0)
  }

  @Test("A family's own header lies between, padded, and one that isn't there is an error")
  func ownHeader() throws {
    var family = GenericFamily(id: 0x30, name: "own")
    family.headerSize = 5
    let read = family
    func message(_ payload: [UInt8]) throws -> (UInt8, [UInt8], [UInt16]) {
      var session = NetlinkSession(FakeKernel { [.datagram($0.message(0x30, payload))] })
      return try session.request(read.request("ask", command: 7)) { (message) throws(WireError) in
        guard let message = try read.message(message) else { return nil }
        var types: [UInt16] = []
        var attributes = message.attributes
        while let attribute = try attributes.next() { types.append(attribute.type) }
        return (message.command, message.header.bytes.array(), types)
      }
    }
    let (command, header, types) = try message(
      [9, 1, 0, 0] + [1, 2, 3, 4, 5, 0, 0, 0] + attribute(11, [1]) + attribute(12, []))
    #expect(command == 9 && header == [1, 2, 3, 4, 5] && types == [11, 12])
    for short in [[], [9], [9, 1, 0, 0, 1, 2, 3, 4], [9, 1, 0, 0, 1, 2, 3, 4, 5]] as [[UInt8]] {
      let error = #expect(throws: NetlinkError.self) { try message(short) }
      guard case .malformed = error?.cause else {
        Issue.record("\(short): \(String(describing: error))")
        continue
      }
    }
  }

  @Test(
    "Hostile descriptions of families are refused",
    arguments: [
      attribute(1, [1]), attribute(1, little(UInt16(3))), attribute(3, [1, 2]),
      attribute(1, little(UInt16(0x20))) + attribute(4, little(UInt32.max)),
      attribute(1, little(UInt16(0x20))) + attribute(6, [3, 0, 1, 0]),
      attribute(1, little(UInt16(0x20))) + attribute(6, attribute(1, [200, 0, 1, 0])),
      attribute(1, little(UInt16(0x20))) + attribute(7, attribute(1, attribute(2, [1]))), [],
    ])
  func hostile(attributes: [UInt8]) {
    var netlink = netlink { [.datagram($0.message(0x10, [1, 2, 0, 0] + attributes))] }
    let error = #expect(throws: NetlinkError.self) { try netlink.family(named: "x") }
    guard case .malformed = error?.cause else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("The kernel's own families: by name and in the list they are the same")
  func realKernel() throws {
    let (listed, found, missing, refused) = try inNetworkNamespace {
      var netlink = try GenericNetlink()
      let listed = try netlink.families()
      let found = try listed.map { try netlink.family(named: $0.name) }
      var refused: NetlinkError?
      do throws(NetlinkError) {
        // The family's only operations read.
        try netlink.session.request(GenericFamily.control.request("do what can't be done", command: 99))
      } catch {
        refused = error
      }
      return (listed, found, try netlink.family(named: "nosuchfamily"), refused)
    }
    #expect(listed == found.compactMap { $0 } && missing == nil)
    let control = try #require(listed.first { $0.name == "nlctrl" })
    #expect(control.id == 16 && control.version == 2 && control.headerSize == 0)
    #expect(control.operations.contains { $0.command == 3 && $0.flags.contains([.does, .dumps]) })
    #expect(control.group(named: "notify") == 16)
    #expect(Set(listed.map(\.id)).count == listed.count)
    #expect(refused?.cause == .refused(.notSupported))
  }
}
