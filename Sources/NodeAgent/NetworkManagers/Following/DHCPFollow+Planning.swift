extension DHCPFollow {
  /// Why it isn't to be had.
  struct Refusal: Error, Equatable {
    let reason: String
  }

  /// By which the follower is told to change nothing.
  static let script = "/bin/true"

  /// What is to be done where a dhclient has an interface's address. Pure.
  ///
  /// - Parameter addresses: of the host, IPv4.
  static func planned(
    _ facts: ManagerFacts, addresses: Set<String>, vhost: String
  ) -> Result<DHCPFollow, Refusal> {
    Result { () throws(Refusal) in
      let nic = facts.nic
      guard let processes = facts.processes, facts.canSignal else {
        throw Refusal(
          "the host's processes can't be seen from here, so that the dhclient of \(nic) can't be made to stand still (hostPID in a pod)"
        )
      }
      let own = processes.filter {
        $0.name == "dhclient" && DHCPClients.isOwn($0, of: nic) && !$0.arguments.contains("-6")
      }
      guard let process = own.first, own.count == 1 else {
        throw Refusal(
          "there has to be one dhclient that works for \(nic) alone, and there are \(own.isEmpty ? "none" : "\(own.count)")"
        )
      }
      guard facts.busNames?[SystemdCalls.name] == true else {
        throw Refusal(
          "systemd, which is to run dhclient for \(vhost), can't be reached over the host's D-Bus")
      }
      let program = try program(process, facts)
      let command = try ClientCommand(process)
      try requireConfiguration(command, facts, vhost)
      guard let text = facts[command.leaseFile], let lease = LeaseFile(text).last(of: nic) else {
        throw Refusal("\(command.leaseFile), where it keeps its leases, has none of \(nic)")
      }
      guard addresses.contains(lease.address) else {
        throw Refusal(
          "\(command.leaseFile) has a lease of \(lease.address), which this host hasn't")
      }
      let words =
        [program, "-d", "-4"] + command.kept + ["--no-pid", "-sf", script, "-lf", leasePath, vhost]
      return DHCPFollow(
        interface: nic, vhost: vhost, leaseFile: command.leaseFile,
        unit: unit(words, interface: nic, vhost: vhost))
    }
  }

  /// The program that the process runs, where it is the host's own dhclient.
  private static func program(_ process: HostProcess, _ facts: ManagerFacts) throws(Refusal) -> String {
    guard let program = process.executable, ManagerPaths.dhclientPrograms.contains(program) else {
      throw Refusal(
        "process \(process.id) runs \(process.executable ?? "a program that can't be seen"), and not \(ManagerPaths.dhclientPrograms.joined(separator: " or "))"
      )
    }
    for path in [program, script] where !facts.trusted.contains(path) {
      throw Refusal("\(path) isn't there, isn't root's, or can be written by others")
    }
    return program
  }

  /// What is said for the interface alone doesn't hold for vhost0, and may be what the server knows the host by.
  private static func requireConfiguration(
    _ command: ClientCommand, _ facts: ManagerFacts, _ vhost: String
  ) throws(Refusal) {
    guard let text = facts[command.configuration] else {
      guard command.namesConfiguration else { return }
      throw Refusal("\(command.configuration), its configuration, can't be read")
    }
    let statements = DHCPStatement.all(in: text)
    if statements.contains(where: { $0.words.first == "include" }) {
      throw Refusal("\(command.configuration) includes other files, which this program doesn't read")
    }
    func names(_ interface: String) -> Bool { statements.contains { $0.names(interface) } }
    guard !names(facts.nic) || names(vhost) else {
      throw Refusal(
        "\(command.configuration) has options for the interface \"\(facts.nic)\" alone: repeat them there for \"\(vhost)\""
      )
    }
  }
}

extension DHCPFollow.Refusal {
  init(_ reason: String) { self.reason = reason }
}

/// What a dhclient's command line says of who it is, and where it keeps things (dhclient(8)).
struct ClientCommand: Equatable {
  /// The words that say who asks, and how: they hold for vhost0, too.
  private(set) var kept: [String] = []
  private(set) var leaseFile = ManagerPaths.dhclientLeases
  private(set) var configuration = ManagerPaths.dhclientConfiguration
  private(set) var namesConfiguration = false

  private static let keptFlags: Set = ["-i", "-I", "-B"]
  private static let keptValues: Set = ["-C", "-F", "-H", "-V", "-D", "-df", "-cf"]
  private static let droppedFlags: Set = ["-4", "-v", "-q", "-nw", "-w", "-1", "-d", "--no-pid"]
  private static let droppedValues: Set = ["-lf", "-pf", "-sf", "-e", "-timeout"]

  init(_ process: HostProcess) throws(DHCPFollow.Refusal) {
    var words = process.arguments.dropFirst().filter { !$0.isEmpty }[...]
    while let word = words.popFirst() {
      guard word.hasPrefix("-") else { continue }
      let takesValue = Self.keptValues.contains(word) || Self.droppedValues.contains(word)
      guard takesValue || Self.keptFlags.contains(word) || Self.droppedFlags.contains(word) else {
        throw .init("process \(process.id) was started with \(word), which this program doesn't carry over")
      }
      let value = takesValue ? words.popFirst() ?? "" : ""
      if ["-lf", "-cf", "-df"].contains(word), !value.hasPrefix("/") {
        throw .init("process \(process.id) was started with \(word) \(value), which is no absolute path")
      }
      guard value.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) else {
        throw .init("process \(process.id) was started with \(word) and a value that isn't plain text")
      }
      switch word {
      case "-lf": leaseFile = value
      case "-cf": (configuration, namesConfiguration) = (value, true)
      default: break
      }
      if Self.keptFlags.contains(word) { kept.append(word) }
      if Self.keptValues.contains(word) { kept += [word, value] }
    }
  }
}
