import Testing

/// `detect --wait` on hosts that aren't ready yet. What is missing comes as soon as the program says that it waits for it.
@Suite(.timeLimit(.minutes(2)))
struct HostDetectionWaitTests {
  struct Late: Sendable, CustomTestStringConvertible {
    let host: HostCase
    /// What the program says while it waits.
    let waitsFor: String
    /// What it says without waiting.
    let problem: String
    let answer: String

    var testDescription: String { host.testDescription }

    init(
      _ name: String, with environment: [String: String] = [:], waitsFor: String, problem: String,
      answer: String = "eth0 10.0.0.5/24 10.0.0.1\n", _ script: String, meanwhile: String
    ) {
      host = HostCase(
        name, environment,
        script: """
          \(script)
          meanwhile() {
            \(meanwhile)
          }
          ask early detect --output json
          outlast late detect --wait --brief
          # A link that comes up begins its search for duplicates a moment later.
          while ip address show dev eth0 tentative | grep -q inet; do :; done
          ask json detect --output json
          ask brief detect --brief
          """)
      (self.waitsFor, self.problem, self.answer) = (waitsFor, problem, answer)
    }
  }

  static let cases: [Late] = [
    .init(
      "a card that appears late", with: ["PHYSICAL_INTERFACE": "eth0"], waitsFor: "eth0",
      problem: "not-found", answer: "eth0 10.0.0.5/24\n",
      "card eth1 10.1.0.5/24 10.1.0.1", meanwhile: "card eth0 10.0.0.5/24"),
    .init(
      "a default route that appears late", waitsFor: "a default route", problem: "nothing-fits",
      "card eth0 10.0.0.5/24", meanwhile: "ip route add default via 10.0.0.1 dev eth0"),
    .init(
      "an address that appears late", with: ["PHYSICAL_INTERFACE": "eth0"], waitsFor: "address",
      problem: "no-address", answer: "eth0 10.0.0.5/24\n", "card eth0",
      meanwhile: "ip address add 10.0.0.5/24 dev eth0"),
    .init(
      "a carrier that appears late", waitsFor: "the carrier of eth0", problem: "down",
      "card eth0 10.0.0.5/24 10.0.0.1\nip link set eth0-far down\noperational eth0 lowerlayerdown",
      meanwhile: "ip link set eth0-far up"),
    // The kernel's search for duplicates takes ten minutes, until it begins anew with another pause.
    .init(
      "an address that is tentative at first", with: ["PHYSICAL_INTERFACE": "eth0"], waitsFor: "address",
      problem: "no-address", answer: "eth0 2001:db8::5/64\n",
      """
      card eth0
      echo 1 >/proc/sys/net/ipv6/conf/eth0/accept_dad
      echo 1 >/proc/sys/net/ipv6/conf/eth0/keep_addr_on_down
      echo 600000 >/proc/sys/net/ipv6/neigh/eth0/retrans_time_ms
      ip address add 2001:db8::5/64 dev eth0
      """,
      meanwhile: """
        echo 10 >/proc/sys/net/ipv6/neigh/eth0/retrans_time_ms
        ip link set eth0 down
        ip link set eth0 up
        """),
  ]

  @Test(arguments: cases) func outlasts(_ late: Late) async throws {
    let answers = try await late.host.runInNamespace()
    let early = try answers.answer("early")
    #expect(early.code == 11, "\(early)")
    #expect(try early.json(DetectionDocument.self).error?.problem == late.problem, "\(early)")
    let outlasted = try answers.answer("late")
    #expect(outlasted.code == 0, "\(outlasted)")
    #expect(outlasted.output == late.answer)
    #expect(outlasted.errors.contains(late.waitsFor), "\(outlasted)")
    #expect(try answers.answer("json").code == 0)
    #expect(try answers.answer("brief").output == late.answer)
    #expect(answers.text("end") != nil, "\(answers.log)")
  }

  /// What never comes ends the wait, and the answer is the one without it.
  @Test func givesUp() async throws {
    let host = HostCase(
      "a card that never appears", ["PHYSICAL_INTERFACE": "eth7", "VROUTER_WAIT_FOR_LINK": "4s"],
      script: "card eth0 10.0.0.5/24 10.0.0.1\nask early detect\nask late detect --wait")
    let answers = try await host.runInNamespace()
    let early = try answers.answer("early")
    let late = try answers.answer("late")
    #expect(late.code == 11)
    #expect(late.output == early.output)
    #expect(late.errors.contains("waiting") && late.errors.hasSuffix(early.errors), "\(late)")
  }

  /// What time doesn't mend isn't waited for.
  @Test func doesNotWaitInVain() async throws {
    let host = HostCase(
      "two defaults of one metric", [:],
      script: """
        card eth0 10.0.0.5/24 10.0.0.1 100
        card eth1 10.1.0.5/24 10.1.0.1 100
        ask early detect
        ask late detect --wait
        """)
    let answers = try await host.runInNamespace()
    #expect(try answers.answer("late") == answers.answer("early"))
    #expect(try answers.answer("late").code == 11)
  }
}
