import HostFiles
import Netlink
import VRouter

/// The kernel in whose initial network namespace this process runs, and the module that is loaded.
struct RunningKernel: TakeoverKernel, ~Copyable {
  private var netlink: RouteNetlink
  private let root: HostRoot
  /// Opened when the module is first needed: it may not be loaded yet.
  private var module: VRouterSession?

  init(root: HostRoot) throws(TakeoverError) {
    self.root = root
    do {
      netlink = try RouteNetlink()
    } catch {
      throw TakeoverError("open a conversation with the kernel", "\(error)")
    }
  }

  mutating func observe(_ subject: TakeoverSubject) throws(TakeoverError) -> TakeoverState {
    do {
      var state = try netlink.takeoverState(subject)
      state.controls = InterfaceControls.read(
        ["default", TakeoverWish.vhostName] + state.cards.map(\.name), from: root
      ).merging(PacketSteering.read(from: root)) { first, _ in first }
      try addVifs(to: &state)
      return state
    } catch let error as TakeoverError {
      throw error
    } catch {
      throw TakeoverError("look at the host's network", "\(error)")
    }
  }

  mutating func device(named name: String) throws(TakeoverError) -> TakeoverDevice? {
    do {
      return try netlink.link(named: name).map(TakeoverDevice.init)
    } catch {
      throw TakeoverError("look at \(name)", "\(error)")
    }
  }

  mutating func device(index: Int) throws(TakeoverError) -> TakeoverDevice? {
    do {
      return try netlink.link(index: index).map(TakeoverDevice.init)
    } catch {
      throw TakeoverError("look at the link of index \(index)", "\(error)")
    }
  }

  private mutating func addVifs(to state: inout TakeoverState) throws(TakeoverError) {
    guard (try? root.readValue("/sys/module/\(HostAccess.moduleName)/initstate")) == "live" else {
      module = nil
      return
    }
    do {
      try openModule()
      guard let interfaces = try module?.interfaces(), let limits = try module?.limits() else { return }
      state.vifs = interfaces.map {
        TakeoverVif(index: Int($0.index), name: $0.interfaceName, kind: $0.type, link: Int($0.link))
      }
      state.vifLimit = Int(limits.interfaces)
    } catch {
      module = nil
      state.moduleProblem = "the module can't be asked for its interfaces: \(error)"
    }
  }

  private mutating func openModule() throws {
    guard module == nil else { return }
    // Generic netlink may hang for good: a process of its own finds that out.
    if case .unknown(let reason) = HelpedVifs(limit: Self.moduleLimit).foreignVifs() {
      throw TakeoverError("ask the module", reason)
    }
    module = try VRouterSession()
  }

  private static let moduleLimit = Duration.seconds(10)

  mutating func carryOut(_ datagram: TakeoverDatagram) -> [Result<Void, TakeoverError>] {
    guard let requests = datagram.requests else { return datagram.operations.map { single($0) } }
    return zip(datagram.operations, netlink.session.batch(requests)).map { operation, result in
      result.mapError { TakeoverError(operation, $0) }
    }
  }

  private mutating func single(_ operation: TakeoverOperation) -> Result<Void, TakeoverError> {
    do throws(TakeoverError) {
      try carryOut(operation)
      return .success(())
    } catch {
      return .failure(error)
    }
  }

  private mutating func carryOut(_ operation: TakeoverOperation) throws(TakeoverError) {
    do {
      switch operation {
      case .setControl(let path, let value): try set(path, value)
      case .addCard(let card):
        try openModule()
        try module?.add(.physical(card))
      case .addHost(let vhost, let cards):
        try openModule()
        try module?.add(.host(vhost, over: cards))
      case .removeVif(let name):
        try openModule()
        try module?.delete(named: name)
      case .announce(let addresses, let device): try announce(addresses, by: device)
      default:
        guard let request = operation.request else { return }
        do throws(NetlinkError) {
          try netlink.session.request(request)
        } catch {
          throw TakeoverError(operation, error)
        }
      }
    } catch let error as TakeoverError {
      throw error
    } catch let error as VRouterError {
      // -19: the interface isn't there (any more).
      let isGone = if case .removeVif = operation { error.code == -19 } else { false }
      throw TakeoverError("\(operation)", "\(error)", isTolerable: isGone)
    } catch {
      throw TakeoverError("\(operation)", "\(error)")
    }
  }
}

extension RunningKernel {
  /// In a container /proc/sys and /sys may be read-only. The node is reached all the same, or the probes tell.
  private func set(_ path: String, _ value: String) throws(TakeoverError) {
    do {
      try root.writeControl(path, value)
    } catch {
      throw TakeoverError("set \(path) to \(value)", "\(error)", isTolerable: true)
    }
  }

  /// Others know by ARP and neighbour discovery anyway, later: that it can't be told is no reason to go back.
  private func announce(_ addresses: [IPAddress], by device: TakeoverDevice) throws(TakeoverError) {
    guard let mac = device.mac else { return }
    let interface = ProbeInterface(name: device.name, index: device.index, mac: mac, addresses: [])
    let forwarding = try? root.readValue("/proc/sys/net/ipv6/conf/\(device.name)/forwarding")
    do {
      try Announcement(of: addresses, by: interface, isRouter: forwarding == "1").send()
    } catch {
      throw TakeoverError("announce addresses by \(device.name)", "\(error)", isTolerable: true)
    }
  }
}

extension VRouterInterface {
  /// The request by which the module gets a physical interface, as `vif --add` sends it: under the link's own index.
  static func physical(_ card: TakeoverDevice) -> VRouterInterface {
    var interface = VRouterInterface(card, .physical)
    interface.flags = Flags.vhostPhysical.rawValue
    return interface
  }

  /// The request by which the module gets the host's interface over all physical ones.
  static func host(_ vhost: TakeoverDevice, over cards: [TakeoverDevice]) -> VRouterInterface {
    var interface = VRouterInterface(vhost, .host)
    interface.crossConnect = cards.map { Int32(clamping: $0.index) }
    return interface
  }

  private init(_ device: TakeoverDevice, _ kind: Kind) {
    self.init()
    type = kind.rawValue
    index = Int32(clamping: device.index)
    link = Int32(clamping: device.index)
    interfaceName = device.name
    mac = device.mac?.bytes ?? []
    multicastVRF = 65535
  }
}
