import Testing

/// `vrouter-probe` where there is nothing else: a container whose only file it is.
@Suite(.withGuests)
struct HostProbeTests {
  static let cases: [HostPreparationCase] = [
    .init(
      "nothing but the probe",
      """
      mkdir -p /tmp/jail
      cp "$(readlink -f "$(command -v vrouter-probe)")" /tmp/jail/vrouter-probe
      jail() {
        answer=$1
        shift
        code=0
        chroot /tmp/jail /vrouter-probe "$@" >"$OUT/$CASE.$answer.out" 2>"$OUT/$CASE.$answer.err" || code=$?
        echo "$code" >"$OUT/$CASE.$answer.code"
      }
      find /tmp/jail >"$OUT/$CASE.files"
      jail empty
      jail help --help
      jail short -h
      jail unknown --what
      jail surplus a b c
      jail relative --root here
      jail missing --root=/nowhere
      jail valueless --root

      fresh
      take eth0
      lab-net eth0 10.0.2.15/24 10.0.2.2
      "$AGENT" prepare >/dev/null
      jail unmounted
      for folder in run proc sys etc/contrail; do
        mkdir -p "/tmp/jail/$folder" "/tmp/jail/host/$folder"
        mount --bind "/$folder" "/tmp/jail/$folder"
        mount --bind "/$folder" "/tmp/jail/host/$folder"
      done
      jail ready
      jail rooted --root /host
      jail rooted-equals --root=/host
      mv /etc/contrail/contrail-vrouter-agent.conf /tmp/conf
      jail configuration
      cp -a /tmp/conf /etc/contrail/contrail-vrouter-agent.conf
      jail replaced
      "$AGENT" prepare >/dev/null
      jail renewed

      # As where vhost0 has taken over: what the file says of it is written down here.
      ip link add vhost0 type vhost
      ip address add 10.0.2.99/24 dev vhost0
      sed -i 's|^  "gateway"|  "vhost": "vhost0",\\n  "vhost_index": INDEX,\\n  "vhost_mac": "MAC",\\n&|' \
        /run/vrouter-node-agent/ready
      sed -i 's|^  "gateway"|  "vhost_addresses": "10.0.2.99/24",\\n&|' /run/vrouter-node-agent/ready
      sed -i "s|INDEX|$(cat /sys/class/net/vhost0/ifindex)|; s|MAC|$(cat /sys/class/net/vhost0/address)|" \
        /run/vrouter-node-agent/ready
      jail vhost
      jail vhost-rooted --root /host
      ip address delete 10.0.2.99/24 dev vhost0
      jail vhost-address
      ip link delete vhost0
      jail vhost-gone
      "$AGENT" prepare >/dev/null
      ip link set eth0 address 52:54:00:ff:00:09
      jail interface
      rmmod vrouter
      jail module
      rm /run/vrouter-node-agent/ready
      jail file
      """
    ) { said throws in
      #expect(said.text("files") == "/tmp/jail\n/tmp/jail/vrouter-probe\n")
      for name in ["help", "short"] {
        let help = try said.answer(name)
        #expect(help.code == 0)
        #expect(help.output.hasPrefix("usage: vrouter-probe [--root DIR]\n"))
      }
      for name in ["unknown", "surplus", "relative", "missing", "valueless"] {
        #expect(try said.answer(name).code == 2, "\(name)")
      }
      for name in ["ready", "rooted", "rooted-equals", "renewed"] {
        let answer = try said.answer(name)
        #expect(answer.code == 0, "\(name): \(answer)")
        #expect(answer.output.hasPrefix("ready: eth0 (52:54:00:0a:00:02), module vrouter 1.0-standin, "))
        #expect(answer.output.split(separator: "\n").count == 1)
      }
      for name in ["vhost", "vhost-rooted"] {
        let answer = try said.answer(name)
        #expect(answer.code == 0, "\(name): \(answer)")
        #expect(answer.output.contains(" vhost0 with 10.0.2.99/24, module vrouter"))
      }
      for (name, fact) in [
        ("empty", "file: there is no /run/vrouter-node-agent/ready"), ("unmounted", "file: "),
        ("vhost-address", "vhost: interface vhost0 lacks 10.0.2.99/24; its addresses are: none"),
        ("vhost-gone", "vhost: interface vhost0 does not exist"),
        ("configuration", "configuration: "), ("replaced", "configuration: "), ("interface", "interface: "),
        ("module", "module: "), ("file", "file: "),
      ] {
        let answer = try said.answer(name)
        #expect(answer.code == 1, "\(name): \(answer)")
        #expect(answer.output.hasPrefix("not ready: " + fact), "\(name): \(answer)")
        #expect(answer.output.split(separator: "\n").count == 1)
        #expect(answer.errors == "")
      }
    }
  ]

  private static let run = HostGuestRun(cases.map(\.host), in: Guest(nics: [.peer], timeout: .seconds(300)))

  @Test(arguments: cases) func answers(_ host: HostPreparationCase) async throws {
    try host.check(try await Self.run.answers(host.host))
  }
}
