import Netlink
import TestSupport
import Testing

/// Features of interfaces, asked of the real kernel.
struct NamespaceEthtoolTests {
  @Test func featuresAreTurnedOffAndOn() throws {
    let seen = try inNetworkNamespace { () -> (offered: Bool, states: [Bool], fixed: Bool, rest: Bool) in
      try shell("ip link add v0 type veth peer name v1")
      guard var ethtool = try Ethtool() else { return (false, [], false, false) }
      let names = ["tx-checksum-ip-generic", "tx-tcp-segmentation"]
      let before = try ethtool.features(of: "v0")
      var states = [names.allSatisfy(before.isOn)]
      try ethtool.turn(names, on: false, of: "v0")
      let off = try ethtool.features(of: "v0")
      states.append(names.contains(where: off.isOn))
      try ethtool.turn(names, on: true, of: "v0")
      let after = try ethtool.features(of: "v0")
      // What no veth has: asking for it is no error, and changes nothing.
      let fixed = "esp-hw-offload"
      try ethtool.turn([fixed], on: !before.isOn(fixed), of: "v0")
      let unchanged = try ethtool.features(of: "v0").isOn(fixed) == before.isOn(fixed)
      return (
        names.allSatisfy(before.canChange), states, unchanged && !before.canChange(fixed), after == before
      )
    }
    #expect(seen.offered)
    #expect(seen.states == [true, false])
    #expect(seen.fixed)
    #expect(seen.rest)
  }

  /// Channels of a veth with several queues, which ethtool(8) changes; it has no rings before Linux 6.
  @Test func channelsAreReadAsTheyAre() throws {
    let seen = try inNetworkNamespace { () -> (before: InterfaceChannels?, after: InterfaceChannels?) in
      try shell(
        "ip link add v0 numrxqueues 4 numtxqueues 4 type veth peer name v1 numrxqueues 2 numtxqueues 2")
      guard var ethtool = try Ethtool() else { return (nil, nil) }
      try shell("ethtool -L v0 rx 3 tx 2")
      let before = try ethtool.channels(of: "v0")
      try shell("ethtool -L v0 rx 1 tx 4")
      // What no veth has is no error.
      _ = try ethtool.rings(of: "v0")
      _ = try ethtool.coalescing(of: "v0")
      return (before, try ethtool.channels(of: "v0"))
    }
    #expect([seen.before?.receive, seen.before?.transmit] == [3, 2])
    #expect([seen.after?.receive, seen.after?.transmit] == [1, 4])
    #expect([seen.after?.receiveLimit, seen.after?.transmitLimit] == [4, 4])
  }

  /// A bridge has none of it.
  @Test func whatADriverDoesntHaveIsNone() throws {
    let isNone = try inNetworkNamespace { () -> [Bool] in
      try shell("ip link add b0 type bridge")
      guard var ethtool = try Ethtool() else { return [] }
      return [
        try ethtool.rings(of: "b0") == nil, try ethtool.channels(of: "b0") == nil,
        try ethtool.coalescing(of: "b0") == nil,
      ]
    }
    #expect(isNone == [true, true, true])
  }

  @Test func whatIsNotThereIsRefused() throws {
    let error = try inNetworkNamespace { () -> NetlinkError? in
      guard var ethtool = try Ethtool() else { return nil }
      do throws(NetlinkError) {
        _ = try ethtool.features(of: "nothing")
        return nil
      } catch {
        return error
      }
    }
    #expect(error?.description.contains("No such device") == true)
    #expect(error?.subject == "nothing")
  }
}
