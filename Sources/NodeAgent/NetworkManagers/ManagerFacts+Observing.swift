import Glibc
import HostFiles
import Netlink

extension ManagerFacts {
  /// How long the host's bus may take for all that it is asked here.
  static let busLimit = Duration.seconds(2)
  /// Larger than any file that is looked at here.
  private static let sizeLimit = 256 << 10

  /// Reads all of it. Nothing is changed; what isn't there, or can't be read, isn't among it.
  init(root: HostRoot, nic: Link) {
    self.init(nic: nic.name, index: nic.index)
    for path in Self.plainPaths(nic) { note(path, in: root) }
    for folder in [ManagerPaths.networkManager, ManagerPaths.networkd, ManagerPaths.cloudInit]
    where root.exists(folder) {
      files[folder] = ""
    }
    noteFolder(ManagerPaths.networkdDropIns, in: root) { $0.hasSuffix(".network") }
    noteFolder(ManagerPaths.networkManagerProfiles, in: root) { $0.hasPrefix("netplan-") }
    noteFolder(ManagerPaths.networkScripts, in: root) { $0.hasPrefix("ifcfg-") && !$0.hasSuffix("~") }
    for folder in ManagerPaths.netplan { noteFolder(folder, in: root) { $0.hasSuffix(".yaml") } }
    noteInterfaces(ManagerPaths.interfaces, in: root)
    noteNetworkFile(in: root)
    let table = ProcessTable(root: root)
    processes = table.processes(named: ["NetworkManager", "systemd-network"] + DHCPClients.names)
    canSignal = table.canSignal
    let clients = (processes ?? []).filter { $0.name == "dhclient" && DHCPClients.isOwn($0, of: nic.name) }
    for client in clients { note(client, in: root) }
    if files[ManagerPaths.networkManager] != nil || files[ManagerPaths.networkd] != nil || !clients.isEmpty {
      busNames = Self.owners(
        of: [NetworkManagerCalls.name, NetworkdCalls.name, SystemdCalls.name], root: root)
    }
  }

  /// What another dhclient, which goes on with the lease of this one, would begin with.
  private mutating func note(_ client: HostProcess, in root: HostRoot) {
    if let command = try? ClientCommand(client) {
      for path in [command.leaseFile, command.configuration] { note(path, in: root) }
    }
    for path in [client.executable, DHCPFollow.script].compactMap(\.self) {
      guard let status = try? root.status(path), status.kind == .regular, status.user == 0,
        status.permissions & 0o022 == 0
      else { continue }
      trusted.insert(path)
    }
  }

  private static func plainPaths(_ nic: Link) -> [String] {
    [
      ManagerPaths.networkManagerPID, ManagerPaths.networkManagerDevice(nic.index),
      ManagerPaths.networkdLink(nic.index), ManagerPaths.networkdLease(nic.index),
      ManagerPaths.interfacesState, "\(ManagerPaths.interfacesState).\(nic.name)",
      ManagerPaths.networkScriptsStarted, DHCPFollow.unitPath,
    ] + ManagerPaths.cloudInitResults(nic.name) + ManagerPaths.dhcpClientPIDs(nic.name).map(\.path)
  }

  private mutating func note(_ path: String, in root: HostRoot) {
    if let text = try? root.readText(path, limit: Self.sizeLimit) { files[path] = text }
  }

  private mutating func noteFolder(_ folder: String, in root: HostRoot, _ isWanted: (String) -> Bool) {
    for name in (try? root.names(in: folder)) ?? [] where isWanted(name) {
      note("\(folder)/\(name)", in: root)
    }
  }

  /// The file that networkd says it takes the interface's configuration from, with its drop-ins.
  private mutating func noteNetworkFile(in root: HostRoot) {
    guard let state = files[ManagerPaths.networkdLink(index)].map(KeyFile.init) else { return }
    let dropIns = state["NETWORK_FILE_DROPINS"]?.split(whereSeparator: \.isWhitespace).map(String.init) ?? []
    for path in [state["NETWORK_FILE"]].compactMap(\.self) + dropIns where path.hasPrefix("/") {
      note(path, in: root)
    }
  }

  /// /etc/network/interfaces with all that it takes in (interfaces(5)).
  private mutating func noteInterfaces(_ path: String, in root: HostRoot) {
    guard files[path] == nil, files.count < 1000 else { return }
    note(path, in: root)
    guard let text = files[path] else { return }
    for source in InterfacesFile(text).sources {
      let whole = source.path.hasPrefix("/") ? source.path : "/etc/network/\(source.path)"
      let folder = source.isFolder ? whole : whole.folder
      let pattern = source.isFolder ? nil : whole.lastPart
      for name in (try? root.names(in: folder)) ?? [] {
        let fits =
          if let pattern { unsafe fnmatch(pattern, name, FNM_PERIOD) == 0 } else {
            name.utf8.allSatisfy { Ascii.continuesName($0) || $0 == UInt8(ascii: "-") }
          }
        if fits { noteInterfaces("\(folder)/\(name)", in: root) }
      }
    }
  }

  private static func owners(of names: [String], root: HostRoot) -> [String: Bool]? {
    do throws(BusError) {
      var bus = try SystemBus.open(root: root, within: busLimit)
      var owners: [String: Bool] = [:]
      for name in names { owners[name] = try bus.hasOwner(name) }
      return owners
    } catch {
      return nil
    }
  }
}

extension StringProtocol {
  /// A path's folder, without the slash; empty for one in the root.
  fileprivate var folder: String {
    lastIndex(of: "/").map { String(self[..<$0]) } ?? ""
  }

  /// What follows a path's last slash.
  fileprivate var lastPart: String {
    lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? String(self)
  }
}
