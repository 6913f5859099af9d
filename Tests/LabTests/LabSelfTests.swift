import Foundation
import Testing

/// The lab itself: what it promises to the scenarios that are run in it.
@Suite(.withGuests)
struct LabSelfTests {
  @Test func aScriptsOutputExitCodeAndFilesComeBack() async throws {
    let big = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let result = try await Guest(programs: ["/usr/bin/dd"]).run(
      """
      echo to output; echo to errors >&2
      mkdir -p /out/some/folder && cp folder/big /out/some/folder/copy && : >/out/empty
      dd --version | head -n 1; uname -r; cat /etc/hostname; ls /sys/kernel/security/lockdown
      grep -c 'tmpfs /run' /proc/mounts
      exit 124
      """, files: ["folder/big": big])
    #expect(result.exitCode == 124)
    let lines = result.output.split(separator: "\n")
    #expect(lines.first == "to output")
    // Coreutils' dd, not busybox's, with the libraries that it needs.
    #expect(lines[1].contains("coreutils"))
    #expect(lines[2].hasSuffix("-cloud-amd64"))
    #expect(lines[3...].elementsEqual(["node1", "/sys/kernel/security/lockdown", "1"]))
    #expect(result.errors == "to errors\n")
    #expect(result.files["some/folder/copy"] == big)
    #expect(result.files["empty"] == [])
    #expect(result.kernelLog.contains("lab: scenario ends"))
  }

  @Test func aGuestThatTakesTooLongIsEnded() async throws {
    let error = await #expect(throws: LabError.self) {
      try await Guest(programs: [], timeout: .seconds(30)).run(
        "echo begun; echo half >/out/file; sync; sleep 600")
    }
    guard case .timeout(_, let result) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(result.output == "begun\n")
    #expect(result.text("file") == "half\n")
  }

  @Test func aPanicIsNotAResult() async throws {
    let error = await #expect(throws: LabError.self) {
      try await Guest(programs: []).run("echo c >/proc/sysrq-trigger; sleep 600")
    }
    guard case .panic(let result) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(result.kernelLog.contains("Kernel panic"))
  }

  @Test func aProgramThatIsNotBuiltIsNamed() async throws {
    let error = await #expect(throws: LabError.self) {
      try await Guest(programs: ["/nowhere/agent"]).run("true")
    }
    #expect("\(String(describing: error))".contains("no program at /nowhere/agent"))
  }

  @Test func eachNICHasItsOwnNetwork() async throws {
    let result = try await Guest(nics: [.peer, .peer, .lone], programs: []).run(
      """
      lab-net eth0 10.0.2.15/24 10.0.2.2
      lab-net eth1 10.0.3.15/24 10.0.3.2 100
      lab-net eth2 10.0.4.15/24
      for address in 10.0.2.2 10.0.3.2 10.0.4.2; do
        ping -c 1 -W 3 $address >/dev/null && echo "$address answers" || echo "$address is silent"
      done
      ip -4 route show default
      for nic in eth0 eth1 eth2; do cat /sys/class/net/$nic/address /sys/class/net/$nic/carrier; done
      """)
    #expect(
      result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } == [
        "10.0.2.2 answers", "10.0.3.2 answers", "10.0.4.2 is silent",
        "default via 10.0.2.2 dev eth0", "default via 10.0.3.2 dev eth1 metric 100",
        "52:54:00:0a:00:02", "1", "52:54:00:0a:00:03", "1", "52:54:00:0a:00:04", "1",
      ])
    let none = try await Guest(programs: []).run("ls /sys/class/net")
    #expect(none.output == "lo\n")
  }

  @Test func theKernelMakesTheLinksThatScenariosNeed() async throws {
    let result = try await Guest(nics: [.peer], programs: []).run(
      """
      ip link set eth0 up
      for link in "bond0 type bond mode 802.3ad" "dummy0 type dummy" "vrf0 type vrf table 10" "br0 type bridge" \\
          "veth0 type veth peer veth1" "team0 type team" "vx0 type vxlan id 5 dstport 4789" "wg0 type wireguard" \\
          "gre0a type gre local 10.0.2.15 remote 10.0.2.2" "gnv0 type geneve id 5 remote 10.0.2.2"; do
        ip link add $link || echo "no $link"
      done
      ip link add link eth0 name vlan5 type vlan id 5 || echo "no vlan"
      ip link add link eth0 name mac0 type macvlan mode bridge || echo "no macvlan"
      ip link add link dummy0 name ipv0 type ipvlan mode l2 || echo "no ipvlan"
      ip -d link show bond0 | grep -o 'mode 802.3ad'
      """)
    #expect(result.output == "mode 802.3ad\n")
    #expect(result.errors == "")
  }
}
