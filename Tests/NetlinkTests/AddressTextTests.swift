import FoundationEssentials
import Glibc
import Netlink
import Testing

@Suite("Address text")
struct AddressTextTests {
  @Test(
    "IPv4 is read strictly",
    arguments: [
      ("0.0.0.0", 0), ("10.0.0.1", 0x0a00_0001), ("255.255.255.255", 0xffff_ffff),
      ("192.168.10.200", 0xc0a8_0ac8),
    ] as [(String, UInt32)])
  func ipv4(text: String, value: UInt32) {
    #expect(IPv4Address(text)?.rawValue == value)
    #expect(IPv4Address(rawValue: value).description == text)
  }

  @Test(
    "What is no IPv4 address is refused",
    arguments: [
      "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.1.1.1", "1.1.1.256", "01.1.1.1",
      "1.1.1.00", "010.1.1.1", "0x1.1.1.1", " 1.1.1.1", "1.1.1.1 ", "1.1.1.1\n", "+1.1.1.1", "1.1.1.-1",
      "1.1.1.1/24", "1,1,1,1", "١.1.1.1", "99999999999999999999.1.1.1", "1.1.1.1\0", "::1",
    ])
  func notIPv4(text: String) {
    #expect(IPv4Address(text) == nil)
  }

  @Test(
    "IPv6 is read as RFC 4291 says and written as RFC 5952 says",
    arguments: [
      ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("0:0:0:0:0:0:0:0", "::"),
      ("2001:DB8::1", "2001:db8::1"),
      ("2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
      ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
      ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
      ("::ffff:1.2.3.4", "::ffff:1.2.3.4"), ("::ffff:102:304", "::ffff:1.2.3.4"), ("::1.2.3.4", "::102:304"),
      ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"),
      ("fe80::fc:ff:fe00:1", "fe80::fc:ff:fe00:1"), ("ff02::1", "ff02::1"),
    ])
  func ipv6(text: String, canonical: String) throws {
    let address = try #require(IPv6Address(text))
    #expect(address.description == canonical)
    #expect(IPv6Address(canonical) == address)
    #expect(IPAddress(text) == .v6(address))
  }

  @Test(
    "What is no IPv6 address is refused",
    arguments: [
      "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
      "1::2::3", "12345::", "g::", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "::1 ", " ::1", "fe80::1%eth0",
      "[::1]", "::1/64", "1.2.3.4", "::1.2.3", "::1.2.3.4.5", "::01.2.3.4", "::256.1.1.1",
      "1:2:3:4:5:6:7:1.2.3.4",
      "1.2.3.4::", "::1.2.3.4:5", "::\0", "1:::2",
    ])
  func notIPv6(text: String) {
    #expect(IPv6Address(text) == nil)
  }

  @Test("Random and mutated texts are judged as the C library judges them")
  func agreesWithLibc() {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    let alphabet = Array("0123456789abcdefF:.: /%".utf8)
    for _ in 0..<20_000 {
      var text = Array(IPv6Address(rawValue: random.sparse()).description.utf8)
      if Bool.random(using: &random) {
        text = Array(IPv4Address(rawValue: UInt32.random(in: .min ... .max, using: &random)).description.utf8)
      }
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let position = Int.random(in: 0..<text.count, using: &random)
        let character = alphabet.randomElement(using: &random) ?? 0
        switch Int.random(in: 0...2, using: &random) {
        case 0: text[position] = character
        case 1: text.insert(character, at: position)
        default: if text.count > 1 { text.remove(at: position) }
        }
      }
      let string = String(decoding: text, as: UTF8.self)
      var four = [UInt8](repeating: 0, count: 4)
      var sixteen = [UInt8](repeating: 0, count: 16)
      let is4 = inet_pton(AF_INET, string, &four) == 1
      let is6 = inet_pton(AF_INET6, string, &sixteen) == 1
      #expect(IPv4Address(string)?.bytes == (is4 ? four : nil), "\(string), seed \(seed)")
      #expect(IPv6Address(string)?.bytes == (is6 ? sixteen : nil), "\(string), seed \(seed)")
    }
  }

  @Test("Random addresses survive being written and read")
  func roundTrip() {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<5_000 {
      let address = IPv6Address(rawValue: random.sparse())
      #expect(IPv6Address(address.description) == address, "seed \(seed)")
    }
  }

  @Test(
    "MAC addresses",
    arguments: [
      ("52:54:00:12:34:56", "52:54:00:12:34:56"), ("FF:fe:00:00:00:0A", "ff:fe:00:00:00:0a"),
      ("00:00:00:00:00:00", "00:00:00:00:00:00"), ("", nil), ("52:54:00:12:34", nil),
      ("52:54:00:12:34:56:78", nil), ("52-54-00-12-34-56", nil), ("5254.0012.3456", nil),
      ("2:54:00:12:34:56", nil), ("52:54:00:12:34:5g", nil), ("52:54:00:12:34:56 ", nil),
      ("052:54:00:12:34:56", nil), (":52:54:00:12:34:56", nil), ("52:54:00:12:34:", nil),
    ] as [(String, String?)])
  func mac(text: String, canonical: String?) {
    #expect(MACAddress(text)?.description == canonical)
  }

  @Test("A MAC address knows its bits")
  func macBits() throws {
    let address = try #require(MACAddress("02:fc:00:00:00:01"))
    #expect(address.bytes == [2, 0xfc, 0, 0, 0, 1])
    #expect(MACAddress(bytes: address.bytes) == address)
    #expect(MACAddress(rawValue: address.rawValue) == address)
    #expect(address.isLocallyAdministered && !address.isMulticast && !address.isZero)
    #expect(MACAddress("01:00:5e:00:00:01")?.isMulticast == true)
    #expect(MACAddress("00:00:00:00:00:00")?.isZero == true)
    #expect(MACAddress(bytes: [1, 2, 3, 4, 5] as [UInt8]) == nil)
    #expect(MACAddress(rawValue: 1 << 48) == nil)
  }

  @Test("Addresses are coded as their text, and what is none is refused")
  func coding() throws {
    struct Everything: Codable, Equatable {
      var four: IPv4Address?
      var six: IPv6Address?
      var address: IPAddress?
      var prefix: IPPrefix?
      var mac: MACAddress?
    }
    let json =
      #"{"address":"::1","four":"10.0.0.1","mac":"52:54:00:12:34:56","prefix":"10.0.0.1/8","six":"fe80::1"}"#
    let value = try JSONDecoder().decode(Everything.self, from: Data(json.utf8))
    #expect(value.prefix == IPPrefix("10.0.0.1/8") && value.address == .v6(.loopback))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    #expect(String(decoding: try encoder.encode(value), as: UTF8.self) == json)
    for bad in [#"{"four":"10.0.0"}"#, #"{"prefix":"10.0.0.1"}"#, #"{"mac":"1"}"#] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(Everything.self, from: Data(bad.utf8))
      }
    }
  }
}
