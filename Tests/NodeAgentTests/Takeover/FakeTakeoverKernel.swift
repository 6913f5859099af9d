import Glibc
import Netlink
import SystemPackage
import VRouter

@testable import NodeAgent

/// A kernel and a module in memory, which do with a takeover's operations what the real ones do, as far as one operation
/// bears on another: routes that come and go with addresses, gateways that have to be reached, the last address of an
/// interface that takes all of its routes with it.
final class FakeTakeoverKernel: TakeoverKernel {
  /// All that it keeps.
  struct Contents: Equatable {
    var links: [TakeoverDevice] = []
    /// In the order in which the kernel lists them.
    var addresses: [Address] = []
    /// Of all interfaces.
    var routes: [Route] = []
    var nextHops: [NextHopObject] = []
    var rules: [RoutingRule] = []
    var neighbours: [Neighbour] = []
    var proxies: [Neighbour] = []
    var controls: [String: String] = [
      InterfaceControls.reversePathOfAll: "0",
      InterfaceControls.reversePath("default"): "0", InterfaceControls.duplicateDetection("default"): "1",
    ]
    var vifs: [TakeoverVif] = []
  }

  var contents = Contents()
  /// The number of the operation that is refused, counted from 0, and with what; once.
  var refusal: (number: Int, errno: Errno)?
  /// Operations that were asked for.
  private(set) var asked: [TakeoverOperation] = []
  /// Why the module doesn't answer.
  var moduleProblem: String?
  /// Requests that would crash or corrupt the real module.
  private(set) var dangers: [String] = []
  /// Called before operations: what another program does meanwhile.
  var meanwhile: (FakeTakeoverKernel, TakeoverOperation) -> Void = { _, _ in }

  /// Called when addresses are waited for: what becomes of them.
  var settling: (FakeTakeoverKernel) -> Void = { _ in }
  /// How often they were.
  private(set) var waits = 0

  func awaitAddresses(of subject: TakeoverSubject, atMost limit: Duration) {
    waits += 1
    settling(self)
  }

  func link(_ name: String) -> TakeoverDevice? { contents.links.first { $0.name == name } }

  func observe(_ subject: TakeoverSubject) throws(TakeoverError) -> TakeoverState {
    var cards: [TakeoverDevice] = []
    for name in subject.cards {
      guard let card = link(name) else { throw TakeoverError("look at \(name)", "it is not there") }
      cards.append(card)
    }
    var state = TakeoverState(cards: cards, highestIndex: contents.links.map(\.index).max() ?? 0)
    state.vhost = link(TakeoverWish.vhostName)
    let devices = cards + [state.vhost].compactMap(\.self)
    let indices = Set(devices.map(\.index))
    state.addresses = contents.addresses.filter { indices.contains($0.linkIndex) }
    state.rules = contents.rules.filter { $0.names(anyOf: Set(cards.map(\.name) + [TakeoverWish.vhostName])) }
    state.nextHops = contents.nextHops.filter { $0.outputIndex.map(indices.contains) ?? false }
    state.neighbours = contents.neighbours.filter {
      indices.contains($0.linkIndex) && $0.state.isUsable
    }
    state.proxies = contents.proxies.filter { indices.contains($0.linkIndex) }
    state.controls = contents.controls
    if let problem = moduleProblem {
      state.moduleProblem = problem
    } else {
      (state.vifs, state.vifLimit) = (contents.vifs, 256)
    }
    var order = RouteOrder(
      contents.routes.filter { $0.leaves(by: indices) && $0.isMovable }, by: indices)
    order.read(contents.routes) { !self.canShare($0) }
    state.foreignDestinations = subject.destinations.map { wanted in
      contents.routes.filter {
        wanted.contains($0.destination) && $0.table == .main && !$0.leaves(by: indices)
      }.map(\.destination)
    }
    (state.routes, state.contested, state.shared) = (order.routes, order.contested, order.shared)
    return state
  }

  func device(named name: String) throws(TakeoverError) -> TakeoverDevice? { link(name) }

  func device(index: Int) throws(TakeoverError) -> TakeoverDevice? {
    contents.links.first { $0.index == index }
  }

  func carryOut(_ datagram: TakeoverDatagram) -> [Result<Void, TakeoverError>] {
    datagram.operations.map { operation in
      meanwhile(self, operation)
      asked.append(operation)
      let errno = refusal?.number == asked.count - 1 ? refusal?.errno : apply(operation)
      guard let errno else { return .success(()) }
      return .failure(TakeoverError(operation, NetlinkError("change", .refused(errno))))
    }
  }

  /// - Returns: why not; nil when it was made.
  func apply(_ operation: TakeoverOperation) -> Errno? {
    switch operation {
    case .makeVhost(let device): make(device)
    case .removeLink(_, let index): remove(index)
    case .raise(_, let index): raise(index)
    case .lower(_, let index): lower(index)
    case .setMTU(_, let index, let mtu): change(index) { $0.mtu = mtu }
    case .hearMulticast(let isOn, _, let index): change(index) { $0.hearsAllMulticast = isOn }
    case .setControl(let path, let value): set(path, value)
    case .address(.delete, let address, _): delete(address)
    case .address(_, let address, _): put(address)
    case .route(.delete, let route, _): delete(route)
    case .route(let change, let route, _): put(route, change)
    case .nextHop(let object, _): put(object)
    case .rule(let change, let rule): put(rule, change)
    case .neighbour(let change, let neighbour, _): put(neighbour, change)
    case .addCard(let card): add(card, .physical)
    case .addHost(let vhost, let cards): add(vhost, over: cards)
    case .removeVif(let name): removeVif(name)
    case .announce: nil
    }
  }

  private func change(_ index: Int, _ body: (inout TakeoverDevice) -> Void) -> Errno? {
    guard let place = contents.links.firstIndex(where: { $0.index == index }) else {
      return Errno(rawValue: ENODEV)
    }
    body(&contents.links[place])
    return nil
  }

  private func set(_ path: String, _ value: String) -> Errno? {
    guard contents.controls[path] != nil else { return .noSuchFileOrDirectory }
    contents.controls[path] = value
    return nil
  }

  private func put(_ object: NextHopObject) -> Errno? {
    contents.nextHops.removeAll { $0.id == object.id }
    contents.nextHops.append(object)
    contents.nextHops.sort { $0.id < $1.id }
    for place in contents.routes.indices where contents.routes[place].nextHopID == object.id {
      contents.routes[place].follow(object)
    }
    return nil
  }

  private func put(_ rule: RoutingRule, _ change: Change) -> Errno? {
    let place = contents.rules.firstIndex { $0.stored == rule.stored }
    guard change == .delete else {
      guard place == nil else { return .fileExists }
      // In the order of priorities; behind those of the same one.
      let behind = contents.rules.firstIndex { $0.priority > rule.priority } ?? contents.rules.endIndex
      contents.rules.insert(rule, at: behind)
      return nil
    }
    guard let place else { return .noSuchFileOrDirectory }
    contents.rules.remove(at: place)
    return nil
  }

  private func put(_ wanted: Neighbour, _ change: Change) -> Errno? {
    var neighbour = wanted
    // No message says it; the kernel finds it out.
    neighbour.type = .unicast
    let list =
      neighbour.flags.contains(.proxy) ? \Contents.proxies : \Contents.neighbours
    let place = contents[keyPath: list].firstIndex {
      $0.linkIndex == neighbour.linkIndex && $0.address == neighbour.address
    }
    if change == .delete {
      guard let place else { return .noSuchFileOrDirectory }
      contents[keyPath: list].remove(at: place)
    } else if let place {
      contents[keyPath: list][place] = neighbour
    } else {
      contents[keyPath: list].append(neighbour)
    }
    return nil
  }

  private func add(_ device: TakeoverDevice, _ kind: VRouterInterface.Kind) -> Errno? {
    guard !contents.vifs.contains(where: { $0.name == device.name }) else { return nil }
    if device.index >= 253 { dangers.append("index \(device.index)") }
    contents.vifs.append(
      TakeoverVif(index: device.index, name: device.name, kind: kind.rawValue, link: device.index))
    return nil
  }

  private func add(_ vhost: TakeoverDevice, over cards: [TakeoverDevice]) -> Errno? {
    let physical = contents.vifs.filter { $0.kind == VRouterInterface.Kind.physical.rawValue }
    note(physical.filter { vif in !cards.contains { $0.index == vif.index } })
    return add(vhost, .host)
  }

  /// Of each request for vhost0: the physical interfaces that it leaves out.
  private func note(_ forgotten: [TakeoverVif]) {
    dangers += forgotten.map { "vhost0 doesn't lie over \($0.name)" }
  }

  private func removeVif(_ name: String) -> Errno? {
    guard let place = contents.vifs.firstIndex(where: { $0.name == name }) else {
      return Errno(rawValue: ENODEV)
    }
    contents.vifs.remove(at: place)
    return nil
  }
}
