/// One change to the host. The order of the cases is the order in which they are made.
enum PreparationStep: Sendable, Equatable {
  /// The readiness file goes before anything else changes.
  case withdrawReadiness
  /// A hugetlbfs is mounted.
  case mountHugePages(path: String, size: String)
  /// The kernel is asked for huge pages.
  case reserveHugePages(size: String, missing: Int)
  case loadModule(file: String, options: String, replaces: Bool = false)
  /// A copy of the build goes into the kernel's module tree.
  case installModule(folder: String)
  /// The module makes the vRouter agent's tables.
  case reserveTables
  /// Configuration files change, together or not at all.
  case writeConfiguration(paths: [String])
  /// A token is replaced that was renewed, and nothing else; the node stays ready.
  case renewToken(path: String)
  /// The module by which virtual machines are given virtual functions.
  case loadFunctionDriver(name: String)
  /// Virtual functions are made, through none where there are others.
  case makeFunctions(interface: String, count: Int, present: Int)
  /// What the vRouter can't live with is turned off at an interface.
  case turnOffFeatures(interface: String, names: [String])
  /// vhost0 takes over the addresses and routes of the physical interfaces.
  case takeOver(vhost: String, from: [String], operations: Int)
  /// The host's name servers, which went with the interface's lease, are put back.
  case restoreNameServers(path: String)
  /// The DHCP client that renews the address on vhost0 ended, and is started again.
  case followLease(unit: String)
  /// Something else brings vhost0 up.
  case awaitVhost(limit: Duration)
  case installProbe(path: String)
  /// What was chosen is remembered, to be known again after a rename.
  case rememberIdentity(path: String)
  /// The readiness file is written last.
  case declareReady

  /// A stable name for machines and tests.
  var name: String {
    switch self {
    case .withdrawReadiness: "withdraw-readiness"
    case .loadModule: "load-module"
    case .mountHugePages: "mount-huge-pages"
    case .reserveHugePages: "reserve-huge-pages"
    case .loadFunctionDriver: "load-function-driver"
    case .makeFunctions: "make-functions"
    case .turnOffFeatures: "turn-off-features"
    case .restoreNameServers: "restore-name-servers"
    case .installModule: "install-module"
    case .reserveTables: "reserve-tables"
    case .writeConfiguration: "write-configuration"
    case .renewToken: "renew-token"
    case .takeOver: "take-over"
    case .followLease: "follow-lease"
    case .awaitVhost: "await-vhost"
    case .installProbe: "install-probe"
    case .rememberIdentity: "remember-identity"
    case .declareReady: "declare-ready"
    }
  }
}

extension PreparationStep: CustomStringConvertible {
  var description: String {
    switch self {
    case .withdrawReadiness: "remove the readiness file, if there is one"
    case .loadModule(let file, let options, let replaces):
      (replaces ? "unload the module that is loaded, and load " : "load the module ") + file
        + (options.isEmpty ? "" : " with \(options)")
    case .mountHugePages(let path, let size): "mount a hugetlbfs with pages of \(size) at \(path)"
    case .reserveHugePages(let size, let missing):
      "ask the kernel for \(missing) more huge page\(missing == 1 ? "" : "s") of \(size)"
    case .loadFunctionDriver(let name): "load the module \(name), for virtual functions"
    case .makeFunctions(let interface, let count, let present):
      "give \(interface) \(count) virtual function\(count == 1 ? "" : "s")\(present == 0 ? "" : ", after taking the \(present) away that it has")"
    case .turnOffFeatures(let interface, let names):
      "turn off \(names.joined(separator: ", ")) of \(interface)"
    case .restoreNameServers(let path): "put the name servers back into \(path), if they go"
    case .installModule(let folder): "copy the build into \(folder), and refresh the tree's index files"
    case .reserveTables: "have the module make the vRouter agent's tables"
    case .writeConfiguration(let paths): "write \(paths.joined(separator: ", "))"
    case .renewToken(let path): "put the renewed token of the Kubernetes API into \(path)"
    case .takeOver(let vhost, let cards, let operations):
      "let \(vhost) take over from \(cards.joined(separator: ", ")) (\(operations) operation\(operations == 1 ? "" : "s"), verified or undone)"
    case .followLease(let unit): "have systemd start \(unit) again, which renews the address on vhost0"
    case .awaitVhost(let limit):
      "wait for something else to bring vhost0 up, at most \(limit.seconds)"
    case .installProbe(let path): "copy the probe to \(path)"
    case .rememberIdentity(let path): "remember the chosen hardware in \(path)"
    case .declareReady: "check the node and write the readiness file"
    }
  }
}
