import Netlink

extension RunningKernel {
  mutating func awaitAddresses(of subject: TakeoverSubject, atMost limit: Duration) throws(TakeoverError) {
    let deadline = ContinuousClock.now + limit
    do {
      var monitor = try RouteMonitor()
      while monitor.state.hasTentative(on: subject.cards) {
        if try monitor.next(until: deadline).isEmpty { return }
      }
    } catch {
      throw TakeoverError(
        "wait until it is known whether another host has an address of \(subject.cards.joined(separator: ", "))",
        "\(error)")
    }
  }
}

extension RouteState {
  fileprivate func hasTentative(on names: [String]) -> Bool {
    let indices = Set(links.filter { link in names.contains { link.isNamed($0) } }.map(\.index))
    return addresses.contains { address in
      indices.contains(address.linkIndex) && address.isTakenOver && address.isUnusable
        && !address.flags.contains(.duplicate)
    }
  }
}
