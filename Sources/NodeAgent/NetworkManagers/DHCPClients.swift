/// DHCP clients that run by themselves, as ifupdown, network-scripts and people start them.
enum DHCPClients {
  static let names = ["dhclient", "dhcpcd", "udhcpc"]

  /// One for each client's process that has the interface; by its file alone where processes can't be seen.
  static func recognised(_ facts: ManagerFacts) -> [RecognisedManager] {
    if let processes = facts.processes {
      return processes.filter { names.contains($0.name) && !isOthers($0) }.compactMap { process in
        let named = process.arguments.contains(facts.nic)
        // Without an interface on its command line a client may take any.
        guard named || !namesInterface(process) else { return nil }
        var manager = RecognisedManager(.dhcpClient, name: process.name)
        manager.isRunning = true
        manager.manages = named ? true : nil
        manager.usesDHCP = named ? true : nil
        if facts.canSignal, isOwn(process, of: facts.nic) { manager.command = commandLine(process) }
        manager.evidence = [
          "process \(process.id): \(commandLine(process))"
        ]
        return manager
      }
    }
    return ManagerPaths.dhcpClientPIDs(facts.nic).filter { facts[$0.path] != nil }.map { path, client in
      var manager = RecognisedManager(.dhcpClient, name: client)
      manager.manages = true
      manager.usesDHCP = true
      manager.evidence = ["\(path) is there, and the host's processes can't be seen from here"]
      return manager
    }
  }

  /// NetworkManager's own, which ends with what NetworkManager does (its `dhcp=dhclient`).
  private static func isOthers(_ process: HostProcess) -> Bool {
    process.arguments.contains { $0.hasSuffix("/nm-dhcp-helper") }
  }

  static func commandLine(_ process: HostProcess) -> String {
    process.arguments.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// Whether a client is one process that works for an interface and for no other: that one can be made to stand still.
  /// dhcpcd is several processes, which talk with each other.
  static func isOwn(_ process: HostProcess, of interface: String) -> Bool {
    guard !isOthers(process) else { return false }
    switch process.name {
    case "dhclient": return interfaces(process) == [interface]
    case "udhcpc":
      guard let option = process.arguments.firstIndex(of: "-i") else { return false }
      return process.arguments.dropFirst(option + 1).first == interface
    default: return false
    }
  }

  /// Whether the command line says which interfaces it is for.
  private static func namesInterface(_ process: HostProcess) -> Bool {
    process.name == "udhcpc" ? process.arguments.contains("-i") : !interfaces(process).isEmpty
  }

  /// Of dhclient(8) and dhcpcd(8): the words that are neither an option nor an option's value.
  private static func interfaces(_ process: HostProcess) -> [String] {
    // Options that take a value.
    let valued: Set = [
      "-p", "-d6", "-s", "-g", "-cf", "-lf", "-pf", "-sf", "-e", "-D", "-I", "-C", "-F", "-V", "-H",
      "-timeout", "-df", "-f",
      "-c", "-h", "-i", "-l", "-t", "-u", "-v", "-z", "-Z",
    ]
    // Of these, dhclient's take none.
    let flags: Set = ["-v", "-i", "-d", "-I"]
    var interfaces: [String] = []
    var isValue = false
    for word in process.arguments.dropFirst() where !word.isEmpty {
      if isValue {
        isValue = false
      } else if word.hasPrefix("-") {
        isValue = valued.contains(word) && !(process.name == "dhclient" && flags.contains(word))
      } else {
        interfaces.append(word)
      }
    }
    return interfaces
  }
}
