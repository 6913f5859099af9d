import Testing

/// A NIC that is pulled out, or renamed, while vhost0 has its addresses: the probe says so, and `cleanup` takes everything
/// back that can be. (`TakeoverCardChangeTests` has the cases, on a kernel in memory.)
@Suite(.withGuests)
struct CardChangeGuestTests {
  private static let run = Task {
    try await Guest(timeout: .seconds(400)).run(
      TakeoverCase.prelude + """
        for change in gone renamed; do
          mkdir /out/$change
          cd /out/$change
          lab-topology nic
          agent prepare prepare
          case $change in
            gone) ip link del eth0 ;;
            renamed) ip link set eth0 down; ip link set eth0 name lan0; ip link set lan0 up ;;
          esac
          probe
          agent cleanup cleanup
          agent again cleanup
          ls /run/vrouter-node-agent >left
          ip -br link >links
          ip -4 -br addr show dev lan0 >address 2>&1
          ip route get 10.99.0.5 >route 2>&1
          dangers
          lab-topology down
          ip link del lan0 2>/dev/null
        done
        true
        """)
  }

  private static func text(_ change: String, _ name: String) async throws -> String {
    let result = try await run.value
    return try #require(result.text("\(change)/\(name)"), "\(result.output)\(result.errors)")
  }

  @Test(arguments: [
    ("gone", "left: eth0 is not there any more, and got nothing back", "there is no interface eth0 any more"),
    (
      "renamed", "done: vhost0 gave its addresses and routes back to lan0",
      "eth0 is called lan0 now, and gets back what it had"
    ),
  ])
  func cleanupTakesBackWhatCanBe(_ change: String, says: String, warns: String) async throws {
    #expect(try await Self.text(change, "prepare.code") == "0\n")
    #expect(
      try await Self.text(change, "probe.out") == "not ready: interface: interface eth0 does not exist\n")
    #expect(try await Self.text(change, "cleanup.code") == "0\n")
    #expect(try await Self.text(change, "cleanup.out").contains(says))
    #expect(try await Self.text(change, "cleanup.err").contains(warns))
    // Nothing of it is left: no journal, no vhost0, and nothing to do for a second run.
    #expect(try await Self.text(change, "left") == "lock\n")
    #expect(!(try await Self.text(change, "links").contains("vhost0")))
    #expect(try await Self.text(change, "again.out") == "nothing was left of a preparation: nothing to do\n")
    #expect(try await Self.text(change, "dangers") == "")
  }

  @Test func aRenamedOneHasItsNetworkAgain() async throws {
    #expect(try await Self.text("renamed", "address").contains(" 10.10.0.10/24"))
    #expect(
      try await Self.text("renamed", "route").contains("10.99.0.5 via 10.10.0.1 dev lan0 src 10.10.0.10"))
  }
}
