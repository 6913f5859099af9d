/// A moment at which a module takes memory, and what it takes.
public struct MemoryGate: Equatable, Sendable {
  /// What happens then, as a noun: "the load".
  public let name: String
  /// What is taken.
  public let demand: MemoryDemand

  /// A gate.
  public init(name: String, demand: MemoryDemand) {
    self.name = name
    self.demand = demand
  }

  /// A verdict for each gate, where each takes what it needs before the next one does.
  public static func weigh(_ gates: [MemoryGate], against supply: MemorySupply) -> [MemoryVerdict] {
    gates.indices.map { index in
      MemoryVerdict.weigh(gates[index].demand, after: gates[..<index].map(\.demand), against: supply)
    }
  }
}
