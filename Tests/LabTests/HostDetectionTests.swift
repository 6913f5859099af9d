import Testing

/// `detect` on links that the development machines' kernel can make: each host in a network namespace of its own.
@Suite(.timeLimit(.minutes(5)))
struct HostDetectionTests {
  /// Two cards with an address each; the default route leaves by the first.
  static let two = """
    card eth0 10.0.0.5/24 10.0.0.1 100
    card eth1 10.1.0.5/24

    """

  static let viaEth0: HostDetectionCase.Expected = .chosen(
    "eth0", rule: "default-route", address: "10.0.0.5/24", gateways: ["10.0.0.1"])

  @Test(arguments: named + selected) func decidesByName(on host: HostDetectionCase) async throws {
    try host.check(try await host.host.runInNamespace())
  }

  @Test(arguments: byMap + byGateway + byControlNode + refused) func decidesByAddress(
    on host: HostDetectionCase
  ) async throws {
    try host.check(try await host.host.runInNamespace())
  }

  @Test(arguments: byDefaultRoute + byTable) func decidesByDefaultRoute(on host: HostDetectionCase)
    async throws
  {
    try host.check(try await host.host.runInNamespace())
  }

  @Test(arguments: inCompany + byNodeAddress) func looksClosely(on host: HostDetectionCase) async throws {
    try host.check(try await host.host.runInNamespace())
  }
}
