/// Collects everything that keeps a host from being prepared, so that it is told at once.
///
/// What rests on a malformed setting is not taken up: the setting itself is, and the rest would be a judgement on something
/// that nobody wrote.
struct Obstacles: Sendable {
  private var found: [Obstacle]
  let doubt: SettingsDoubt

  /// Begins with what is wrong with the settings themselves.
  init(_ reading: SettingsReading) {
    found = reading.problems.map { Obstacle(.malformed, $0) }
    doubt = reading.doubt
  }

  var isEmpty: Bool { found.isEmpty }

  /// - Parameter names: the parameters that it rests on.
  mutating func add(_ obstacle: Obstacle, restingOn names: Set<String> = []) {
    guard !doubt.touches(names), !found.contains(where: { $0.description == obstacle.description }) else {
      return
    }
    found.append(obstacle)
  }

  /// Tries something, and takes up why it failed.
  ///
  /// - Returns: nil when it failed.
  mutating func attempt<Value>(
    _ kind: Obstacle.Kind, restingOn names: Set<String> = [], _ body: () throws(CommandFailure) -> Value
  ) -> Value? {
    do {
      return try body()
    } catch {
      add(
        Obstacle(kind: kind, code: error.code, parameter: nil, description: error.description),
        restingOn: names)
      return nil
    }
  }

  /// Each thing once, in the order of the kinds: of what two kinds say about one parameter, the first kind's.
  ///
  /// - Parameter first: kinds that come before all others.
  func ordered(first: [Obstacle.Kind] = []) -> [Obstacle] {
    let kinds = first + Obstacle.Kind.allCases.filter { !first.contains($0) }
    var told: Set<String> = []
    return kinds.flatMap { kind in
      let new = found.filter { $0.kind == kind && !told.contains($0.parameter ?? "") }
      told.formUnion(new.compactMap(\.parameter))
      return new
    }
  }

  /// All of them as one failure; nil when there are none.
  ///
  /// - Parameter stopping: the kinds that stop what is being done; others are told beside them, and alone they stop nothing.
  func failure(
    warnings: [String], stopping kinds: [Obstacle.Kind] = Obstacle.Kind.allCases
  ) -> CommandFailure? {
    let all = ordered(first: kinds == Obstacle.Kind.allCases ? [] : kinds)
    guard let first = all.first, kinds.contains(first.kind) else { return nil }
    return CommandFailure(first.code, Self.text(all), problems: all, warnings: warnings)
  }

  /// Those of one kind together, below their heading.
  private static func text(_ obstacles: [Obstacle]) -> String {
    var groups: [[Obstacle]] = []
    for obstacle in obstacles {
      if groups.last?.first?.kind == obstacle.kind {
        groups[groups.count - 1].append(obstacle)
      } else {
        groups.append([obstacle])
      }
    }
    return groups.map { group in
      let indent = group[0].kind == .refusal ? "  " : ""
      let lines = group.map { indent + $0.description }
      return ([group[0].kind.heading(group.count)].compactMap(\.self) + lines).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
