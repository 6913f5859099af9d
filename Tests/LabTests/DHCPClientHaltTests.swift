import Testing

/// A DHCP client that stands still while vhost0 has the address, in a guest.
@Suite(.withGuests) struct DHCPClientHaltTests {
  /// A client whose script is always under way, and puts the address back at its end: it stands still only when the script has
  /// ended, goes on at cleanup, and where it is gone by then it is told how it was started.
  @Test func aScriptUnderWayEndsFirst() async throws {
    let result = try await Guest(nics: [.peer], timeout: .seconds(120)).run(
      """
      set -u
      lab-net eth0 10.0.2.15/24 10.0.2.2
      cp "$(command -v dash)" /run/dhclient
      echo 'sleep 1; ip address replace 10.0.2.15/24 dev eth0' >/run/script
      echo 'while :; do dash /run/script; done' >/run/renew
      /run/dhclient -c '. /run/renew' eth0 &
      client=$!
      state() { cut -d ' ' -f 3 "/proc/$client/stat"; }
      address() { ip -4 -o address show dev eth0 | grep -c inet; }
      vrouter-node-agent prepare 2>/out/prepare.err >&2 || exit
      address
      state
      sleep 2
      address
      vrouter-node-agent cleanup 2>/out/cleanup.err >&2 || exit
      address
      state | tr T '!'
      vrouter-node-agent prepare 2>/dev/null >&2 || exit
      state
      kill -KILL "$client"
      wait "$client" 2>/dev/null
      vrouter-node-agent cleanup 2>/out/again.err >&2 || exit
      address
      """)
    #expect(result.output == "0\nT\n0\n1\nS\nT\n1\n", "\(result.errors)\(result.text("prepare.err") ?? "")")
    #expect(result.text("cleanup.err")?.contains("warning") == false)
    #expect(
      result.text("again.err")?.contains("it was started as '/run/dhclient -c . /run/renew eth0'") == true)
  }
}
