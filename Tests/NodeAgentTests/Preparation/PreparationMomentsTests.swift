import Synchronization
import Testing

@testable import NodeAgent

@Suite struct PreparationMomentsTests {
  private static let all: [PreparationStep] = [
    .withdrawReadiness, .loadModule(file: "/m.ko", options: ""), .reserveTables,
    .writeConfiguration(paths: ["/c"]), .installProbe(path: "/p"), .rememberIdentity(path: "/i"),
    .declareReady,
  ]

  @Test func everyStepHasTwoMoments() {
    #expect(
      PreparationMoments.names(of: Self.all) == [
        "before:withdraw-readiness", "after:withdraw-readiness", "before:load-module", "after:load-module",
        "before:reserve-tables", "after:reserve-tables", "before:write-configuration",
        "after:write-configuration", "before:install-probe",
        "after:install-probe", "before:remember-identity", "after:remember-identity",
        "before:declare-ready", "after:declare-ready",
      ])
    #expect(PreparationMoments.names(of: []).isEmpty)
  }

  @Test func momentsAreToldAsTheyCome() {
    let seen = Mutex<[String]>([])
    let moments = PreparationMoments { name in seen.withLock { $0.append(name) } }
    for step in Self.all {
      moments.before(step)
      moments.after(step)
    }
    #expect(seen.withLock { $0 } == PreparationMoments.names(of: Self.all))
  }

  /// This very process would end.
  @Test(arguments: [
    [:], ["VROUTER_TEST_KILL_AT": ""], ["VROUTER_TEST_KILL_AT": "after:everything"],
    ["VROUTER_TEST_KILL_AT": "number:0"], ["VROUTER_TEST_KILL_AT": "number:15"],
  ])
  func nothingHappensUnlessAMomentIsNamed(_ environment: [String: String]) {
    let moments = PreparationMoments(environment: environment)
    for step in Self.all {
      moments.before(step)
      moments.after(step)
    }
  }
}
