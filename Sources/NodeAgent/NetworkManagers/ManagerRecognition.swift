/// Tells which managers' traces are among the facts, and what these say of the interface. Pure.
enum ManagerRecognition {
  /// In the order of ``ManagerKind``.
  static func managers(_ facts: ManagerFacts) -> [RecognisedManager] {
    [networkManager(facts), networkd(facts), ifupdown(facts), networkScripts(facts)].compactMap(\.self)
      + DHCPClients.recognised(facts) + [netplan(facts), cloudInit(facts)].compactMap(\.self)
  }

  static func networkManager(_ facts: ManagerFacts) -> RecognisedManager? {
    let isRunning = facts.isRunning(busName: NetworkManagerCalls.name, processName: "NetworkManager")
    guard isRunning == true || facts[ManagerPaths.networkManager] != nil else { return nil }
    var manager = RecognisedManager(.networkManager)
    manager.isRunning = isRunning
    manager.evidence.append(
      isRunning == true ? "it runs" : "\(ManagerPaths.networkManager) is there")
    let path = ManagerPaths.networkManagerDevice(facts.index)
    guard let state = facts[path].map(KeyFile.init) else { return manager }
    // The key is missing where NetworkManager never had a connection on the interface.
    if let value = state["managed", in: "device"] {
      manager.manages = value == "true"
      manager.evidence.append("\(path) says managed=\(value)")
    }
    if manager.manages == true { manager.usesDHCP = state.sections.contains("dhcp4") }
    return manager
  }

  static func networkd(_ facts: ManagerFacts) -> RecognisedManager? {
    let isRunning = facts.isRunning(busName: NetworkdCalls.name, processName: "systemd-network")
    guard isRunning == true || facts[ManagerPaths.networkd] != nil else { return nil }
    var manager = RecognisedManager(.networkd)
    manager.isRunning = isRunning
    manager.evidence.append(isRunning == true ? "it runs" : "\(ManagerPaths.networkd) is there")
    let path = ManagerPaths.networkdLink(facts.index)
    guard let state = facts[path].map(KeyFile.init), let admin = state["ADMIN_STATE"] else { return manager }
    manager.manages = admin != "unmanaged"
    manager.evidence.append("\(path) says ADMIN_STATE=\(admin)")
    if let file = state["NETWORK_FILE"] { manager.evidence.append("by \(file)") }
    if manager.manages == true { manager.usesDHCP = state["DHCP_LEASE"] != nil }
    return manager
  }

  static func ifupdown(_ facts: ManagerFacts) -> RecognisedManager? {
    let stanzas = facts.paths(in: "/etc/network").flatMap { path in
      InterfacesFile(facts[path] ?? "").stanzas.filter { $0.interface == facts.nic }.map { (path, $0) }
    }
    let states = [ManagerPaths.interfacesState, "\(ManagerPaths.interfacesState).\(facts.nic)"]
    let isSetUp = states.contains { path in
      facts[path]?.split(whereSeparator: \.isNewline).contains {
        $0.split(separator: "=").first == facts.nic[...]
      }
        ?? false
    }
    guard !stanzas.isEmpty || isSetUp || states.contains(where: { facts[$0] != nil }) else { return nil }
    var manager = RecognisedManager(.ifupdown)
    manager.isRunning = isSetUp
    manager.manages = isSetUp || !stanzas.isEmpty
    if isSetUp { manager.evidence.append("\(ManagerPaths.interfacesState) names \(facts.nic)") }
    for (path, stanza) in stanzas {
      manager.evidence.append("\(path) has iface \(facts.nic) \(stanza.family) \(stanza.method)")
    }
    if !stanzas.isEmpty { manager.usesDHCP = stanzas.contains { $0.1.method == "dhcp" } }
    return manager
  }

  static func networkScripts(_ facts: ManagerFacts) -> RecognisedManager? {
    let mine = facts.paths(in: ManagerPaths.networkScripts).compactMap { path in
      let values = ShellVariables(facts[path] ?? "")
      let device = values["DEVICE"] ?? String(path.dropFirst("\(ManagerPaths.networkScripts)/ifcfg-".count))
      return device == facts.nic ? (path, values) : nil
    }
    let hasStarted = facts[ManagerPaths.networkScriptsStarted] != nil
    guard hasStarted || !mine.isEmpty else { return nil }
    var manager = RecognisedManager(.networkScripts)
    manager.isRunning = hasStarted
    manager.manages = !mine.isEmpty
    if hasStarted { manager.evidence.append("\(ManagerPaths.networkScriptsStarted) is there") }
    manager.evidence += mine.map { "\($0.0) is for \(facts.nic)" }
    if let values = mine.first?.1 {
      manager.usesDHCP = ["dhcp", "bootp"].contains(values["BOOTPROTO"]?.lowercased() ?? "none")
      // NetworkManager reads these files, too; the service doesn't leave them to it.
      if !hasStarted, networkManagerHolds(facts) { manager.manages = false }
    }
    return manager
  }

  /// Whether NetworkManager says that it manages the interface.
  private static func networkManagerHolds(_ facts: ManagerFacts) -> Bool {
    networkManager(facts)?.manages == true
  }
}
