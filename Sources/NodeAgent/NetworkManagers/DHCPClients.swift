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
        manager.evidence = [
          "process \(process.id): \(process.arguments.filter { !$0.isEmpty }.joined(separator: " "))"
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

  /// Whether the command line ends with a word that is neither an option nor an option's value: an interface's name.
  private static func namesInterface(_ process: HostProcess) -> Bool {
    if process.name == "udhcpc" { return process.arguments.contains("-i") }
    // Options of dhclient(8) and dhcpcd(8) that take a value.
    let valued: Set = [
      "-p", "-d6", "-s", "-g", "-cf", "-lf", "-pf", "-sf", "-e", "-D", "-I", "-C", "-F", "-V", "-H",
      "-timeout", "-df", "-f",
      "-c", "-h", "-i", "-l", "-t", "-u", "-v", "-z", "-Z",
    ]
    let words = process.arguments.dropFirst().filter { !$0.isEmpty }
    var isValue = false
    for word in words {
      if isValue {
        isValue = false
      } else if word.hasPrefix("-") {
        // dhclient's -v is a flag, dhcpcd's takes a value.
        isValue = valued.contains(word) && !(process.name == "dhclient" && ["-v", "-i", "-d"].contains(word))
      } else {
        return true
      }
    }
    return false
  }
}
