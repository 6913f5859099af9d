import Foundation
import HostFiles
import Logging
import Readiness
import Synchronization
import TestSupport
import Testing

@testable import NodeAgent

/// A token that the kubelet renews every hour: the node stays ready, and the old one goes.
@Suite struct TokenRenewalTests {
  private static let source = "/var/run/secrets/token"

  private func prepared(_ body: (inout FakeHost, HostRoot) throws -> Void) throws {
    try withTemporaryRoot { root, path in
      var host = try FakeHost(root: root, path: path)
      try FakeHost.write("first", Self.source, root)
      host.environment = ["K8S_TOKEN_FILE": Self.source]
      _ = try host.prepare()
      try body(&host, root)
    }
  }

  private func renewal(_ host: FakeHost, _ root: HostRoot) throws -> TokenRenewal {
    let settings = try Settings.read(environment: host.environment)
    return try #require(TokenRenewal(settings.loadBalancer, root: root, own: root, log: host.access.log))
  }

  private func token(_ root: HostRoot) throws -> String? {
    try root.readText(LoadBalancerFile.path).split(separator: "\n").first {
      $0.hasPrefix("kubernetes_token=")
    }
    .map { String($0.dropFirst("kubernetes_token=".count)) }
  }

  /// `run` looks at it by itself.
  @Test func theSidecarRenewsIt() throws {
    try prepared { host, root in
      let ready = try root.status(ReadyFile.path)
      var renewal = try renewal(host, root)
      #expect(try token(root) == "first")
      renewal.run()
      #expect(try token(root) == "first")
      for text in ["second", "100%", "third"] {
        try FakeHost.write(text, Self.source, root)
        renewal.run()
        #expect(try token(root) == text.replacing("%", with: "%%"))
        // The readiness file is the same one, and true.
        #expect(try root.status(ReadyFile.path) == ready)
        #expect(ReadinessCheck(root: root).verdict().isReady)
      }
      let status = try root.status(LoadBalancerFile.path)
      #expect(status.permissions == 0o640)
      #expect(
        !root.exists(FileSet.File.previousPath(of: LoadBalancerFile.path)), "no old token stays anywhere")
      // What a preparation would write now is what is there.
      #expect(try host.plan().steps == [.declareReady])
      // And it is still known for this program's own.
      var outcome = Cleanup.Outcome()
      try ConfigurationRemoval(root: root, claim: nil).run(&outcome)
      #expect(outcome.left.isEmpty && !root.exists(LoadBalancerFile.path))
    }
  }

  /// While its file is away, or holds what can't be a token, the last one stays.
  @Test(arguments: [nil, "", "two\nlines"]) func withoutATokenTheLastOneStays(_ text: String?) throws {
    try prepared { host, root in
      var renewal = try renewal(host, root)
      try root.remove(Self.source)
      if let text { try FakeHost.write(text, Self.source, root) }
      renewal.run()
      #expect(try token(root) == "first")
    }
  }

  /// A file that somebody changed isn't touched, nor is one made where there is none.
  @Test func othersFilesAreLeftAlone() throws {
    try prepared { host, root in
      var renewal = try renewal(host, root)
      try FakeHost.write("second", Self.source, root)
      let mine = try root.readText(LoadBalancerFile.path) + "extra=1\n"
      try root.replace(LoadBalancerFile.path, with: Array(mine.utf8), mode: 0o640)
      renewal.run()
      #expect(try root.readText(LoadBalancerFile.path) == mine)
      try root.remove(LoadBalancerFile.path)
      renewal.run()
      #expect(!root.exists(LoadBalancerFile.path))
    }
  }

  /// Another agent is at work: the token waits for the next look.
  @Test func whileAnotherAgentIsAtWorkNothingIsWritten() throws {
    try prepared { host, root in
      var renewal = try renewal(host, root)
      try FakeHost.write("second", Self.source, root)
      try LockedRun(root: root, command: "test").run { () throws(CommandFailure) in renewal.run() }
      #expect(try token(root) == "first")
      renewal.run()
      #expect(try token(root) == "second")
    }
  }

  /// A token that is a setting doesn't change by itself.
  @Test func aTokenThatIsASettingStays() throws {
    let settings = try Settings.read(environment: ["K8S_TOKEN": "fixed"])
    let root = HostRoot.running
    #expect(
      TokenRenewal(
        settings.loadBalancer, root: root, own: root,
        log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) == nil)
  }

  /// A preparation after a renewal, as when a container restarts: readiness isn't withdrawn for it at any moment.
  @Test func aPreparationKeepsTheNodeReady() throws {
    try prepared { host, root in
      try FakeHost.write("second", Self.source, root)
      #expect(try host.plan().steps.map(\.name) == ["renew-token", "declare-ready"])
      let absences = Mutex<[String]>([])
      _ = try host.prepare { moment in
        if !ReadinessCheck(root: root).verdict().isReady { absences.withLock { $0.append(moment) } }
      }
      #expect(absences.withLock { $0 } == [])
      #expect(try token(root) == "second")
      #expect(!root.exists(FileSet.File.previousPath(of: LoadBalancerFile.path)))
    }
  }

  /// Anything else that differs is a change of the configuration.
  @Test func anotherChangeWithdrawsReadiness() throws {
    try prepared { host, root in
      try FakeHost.write("second", Self.source, root)
      host.environment["BARBICAN_USER"] = "someone"
      #expect(
        try host.plan().steps.map(\.name) == ["withdraw-readiness", "write-configuration", "declare-ready"])
    }
  }
}
