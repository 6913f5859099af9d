import Testing

/// `detect` on links that take a kernel with modules: bonds, VLANs, VRFs, teams, a vhost0. The cards are the guest's own.
@Suite(.withGuests)
struct HostDetectionGuestTests {
  private static let links = HostGuestRun(
    (bonds + stacked).map(\.host), in: Guest(nics: [.peer, .peer], timeout: .seconds(500)))

  private static let hosts = HostGuestRun(
    (vhosts + cards).map(\.host) + renames.map(\.host),
    in: Guest(nics: [.peer, .peer], timeout: .seconds(500)))

  @Test(arguments: bonds + stacked) func decidesOnLinks(on host: HostDetectionCase) async throws {
    try host.check(try await Self.links.answers(host.host))
  }

  @Test(arguments: vhosts + cards) func decidesOnCards(on host: HostDetectionCase) async throws {
    try host.check(try await Self.hosts.answers(host.host))
  }

  @Test(arguments: renames) func recognizes(_ host: HostDetectionCase) async throws {
    let answers = try await Self.hosts.answers(host.host)
    #expect(try answers.answer("prepare").code == 0, "\(answers.log)")
    try host.check(answers)
  }
}
