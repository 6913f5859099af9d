/// How a build's release stands to the running kernel's.
public enum Nearness: Equatable, Sendable, Comparable {
  /// The same.
  case exact
  /// Of the same version and first build number (`3.10.0-1062`), at or below the kernel's.
  case sameBuildBelow
  /// … above it.
  case sameBuildAbove
  /// Of the same version (`3.10.0`), below.
  case sameVersionBelow
  /// … above.
  case sameVersionAbove
  /// Of the same series (`3.10`), below.
  case sameSeriesBelow
  /// … above.
  case sameSeriesAbove
}

extension KernelRelease {
  /// How near a build for another release is; nil when it is none to propose: of another series, flavour or machine.
  public func nearness(of build: KernelRelease) -> Nearness? {
    if build.text == text { return .exact }
    guard objection(to: build) == nil else { return nil }
    let isBelow = build <= self
    if build.paddedVersion == paddedVersion, build.candidate == candidate {
      if build.build.first == self.build.first { return isBelow ? .sameBuildBelow : .sameBuildAbove }
      return isBelow ? .sameVersionBelow : .sameVersionAbove
    }
    return isBelow ? .sameSeriesBelow : .sameSeriesAbove
  }

  /// Why a build for another release is none to propose; nil when it may be.
  public func objection(to build: KernelRelease) -> String? {
    if build.version.count < 2 || version.count < 2 || build.version.prefix(2) != version.prefix(2) {
      return "it is for another series of kernels"
    }
    if build.flavour != flavour {
      func name(_ flavour: String) -> String { flavour.isEmpty ? "none" : "'\(flavour)'" }
      return
        "it is for another flavour of kernels (\(name(build.flavour)), the running one is \(name(flavour)))"
    }
    if let machine, let other = build.machine, machine != other {
      return "it is for another machine (\(other), the running one is \(machine))"
    }
    return nil
  }

  /// Those of the builds that may be proposed, the nearest first.
  ///
  /// The exact release; else of the same version and first build number the nearest at or below, then above; else of the
  /// same version likewise; else of the same series.
  public func nearest(among builds: [KernelRelease]) -> [KernelRelease] {
    builds.compactMap { build in nearness(of: build).map { (build, $0) } }.sorted { left, right in
      if left.1 != right.1 { return left.1 < right.1 }
      switch left.1 {
      case .exact, .sameBuildBelow, .sameVersionBelow, .sameSeriesBelow: return left.0 > right.0
      case .sameBuildAbove, .sameVersionAbove, .sameSeriesAbove: return left.0 < right.0
      }
    }.map(\.0)
  }
}
