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
