import Netlink
import Testing

@Suite("Prefixes")
struct IPPrefixTests {
  @Test(
    "Text",
    arguments: [
      ("10.1.2.3/24", "10.1.2.0/24"), ("0.0.0.0/0", "0.0.0.0/0"), ("255.255.255.255/0", "0.0.0.0/0"),
      ("10.1.2.3/32", "10.1.2.3/32"), ("10.255.255.255/9", "10.128.0.0/9"),
      ("2001:db8::1/64", "2001:db8::/64"),
      ("ffff::/1", "8000::/1"), ("::1/128", "::1/128"), ("fe80::1/0", "::/0"),
    ])
  func text(text: String, network: String) throws {
    let prefix = try #require(IPPrefix(text))
    #expect(prefix.description == text)
    #expect(prefix.network.description == network)
  }

  @Test(
    "What is no prefix is refused",
    arguments: [
      "", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08",
      "10.0.0.0/8/8", "10.0.0.0/ 8", "10.0.0.0 /8", "10.0.0/8", "::/129", "::/", "/64", "10.0.0.0/255.0.0.0",
      "10.0.0.0/8 ", "::1%lo/64",
    ])
  func notPrefix(text: String) {
    #expect(IPPrefix(text) == nil)
  }

  @Test(
    "Holding addresses",
    arguments: [
      ("10.1.2.3/24", "10.1.2.255", true), ("10.1.2.3/24", "10.1.3.0", false), ("0.0.0.0/0", "8.8.8.8", true),
      ("10.1.2.3/32", "10.1.2.3", true), ("10.1.2.3/32", "10.1.2.2", false), ("0.0.0.0/0", "::1", false),
      ("::/0", "1.2.3.4", false), ("2001:db8::/32", "2001:db8:ffff::1", true),
      ("2001:db8::/32", "2001:db9::", false), ("::/0", "ffff::", true), ("::ffff:0:0/96", "1.2.3.4", false),
    ])
  func contains(prefix: String, address: String, expected: Bool) throws {
    let prefix = try #require(IPPrefix(prefix))
    let address = try #require(IPAddress(address))
    #expect(prefix.contains(address) == expected)
    #expect(prefix.contains(IPPrefix.host(address)) == expected)
  }

  @Test("Holding prefixes")
  func containsPrefix() throws {
    let wide = try #require(IPPrefix("10.0.0.0/8"))
    let narrow = try #require(IPPrefix("10.2.0.0/16"))
    #expect(wide.contains(narrow) && wide.contains(wide))
    #expect(!narrow.contains(wide))
  }

  @Test("Lengths that don't fit are refused")
  func lengths() {
    #expect(IPPrefix(.v4(.any), length: 33) == nil)
    #expect(IPPrefix(.v4(.any), length: -1) == nil)
    #expect(IPPrefix(.v6(.any), length: 128)?.isHost == true)
    #expect(IPPrefix.all(.ipv4).isDefault && IPPrefix.all(.ipv6).description == "::/0")
  }

  @Test("Sorting: IPv4 first, then by number, then by length")
  func order() throws {
    let sorted = ["9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16", "10.0.0.1/8", "::/0", "::1/128", "2001:db8::/32"]
    let prefixes = try sorted.map { try #require(IPPrefix($0)) }
    #expect(prefixes.reversed().sorted() == prefixes)
  }

  @Test("Kinds of addresses")
  func kinds() throws {
    func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
    #expect(try address("127.9.9.9").isLoopback && address("::1").isLoopback)
    #expect(try address("169.254.1.1").isLinkLocal && address("febf::1").isLinkLocal)
    #expect(try !address("169.253.1.1").isLinkLocal && !address("fec0::1").isLinkLocal)
    #expect(try address("239.1.1.1").isMulticast && address("ff02::1").isMulticast)
    #expect(try !address("223.255.255.255").isMulticast && !address("fe80::1").isMulticast)
    #expect(try address("0.0.0.0").isUnspecified && address("::").isUnspecified)
    #expect(try address("::ffff:10.0.0.1").ipv6?.mappedIPv4 == IPv4Address(10, 0, 0, 1))
    #expect(try address("::10.0.0.1").ipv6?.mappedIPv4 == nil)
    #expect(try address("1.2.3.4").bytes == [1, 2, 3, 4])
  }
}
