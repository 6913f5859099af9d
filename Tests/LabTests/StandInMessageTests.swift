import Foundation
import Testing

/// The stand-in's answers against those of the real module, message by message (`Tests/VRouterTests/Golden/README.md`).
@Suite(.withGuests)
struct StandInMessageTests {
  /// In an order in which the module is each time in the state in which it was when they were taken.
  static let captures = [
    "info", "list0", "add_bad", "add_eth0", "add_vhost0", "get", "list1", "del_nosuch", "del_vhost0",
    "del_eth0", "handmade", "hpcfg_empty", "tables_get",
  ]

  static func capture(_ name: String) throws -> [UInt8] {
    let folder = Guest.labFolder.deletingLastPathComponent().appending(path: "VRouterTests/Golden")
    return Array(try Data(contentsOf: folder.appending(path: "\(name).hex")))
  }

  @Test func answersEqualTheCaptures() async throws {
    var files: [String: [UInt8]] = [:]
    for name in Self.captures { files["\(name).hex"] = try Self.capture(name) }
    // With a second card the links have the numbers that they had there.
    let result = try await Guest(nics: [.lone, .lone], programs: []).run(
      """
      modprobe vrouter && ip link add vhost0 address 52:54:00:12:34:56 type vhost
      for capture in \(Self.captures.joined(separator: " ")); do
        vrouter-messages <$capture.hex >/out/$capture || echo "$capture failed"
      done
      grep -c vrouter_mem /proc/devices
      rmmod vrouter && ! grep vrouter_mem /proc/devices
      """, files: files)
    #expect(result.errors == "")
    #expect(result.output == "1\n")
    for name in Self.captures {
      let expected = Self.answers(String(decoding: try Self.capture(name), as: UTF8.self))
      #expect(!expected.isEmpty)
      #expect(Self.answers(result.text(name) ?? "") == expected, "\(name)")
    }
    for words in [
      "No information for sandesh nosuch_req", "vr_interface_req read FAILED", "Incorrect mac size",
      "tables are in memory", "Huge page req_recv_cntr:1 resp_cntr:1 resp: -2 ret: 0",
    ] {
      #expect(result.kernelLog.contains(words), "\(words)")
    }
  }

  /// The lines `recv`, without what differs from host to host.
  private static func answers(_ capture: String) -> [String] {
    capture.split(separator: "\n").filter { $0.hasPrefix("recv ") }.map {
      comparable(String($0.dropFirst(5)))
    }
  }

  private static func comparable(_ message: String) -> String {
    // The sender's port.
    var hex = String(message.prefix(24) + "PPPPPPPP" + message.dropFirst(32))
    // The family's number and its group's.
    hex.replace(/06000100[0-9a-f]{4}0000/, with: "FAMILY")
    hex.replace(/0800020009000000/, with: "GROUP")
    // Counters of traffic (fields 11 to 16 of an interface), the card's speed and duplex (44, 45).
    hex.replace(/(0a00(?:0b|0c|0d|0e|0f|10))[0-9a-f]{16}/) { "\($0.output.1)COUNTER" }
    hex.replace(/(08002[cd])[0-9a-f]{8}/) { "\($0.output.1)SPEED" }
    // What the build says of itself, in JSON, and the lengths that it is part of.
    let whole = hex
    hex.replace(/0b000c[0-9a-f]{8}7b22(?:[0-9a-f]{2})*?7d5d7d/, with: "BUILD")
    guard hex != whole else { return hex }
    hex = "LENGTH" + hex.dropFirst(8)
    hex.replace(/01000000[0-9a-f]{4}01000000000b76725f/, with: "01000000LENGTH01000000000b76725f")
    // Padding.
    while hex.hasSuffix("00") { hex.removeLast(2) }
    return hex
  }

  /// Huge pages that are given are pinned and used, and given back at unload; what can't be used is said.
  @Test func hugePagesAreUsed() async throws {
    let result = try await Guest(programs: []).run(
      """
      mkdir /tmp/huge; echo 96 >/proc/sys/vm/nr_hugepages; mount -t hugetlbfs none /tmp/huge
      free() { sed -n 's/HugePages_Free: *//p' /proc/meminfo; }
      # outcome BRIDGE_FILE FLOW_FILE: code and vhp_resp of a message with huge pages for the default tables
      outcome() {
        vrouter-huge-pages $1 20185088 $2 161218560 >/tmp/answer
        sed 's/.*08000100000004080002\\(........\\).*140004\\(........\\).*/\\1 \\2/' /tmp/answer
      }
      # paths: where the tables are
      paths() {
        vrouter-messages <tables_get.hex | tail -n 2 | sed 's/.*0b0005........//; s/0900060000.*//; s/00*$//'
      }
      modprobe vrouter
      before=$(lab-blocks 10)
      outcome /tmp/huge/bridge /tmp/huge/flow
      [ $((before - $(lab-blocks 10))) -le 8 ] || echo "page blocks were taken"
      paths; free
      outcome /tmp/huge/bridge /tmp/huge/flow
      rmmod vrouter && free; rm /tmp/huge/*; free
      # Only the bridge table's file, only the flow table's file, none.
      for options in '/tmp/huge/bridge -' '- /tmp/huge/flow' '- -'; do
        modprobe vrouter; outcome $options; rmmod vrouter; rm -f /tmp/huge/*; free
      done
      """, files: ["tables_get.hex": try Self.capture("tables_get")])
    #expect(result.errors == "")
    let (flow, bridge) = ("2f746d702f687567652f666c6f77", "2f746d702f687567652f627269646765")
    #expect(
      result.output == """
        00000000 00000000
        \(flow)
        \(bridge)
        9
        ffffffef fffffffc
        9
        96
        00000000 fffffffb
        96
        00000000 fffffffb
        96
        00000000 fffffffd
        96

        """)
  }

  /// What each message asks of a module in another state, and what it answers.
  @Test func eachStateHasItsAnswer() async throws {
    let configuration = try Self.capture("hpcfg_empty")
    let result = try await Guest(memory: 256, programs: []).run(
      """
      # outcome OPTIONS: loads it so, sends the vRouter agent's first message, and tells code, vhp_resp, devices
      outcome() {
        modprobe vrouter $*
        vrouter-messages <hpcfg_empty.hex | tail -n 1 >/tmp/answer
        code=$(sed 's/.*08000100000004080002\\(........\\).*/\\1/' /tmp/answer)
        outcome=$(sed -n 's/.*140004\\(........\\).*/\\1/p' /tmp/answer)
        echo "$code $outcome $(grep -c vrouter_mem /proc/devices) $(cat /sys/module/vrouter/initstate)"
      }
      small='vr_flow_entries=4096 vr_bridge_entries=4096'
      outcome $small
      cat /sys/module/vrouter/parameters/vr_oflow_entries
      vrouter-messages <hpcfg_empty.hex >/dev/null
      grep -c vrouter_mem /proc/devices; cat /sys/module/vrouter/parameters/standin_danger_count
      rmmod vrouter; dmesg | grep -c 'vrouter_mem with major .* stays behind'
      outcome $small vr_vrfs=65537; rmmod vrouter
      outcome vr_flow_entries=0; rmmod vrouter
      outcome vr_flow_entries=16777216; rmmod vrouter
      outcome vr_bridge_entries=67108864; rmmod vrouter
      # More than there is: all of it is given back, and smaller tables fit afterwards.
      lab-blocks 10 >/tmp/before
      outcome vr_nexthops=65536; rmmod vrouter
      lab-blocks 10 >/tmp/after
      [ $(cat /tmp/after) -ge $(($(cat /tmp/before) - 1)) ] || echo "kept: $(cat /tmp/before /tmp/after)"
      outcome $small standin_not_ready=1; rmmod vrouter
      """, files: ["hpcfg_empty.hex": configuration])
    #expect(result.errors == "")
    #expect(
      result.output == """
        00000000 fffffffe 1 live
        1024
        2
        1
        1
        ffffffea ffffffff 0 live
        fffffff4 ffffffff 0 live
        fffffff4 ffffffff 0 live
        fffffff4 ffffffff 0 live
        fffffff4 ffffffff 0 live
        ffffff9a  0 live

        """)
  }
}
