import Netlink
import Testing

@testable import NodeAgent

/// Which name the agent gets, and that a resolver that is away doesn't change it.
@Suite struct ObservedNamesTests {
  struct Names: HostNames {
    let ownName = "node1"
    var full: NameLookup
    var ofAddress: NameLookup

    func fullName(within limit: Duration) -> NameLookup { full }
    func name(of address: IPAddress, within limit: Duration) -> NameLookup { ofAddress }
  }

  static let away = NameLookup.unavailable("try later")

  @Test(
    arguments: [
      // of the address, full name, in the present file; name of the address, of the host, warned
      (.found("a.example"), .found("b.example"), nil, "a.example", "node1", false),
      (.found("a.example"), away, "old.example", "a.example", "node1", false),
      (.absent, .found("b.example"), nil, nil, "b.example", false),
      (.absent, .found("b.example"), "old.example", nil, "b.example", false),
      (.absent, .absent, "old.example", nil, "node1", false),
      (away, .found("b.example"), "old.example", "old.example", "b.example", true),
      (.absent, away, "old.example", "old.example", "node1", true),
      (away, away, "old.example", "old.example", "node1", true),
      (away, away, nil, nil, "node1", false),
    ] as [(NameLookup, NameLookup, String?, String?, String, Bool)])
  func decides(
    ofAddress: NameLookup, full: NameLookup, present: String?, expected: String?, host: String, warned: Bool
  ) {
    let names = ObservedNames(
      Names(full: full, ofAddress: ofAddress), address: IPAddress("10.0.0.5"), present: present,
      within: .seconds(1))
    #expect(names.ofAddress == expected)
    #expect(names.ofHost == host)
    #expect((names.warning != nil) == warned)
  }
}
