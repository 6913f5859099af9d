/// What /proc/sys says of interfaces. A vhost0 that is made gets what its interface has; while the move is under way
/// reverse-path filtering is loose, as frames and routes are on different interfaces for a moment.
extension TakeoverPlanner {
  /// The interface whose controls vhost0 gets: none of several.
  private var model: TakeoverDevice? { originals.isMultihomed ? nil : originals.cards.first }

  /// What vhost0's control is to be in the end; nil: as it is.
  private func final(_ path: String, _ modelPath: String) -> String? {
    if makesVhost { return originals.controls[modelPath] }
    return originals.vhost == nil ? originals.controls[modelPath] : originals.controls[path]
  }

  private var pairs: [(own: String, model: String)] {
    guard let model else { return [] }
    return zip(InterfaceControls.paths(of: vhost.name), InterfaceControls.paths(of: model.name)).map {
      (own: $0, model: $1)
    }
  }

  /// Whether a filter is strict that would drop what comes by the other interface.
  private var isStrict: Bool {
    let all = Int(state.controls[InterfaceControls.reversePathOfAll] ?? "") ?? 0
    return state.cards.contains { card in
      max(all, Int(originals.controls[InterfaceControls.reversePath(card.name)] ?? "") ?? 0) == 1
    }
  }

  /// What vhost0 over several interfaces is told for good. What arrives there is answered by the interfaces' own routes:
  /// a strict filter would drop it. A router's advertisements are for them too.
  private var multihomedControls: [(path: String, value: String)] {
    guard state.isMultihomed else { return [] }
    let filter = InterfaceControls.reversePath(vhost.name)
    let all = Int(state.controls[InterfaceControls.reversePathOfAll] ?? "") ?? 0
    let isStrict = max(all, Int(present(filter) ?? "") ?? 0) == 1
    let advertisements = InterfaceControls.advertisements(vhost.name)
    return (isStrict ? [(filter, "2")] : [])
      + (makesVhost && present(advertisements) != nil ? [(advertisements, "0")] : [])
  }

  private var room: [(path: String, value: String)] {
    NeighbourTableRoom.raised(from: state).sorted { $0.key < $1.key }.map { (path: $0.key, value: $0.value) }
  }

  func settingControls() -> [TakeoverOperation] {
    guard isMoving else { return [] }
    var wanted: [(path: String, value: String)] = []
    if makesVhost {
      for (own, model) in pairs {
        guard let value = originals.controls[model], value != standard(own) else { continue }
        wanted.append((own, value))
      }
    }
    func set(_ path: String, _ value: String) {
      wanted.removeAll { $0.path == path }
      wanted.append((path, value))
    }
    for (path, value) in multihomedControls + room { set(path, value) }
    if isStrict, !state.isMultihomed {
      for name in [vhost.name] + state.cards.map(\.name) { set(InterfaceControls.reversePath(name), "2") }
    }
    let detection = InterfaceControls.duplicateDetection(vhost.name)
    if makesVhost, originals.controls[InterfaceControls.duplicateDetection(model?.name ?? "")] != nil {
      set(detection, "0")
    }
    return wanted.filter { present($0.path) != $0.value }.map { .setControl(path: $0.path, value: $0.value) }
  }

  /// What an interface that is made begins with.
  private func standard(_ path: String) -> String? {
    state.controls[path.replacing("/\(vhost.name)/", with: "/default/")]
  }

  private func present(_ path: String) -> String? {
    makesVhost && path.contains("/\(vhost.name)/") ? standard(path) : state.controls[path]
  }

  /// What was changed for the time of the move only.
  func restoringControls() -> [TakeoverOperation] {
    var operations: [TakeoverOperation] = []
    let setNow = Dictionary(
      settingControls().compactMap { operation -> (String, String)? in
        if case .setControl(let path, let value) = operation { (path, value) } else { nil }
      }, uniquingKeysWith: { _, last in last })
    func restore(_ path: String, _ value: String?) {
      guard let value, let now = setNow[path] ?? present(path), now != value else { return }
      operations.append(.setControl(path: path, value: value))
    }
    for (own, model) in pairs
    where [InterfaceControls.reversePath(vhost.name), InterfaceControls.duplicateDetection(vhost.name)]
      .contains(own)
    {
      restore(own, final(own, model))
    }
    for card in state.cards {
      let path = InterfaceControls.reversePath(card.name)
      restore(path, originals.controls[path])
    }
    let unrestored = NeighbourTableRoom.unrestored(in: state, since: originals)
    for path in NeighbourTableRoom.limits {
      restore(path, setNow[path] == nil ? unrestored[path] : state.controls[path])
    }
    return operations
  }
}
