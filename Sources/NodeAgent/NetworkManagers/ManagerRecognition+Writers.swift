extension ManagerRecognition {
  static func netplan(_ facts: ManagerFacts) -> RecognisedManager? {
    let sources = ManagerPaths.netplan.flatMap(facts.paths(in:))
    let made =
      facts.paths(in: ManagerPaths.networkdDropIns).filter { $0.contains("netplan") }
      + facts.paths(in: ManagerPaths.networkManagerProfiles).filter { $0.contains("/netplan-") }
    guard !sources.isEmpty || !made.isEmpty else { return nil }
    var manager = RecognisedManager(.netplan)
    manager.isRunning = !made.isEmpty
    manager.evidence = sources.map { "\($0) is there" }
    let used = facts[ManagerPaths.networkdLink(facts.index)].map(KeyFile.init)?["NETWORK_FILE"]
    let mine = made.first { $0 == used || netplanFile($0, isFor: facts) }
    if let mine {
      manager.manages = true
      manager.evidence.append("it made \(mine)")
      let file = KeyFile(facts[mine] ?? "")
      if let dhcp = file["DHCP", in: "Network"] {
        manager.usesDHCP = ["ipv4", "yes", "true"].contains(dhcp.lowercased())
      } else if let method = file["method", in: "ipv4"] {
        manager.usesDHCP = method == "auto"
      }
    } else if made.isEmpty {
      // By YAML alone nothing is said: it may never have been applied, and an interface may be named by its hardware.
      manager.manages = nil
    } else {
      manager.manages = false
    }
    return manager
  }

  /// Whether a file made by netplan names the interface: it is matched by name, or has it as NetworkManager's profile.
  private static func netplanFile(_ path: String, isFor facts: ManagerFacts) -> Bool {
    let file = KeyFile(facts[path] ?? "")
    let names = (file["Name", in: "Match"] ?? file["interface-name", in: "connection"] ?? "")
    return names.split { $0.isWhitespace || $0 == ";" }.contains(facts.nic[...])
  }

  static func cloudInit(_ facts: ManagerFacts) -> RecognisedManager? {
    let files = ManagerPaths.cloudInitResults(facts.nic).filter { facts[$0] != nil }
    let scripts = facts.paths(in: ManagerPaths.networkScripts).filter {
      facts[$0]?.contains("Created by cloud-init") == true && $0.hasSuffix("/ifcfg-\(facts.nic)")
    }
    guard facts[ManagerPaths.cloudInit] != nil || !(files + scripts).isEmpty else { return nil }
    var manager = RecognisedManager(.cloudInit)
    manager.isRunning = facts[ManagerPaths.cloudInit] != nil
    if facts[ManagerPaths.cloudInit] != nil { manager.evidence.append("\(ManagerPaths.cloudInit) is there") }
    manager.evidence += (files + scripts).map { "it wrote \($0)" }
    // A file for all interfaces names this one, or tells it by its hardware, which isn't read here.
    let named = (files + scripts).filter { $0.contains(facts.nic) || facts[$0]?.contains(facts.nic) == true }
    manager.manages = named.isEmpty ? (files.isEmpty ? false : nil) : true
    return manager
  }
}
