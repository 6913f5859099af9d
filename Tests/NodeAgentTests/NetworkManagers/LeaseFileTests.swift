import Testing

@testable import NodeAgent

/// dhclient's files: leases and configuration.
@Suite struct LeaseFileTests {
  /// As dhclient 4.4.3 of Debian 12 wrote them, with an interface and strings added that are hard to read.
  static let text = #"""
    # The format of this file is documented in the dhclient.leases(5) manual page.
    default-duid "\000\001\000\001+X!\"{\\R\000";
    lease {
      interface "eth0";
      fixed-address 10.0.2.54;
      option subnet-mask 255.255.255.0;
      expire 0 2026/11/29 11:00:00;
    }
    lease {
      interface "eth1";
      fixed-address 10.0.3.55;
      expire never;
    }
    lease {
      interface "eth0";
      fixed-address 10.0.2.55;
      option subnet-mask 255.255.255.0;
      option routers 10.0.2.2;
      option domain-name "a;b}\"c";
      renew 0 2026/11/29 11:01:00;
      expire 0 2026/11/29 11:02:05;
    }
    lease6 {
      interface "eth0";
      ia-na 00:00:00:01 { starts 1; }
    }
    lease {
      interface "eth0";
      fixed-address 10.0.2.99;
    """#

  @Test func theLastWholeLeaseOfTheInterfaceHolds() {
    let file = LeaseFile(Self.text)
    #expect(file.leases.count == 3)
    #expect(file.last(of: "eth0")?.address == "10.0.2.55")
    #expect(file.last(of: "eth0")?.expires == 1_795_950_125)
    #expect(file.last(of: "eth1")?.expires == nil)
    #expect(file.last(of: "vhost0") == nil)
  }

  @Test func aSeedIsThatLeaseForAnotherInterface() {
    let seed = LeaseFile(Self.text).seed(from: "eth0", for: "vhost0")
    #expect(
      seed == #"""
        default-duid "\000\001\000\001+X!\"{\\R\000";
        lease {
          interface "vhost0";
          fixed-address 10.0.2.55;
          option subnet-mask 255.255.255.0;
          option routers 10.0.2.2;
          option domain-name "a;b}\"c";
          renew 0 2026/11/29 11:01:00;
          expire 0 2026/11/29 11:02:05;
        }

        """#)
    #expect(LeaseFile(seed ?? "").last(of: "vhost0")?.expires == 1_795_950_125)
    #expect(LeaseFile(Self.text).seed(from: "eth2", for: "vhost0") == nil)
  }

  @Test(
    arguments: [
      ("0 1970/1/1 00:00:00", 0), ("4 2024/02/29 23:59:59", 1_709_251_199),
      ("5 2024/03/01 00:00:00", 1_709_251_200),
      ("0 2100/03/01 00:00:00", 4_107_542_400), ("epoch 1795950125", 1_795_950_125), ("never", nil),
      ("0 2026/13/01 00:00:00", nil), ("0 2026/11/29", nil), ("0 2026/11/29 1:2:3:4", nil), ("", nil),
    ] as [(String, Int64?)]) func timesAreRead(_ text: String, _ seconds: Int64?)
  {
    let lease = "lease { interface \"eth0\"; fixed-address 10.0.2.55; expire \(text); }"
    #expect(LeaseFile(lease).last(of: "eth0")?.expires == seconds)
  }

  @Test(arguments: ["", "lease {", "}", "lease { interface \"eth0", ";;;{{{", "\"\\"]) func junkIsNoLease(
    _ text: String
  ) {
    #expect(LeaseFile(text).leases.isEmpty)
    #expect(LeaseFile(text).seed(from: "eth0", for: "vhost0") == nil)
  }

  @Test(arguments: [
    ("/usr/sbin/dhclient", "/usr/sbin/dhclient"), ("a b", "\"a b\""), ("50%$x", "50%%$$x"),
    ("say \"a\\b\"", "\"say \\\"a\\\\b\\\"\""), ("", "\"\""), (";", "\";\""),
  ]) func wordsStandInAUnit(_ word: String, _ text: String) {
    #expect(DHCPFollow.quoted(word) == text)
  }
}
