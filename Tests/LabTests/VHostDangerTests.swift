import Testing

/// The stand-in counts what would have crashed or corrupted the kernel with the real module in it.
@Suite(.withGuests)
struct VHostDangerTests {
  /// An act, by how much the count goes up, and what the log says of it.
  struct Danger: Sendable {
    let act: String
    var count = 1
    let says: [String]
  }

  static let dangers = [
    Danger(
      act: "bare vr_pkt_droplog_buf_en=0; rmmod vrouter; bare", count: 0,
      says: ["there is no drop log, and an unload would crash", "would crash here: vr_pkt_drop_log_exit"]),
    Danger(
      act: "for twice in 1 2; do vrouter-messages <hpcfg_empty.hex >/dev/null; done",
      says: ["vrouter_mem is registered once more"]),
    Danger(act: "bare", count: 0, says: ["vrouter_mem with major", "stays behind, and opening it crashes"]),
    Danger(
      act: "vrouter-vif add-physical v0; vrouter-vif add-host vhost0 -",
      says: ["would crash here: 0 of 1 physical interfaces are in the list of cross connects"]),
    Danger(
      act: "vrouter-vif add-physical v1; vrouter-vif add-host vhost0 v0,nosuch",
      says: ["would crash here: 1 of 2 physical interfaces"]),
    Danger(
      act:
        "vrouter-vif add-physical v2; vrouter-vif add-physical v3; vrouter-vif add-host vhost0 v0,v1,v2,v3",
      says: ["would crash here: 4 physical interfaces, where the list of them has room for 3"]),
    Danger(
      act: """
        for number in 1 2 3; do vrouter-vif delete v$number; done
        vrouter-vif add-host vhostile v0
        """, says: ["vhostile is no vhost link"]),
    Danger(
      act: """
        ip link add vhost0 type vhost; vrouter-vif add-host vhost0 v0
        ip link delete vhost0; ip link add vhost0 type dummy; ip link delete vhost0
        """, says: ["vhost0 is no vhost link"]),
    // A new interface without a name is refused, and nothing worse.
    Danger(
      act: "ip link add vhost0 type vhost; vrouter-vif --nameless add-host vhost0 v0", count: 0, says: []),
    Danger(
      act: """
        index=$(vrouter-vif list | awk '$5 == "vhost0" { print $1 }')
        vrouter-vif --nameless --index $index add-host vhost0 v0
        """, says: ["would crash here: a change of vhost0, and the message has no name"]),
    Danger(
      act: "vrouter-vif --index 4355 add-physical v1; vrouter-vif --index -5 add-physical v1", count: 2,
      says: ["an interface's index 4355, where there are 4355", "an interface's index -5"]),
    Danger(
      act: "ip link set vhost0 address 02:00:00:00:00:01",
      says: ["the address of vhost0 is set after its creation"]),
    Danger(
      act: "echo 'send \(reset)' | vrouter-messages >/dev/null", says: ["a reset takes every interface away"]),
  ]

  /// `vrouter_ops` with operation 5.
  private static let reset =
    "2f000000200001000000000000000000" + "01000000" + "1b000100"
    + "0000000b76726f757465725f6f7073" + "08000100000005" + "00"

  @Test func eachIsCountedAndSaid() async throws {
    let script = Self.dangers.enumerated().map { number, danger in
      """
      dmesg -c >/dev/null
      { \(danger.act)
      } >/out/\(number).output 2>&1
      echo "$(cat $parameters/standin_danger_count)"
      dmesg >/out/\(number).log
      """
    }
    let result = try await Guest(programs: [], timeout: .seconds(300)).run(
      VHostTraffic.prelude + """
        bare
        for number in 0 1 2 3; do pair v$number w$number; done
        ip link add vhostile type dummy

        """ + script.joined(separator: "\n") + "\ncat /sys/module/vrouter/refcnt; rmmod vrouter",
      files: ["hpcfg_empty.hex": try StandInMessageTests.capture("hpcfg_empty")])
    #expect(result.errors == "")
    var count = 0
    var expected: [String] = []
    for danger in Self.dangers {
      // Those of an unload are in the log alone: the count begins anew.
      count = danger.act.hasSuffix("bare") ? 0 : count + danger.count
      expected.append("\(count)")
    }
    #expect(result.output.split(separator: "\n").map(String.init) == expected + ["0"])
    for (number, danger) in Self.dangers.enumerated() {
      let log = result.text("\(number).log") ?? ""
      for words in danger.says {
        #expect(
          log.split(separator: "\n").contains { $0.contains("stand-in: danger") && $0.contains(words) },
          "\(danger.act)")
      }
    }
  }

  /// Interfaces and links come and go while frames pass in both directions; nothing crashes, and all of it goes.
  @Test func changesUnderTraffic() async throws {
    let result = try await Guest(processors: 2, programs: [], timeout: .seconds(300)).run(
      VHostTraffic.twoNetworks + """
        joined
        peer ping -A 10.8.0.1 >/dev/null 2>&1 & pings=$!
        ping -A 10.9.0.2 >/dev/null 2>&1 & pings="$pings $!"
        peer httpd -p 10.8.0.2:80 -h /tmp/www
        (while :; do wget -q -O /dev/null http://10.8.0.2/file; done) 2>/dev/null & pings="$pings $!"
        for round in $(seq 1 4); do
          for change in 'vrouter-vif delete v0' 'vrouter-vif delete vhost0' 'ip link delete vhost0' \
            'rmmod vrouter' 'ip link delete v0'; do
            $change
            joined
          done
        done >/tmp/changes 2>&1
        kill $pings
        grep -v '^0$' /tmp/changes
        heard joined; rmmod vrouter; heard unloaded; ls /sys/class/net | grep -c 'vhost\\|pkt'
        """)
    #expect(result.output == "joined: v0 0 vhost0 3\nunloaded: v0 3 vhost0 gone\n0\n")
  }

  /// What the vRouter's tool and ip send to make vhost0, as captured: the second time it gets a wrong MAC.
  @Test func capturesOfLinks() async throws {
    var files: [String: [UInt8]] = [:]
    for name in ["create", "create_again", "iplink_add"] {
      files["\(name).hex"] = try StandInMessageTests.capture(name)
    }
    let result = try await Guest(programs: [], timeout: .seconds(300)).run(
      VHostTraffic.prelude + """
        code() { sed 's/^recv .\\{32\\}\\(.\\{8\\}\\).*/code \\1/'; }
        vrouter-messages route <create.hex | code
        bare
        for capture in create create_again iplink_add; do
          vrouter-messages route <$capture.hex | code
          cat /sys/class/net/vhost*/address $parameters/standin_danger_count
        done
        """, files: files)
    #expect(result.errors == "")
    #expect(
      result.output == """
        code a1ffffff
        52:54:00:12:34:56
        0
        01:00:52:54:00:12
        1
        code 00000000
        01:00:52:54:00:12
        52:54:00:12:34:56
        1

        """)
  }
}
