import Netlink

/// The sections that not every node has.
extension AgentConfigurationBuilder {
  /// `QOS` and a section for each hardware queue.
  mutating func queues() {
    let settings = settings.queues
    guard !settings.queues.isEmpty, !isDPDK else { return }
    add("QOS", "priority_tagging", settings.tagsPriority)
    for queue in settings.queues {
      add("QUEUE-\(queue.id)", "logical_queue", queue.logical)
    }
    if settings.lastIsDefault.value, let last = settings.queues.last {
      add("QUEUE-\(last.id)", "default_hw_queue", settings.lastIsDefault)
    }
  }

  /// `QOS-NIANTIC`, which has no keys, and a section for each priority group. A VLAN has no card of its own.
  mutating func priorityGroups() {
    let groups = settings.queues.groups
    guard !groups.isEmpty, !isDPDK else { return }
    if let vlan = facts.physicalInterfaces.first(where: \.isVLAN) {
      warnings.append(
        "PRIORITY_ID: priority groups are not written, since the physical interface \(vlan.name) is a VLAN")
      return
    }
    addSection("QOS-NIANTIC")
    for group in groups {
      add("PG-\(group.id)", "scheduling", group.scheduling)
      add("PG-\(group.id)", "bandwidth", group.bandwidth.map { "\($0)" })
    }
  }

  /// What the agent has to know of a card that the kernel doesn't have.
  mutating func dpdk() {
    guard isDPDK else { return }
    add("DEFAULT", "platform", settings.dataPath.mode.map(\.rawValue))
    let key = "physical_interface_address"
    let addresses = facts.physicalInterfaces.compactMap(\.pciPlace?.address)
    if !addresses.isEmpty, addresses.count == facts.physicalInterfaces.count {
      let rule = ValueOrigin.detected("PCI address of the physical interface")
      add("DEFAULT", key, Sourced(value: addresses.joined(separator: " "), origin: rule))
    } else if !isOverridden("DEFAULT", key) {
      let missing = facts.physicalInterfaces.filter { $0.pciPlace?.address == nil }
      let found = missing.map { interface in
        guard case .bondWithoutCards(let bond)? = interface.pciPlace else {
          return "no PCI address of \(interface.name)"
        }
        return "\(bond) is a bond whose ports have no PCI address"
      }
      refuse(
        "DEFAULT", key, origin: settings.dataPath.mode.origin,
        found: found.joined(separator: ", "),
        expected: "a PCI device, or a bond of such, in PHYSICAL_INTERFACE, or VROUTER_AGENT__DEFAULT__\(key)",
        remedies: ["VROUTER_AGENT__DEFAULT__\(key)"])
    }
    add("DEFAULT", "physical_uio_driver", settings.dataPath.uioDriver)
  }

  mutating func serviceNodes() {
    if let mode = settings.serviceNodes.mode { add("DEFAULT", "agent_mode", mode) }
    add("DEFAULT", "tsn_servers", settings.serviceNodes.nodes)
  }

  /// The files of huge pages that the module's tables are to lie in.
  mutating func restart() {
    let wanted = settings.module.memory.hugePages
    guard let place = HugePagePlace(wanted, mounts: facts.hugePageMounts) else { return }
    let key = wanted.gigantic > 0 ? "huge_page_1G" : "huge_page_2M"
    guard place.isMounted || isOverridden("RESTART", key) else {
      refuse(
        "RESTART", key, origin: place.directory.origin,
        found: "\(place.directory.value), where no hugetlbfs with pages of \(place.size) is mounted",
        expected: "such a mount, by HUGE_PAGES_\(wanted.gigantic > 0 ? "1GB" : "2MB")_DIR or HUGE_PAGES_DIR",
        cause: "HUGE_PAGES_\(wanted.gigantic > 0 ? "1GB" : "2MB")",
        remedies: ParameterGroup.hugePages.union(["VROUTER_AGENT__RESTART__\(key)"]))
      return
    }
    add("RESTART", key, place.files)
  }

  private var isDPDK: Bool { settings.dataPath.mode.value == .dpdk }

  func isOverridden(_ section: String, _ key: String) -> Bool {
    settings.overrides.contains { $0.section == section && $0.key == key }
  }
}
