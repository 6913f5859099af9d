import Testing

@testable import NodeAgent

struct NodeSettingsTests {
  private func problems(_ environment: [String: String]) -> [SettingsProblem] {
    do {
      _ = try Settings.read(environment: environment)
      return []
    } catch {
      return error.problems
    }
  }

  @Test func bothListsBelongTogether() throws {
    let settings = try Settings.read(environment: [
      "SRIOV_PHYSICAL_INTERFACE": "eth1, eth2", "SRIOV_VF": "4,0",
    ])
    #expect(
      settings.node.functions == [.init(interface: "eth1", count: 4), .init(interface: "eth2", count: 0)])
    #expect(settings.node.functionDriver.value == "vfio")
    #expect(settings.node.functionsInUse.value == .refuse && settings.node.features.value == .adapt)
    #expect(settings.node.asksCloud.value && !settings.node.mountsHugePages.value)
  }

  /// A setting, the parameter that is named, and words of what is said.
  static let refusals: [([String: String], String, String)] = [
    (["SRIOV_PHYSICAL_INTERFACE": "eth1"], "SRIOV_VF", "nothing"),
    (["SRIOV_VF": "4"], "SRIOV_PHYSICAL_INTERFACE", "nothing"),
    (["SRIOV_PHYSICAL_INTERFACE": "eth1,eth2", "SRIOV_VF": "4"], "SRIOV_VF", "1 number"),
    (["SRIOV_PHYSICAL_INTERFACE": "eth1,eth1", "SRIOV_VF": "4,4"], "SRIOV_PHYSICAL_INTERFACE", "twice"),
    (["SRIOV_PHYSICAL_INTERFACE": "../eth1", "SRIOV_VF": "4"], "SRIOV_PHYSICAL_INTERFACE", "'../eth1'"),
    (["SRIOV_PHYSICAL_INTERFACE": "eth1", "SRIOV_VF": "-1"], "SRIOV_VF", "'-1'"),
    (["SRIOV_VFIO_DRIVER": "../vfio"], "SRIOV_VFIO_DRIVER", "'../vfio'"),
    (["VROUTER_SRIOV_IN_USE": "kill"], "VROUTER_SRIOV_IN_USE", "'kill'"),
    (["VROUTER_NIC_FEATURES": "off"], "VROUTER_NIC_FEATURES", "'off'"),
    (["VROUTER_SUBNET_PREFIX": "33"], "VROUTER_SUBNET_PREFIX", "'33'"),
    (["VROUTER_SUBNET_PREFIX": "255.255.255.0"], "VROUTER_SUBNET_PREFIX", "'255.255.255.0'"),
    (["VROUTER_CLOUD_METADATA": "perhaps"], "VROUTER_CLOUD_METADATA", "'perhaps'"),
    (["HUGE_PAGES_1GB_DIR": "/a/../b"], "HUGE_PAGES_1GB_DIR", "'/a/../b'"),
  ]

  @Test(arguments: refusals) func whatDoesNotFitIsNamed(_ row: ([String: String], String, String)) {
    let found = problems(row.0)
    #expect(found.map(\.parameter) == [row.1])
    #expect(found.first?.found.contains(row.2) == true, "\(found)")
  }

  @Test func noFunctionsNeedNoInterface() {
    #expect(problems(["SRIOV_VF": "0"]).isEmpty)
    #expect(problems(["VROUTER_SUBNET_PREFIX": "/20"]).isEmpty)
  }
}
