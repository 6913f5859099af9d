import HostFiles

extension ManagerSteps {
  /// What was said to managers of interfaces that vhost0 took over, where no journal tells: by this program's files that are
  /// there, and by the DHCP clients that stand still.
  static func found(of cards: [String], on root: HostRoot) -> ManagerSteps {
    let vhost = TakeoverWish.vhostName
    var steps = ManagerSteps()
    steps.beforeVhost = told(vhost, .reload, on: root)
    steps.atCommit = cards.flatMap { told($0, .letGo, on: root) }
    if let card = cards.first, root.exists(DHCPFollow.unitPath) || root.exists(DHCPFollow.leasePath) {
      steps.follow = DHCPFollow(interface: card, vhost: vhost, leaseFile: "", unit: "")
    }
    let table = ProcessTable(root: root)
    for process in table.processes(named: DHCPClients.names) ?? []
    where table.state(of: process.id)?.state == "T" {
      guard let card = cards.first(where: { DHCPClients.isOwn(process, of: $0) }) else { continue }
      steps.halts.append(
        DHCPClientHalt(client: process.name, interface: card, command: DHCPClients.commandLine(process)))
    }
    return steps
  }

  private static func told(
    _ interface: String, _ telling: ManagerStep.Telling, on root: HostRoot
  ) -> [ManagerStep] {
    guard DropIn.canName(interface) else { return [] }
    let all: [(ManagerKind, String, ManagerStep.Telling)] = [
      (.networkManager, DropIn.networkManagerPath(interface), telling),
      (.networkd, DropIn.networkdPath(interface), .reload),
    ]
    return all.filter { root.exists($0.1) }.map { manager, path, telling in
      ManagerStep(
        manager: manager, interface: interface, path: path, content: "", telling: telling, mustAnswer: true,
        purpose: "tell \(manager) to leave \(interface) alone")
    }
  }
}
