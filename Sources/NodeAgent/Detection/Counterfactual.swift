/// Something that would change the answer, and that was tried.
struct Counterfactual: Sendable, Equatable {
  /// The interfaces that would be chosen.
  let interfaces: [String]
  /// In words: "eth1 would win if …".
  let text: String
}
