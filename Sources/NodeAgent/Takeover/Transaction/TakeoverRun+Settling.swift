import Logging
import Netlink

/// A moment after an interface came up, the kernel still looks whether another host has its IPv6 addresses (RFC 4862 section
/// 5.4): they are nobody's to hand on until it knows, and left behind they would be found by nobody.
extension TakeoverRun where Kernel: ~Copyable {
  /// The state as it is once that is known, or took too long.
  mutating func settledState() throws(CommandFailure) -> TakeoverState {
    let state = try observe()
    let late = state.tentative
    guard !state.isMultihomed, !late.isEmpty else { return state }
    context.log.notice(
      "waiting for up to \(TakeoverSubject.settling): the kernel looks whether another host has \(late.map { "\($0.prefix)" }.joined(separator: ", "))"
    )
    do throws(TakeoverError) {
      try kernel.awaitAddresses(of: context.subject, atMost: TakeoverSubject.settling)
    } catch {
      context.log.warning("\(error)")
    }
    return try observe()
  }
}

extension TakeoverSubject {
  /// A search takes up to a second before it begins, and one for each solicitation, of which there is one by default
  /// (`dad_transmits`).
  static let settling = Duration.seconds(3)
}

extension TakeoverState {
  /// The physical interfaces' addresses of which it isn't known yet whether another host has them.
  var tentative: [Address] { left { !$0.flags.contains(.duplicate) } }

  /// Those that another host has.
  var duplicates: [Address] { left { $0.flags.contains(.duplicate) } }

  private func left(_ isMeant: (Address) -> Bool) -> [Address] {
    cards.flatMap { addresses(of: $0) }.filter { $0.isTakenOver && $0.isUnusable && isMeant($0) }
  }

  /// What is said of those.
  var duplicateWarnings: [String] {
    duplicates.map {
      "another host has \($0.prefix) of \(cardName($0)) (dadfailed): nobody uses it here, and it stays where it is; give one of the two another address"
    }
  }

  var tentativeWarnings: [String] {
    tentative.map {
      "\($0.prefix) stays on \(cardName($0)), where others don't find it: the kernel still looked whether another host has it (tentative) when vhost0 took over; run vrouter-node-agent prepare again"
    }
  }

  private func cardName(_ address: Address) -> String {
    cards.first { $0.index == address.linkIndex }?.name ?? ""
  }
}

extension TakeoverPlan {
  /// Of what is still to be done, what the plan is to have done: not the move of an address that could be used only
  /// afterwards, and that the next run moves.
  func missed(in rest: TakeoverPlan) -> [TakeoverOperation] {
    let late = before.tentative
    return rest.essentials.filter { operation in
      guard case .address(_, let address, _) = operation else { return true }
      return !late.contains(where: address.isSame)
    }
  }
}
