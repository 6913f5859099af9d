/// What works stays.
extension TakeoverRun where Kernel: ~Copyable {
  /// Where the module doesn't give the frames back, what the node sends has to go by vhost0 again too: an undoing that
  /// ended between the two would leave the node without answers.
  ///
  /// - Parameter head: the journal's.
  /// - Returns: what came of it, for the operator; nil where the frames are the physical interfaces'.
  mutating func standOnVhost(_ head: TakeoverJournal.Head?) -> String? {
    do throws(TakeoverError) {
      let state = try kernel.observe(context.subject)
      guard let vhost = state.vhost, let mac = vhost.mac, state.mayReceiveByVhost else { return nil }
      let wish = TakeoverWish(mac: mac, mtu: vhost.mtu, routes: head?.wish.routes ?? [])
      let steps = TakeoverPlan(state, wish: wish, originals: head?.beginning).steps.filter(\.kind.isMove)
      let isMoved = steps.contains { $0.kind != .announce }
      var failures: [String] = []
      for datagram in isMoved ? steps.flatMap(\.datagrams).map(TakeoverDatagram.init) : [] {
        for case .failure(let error) in kernel.carryOut(datagram) where !error.isTolerable {
          failures.append("\(error)")
        }
      }
      guard failures.isEmpty else {
        return
          "the module keeps the frames on \(vhost.name), and what the node sends can't go that way again: \(failures.joined(separator: "; "))"
      }
      return
        "the module keeps the frames on \(vhost.name), so the routes are on it again and the node goes on by it"
    } catch {
      return "whether the node goes on by vhost0 can't be seen: \(error)"
    }
  }
}

extension TakeoverState {
  /// Whether what a physical interface receives arrives on vhost0, or nobody knows.
  var mayReceiveByVhost: Bool {
    vhost != nil && (moduleProblem != nil || cards.contains { vif(of: $0) != nil })
  }
}

extension TakeoverStep.Kind {
  /// Whether it is what brings the node's sending onto vhost0.
  fileprivate var isMove: Bool {
    switch self {
    case .addAddresses, .addNeighbours, .addRules, .moveConnectedRoutes, .moveNextHops, .moveRoutes,
      .dropRoutes, .announce:
      true
    default: false
    }
  }
}
