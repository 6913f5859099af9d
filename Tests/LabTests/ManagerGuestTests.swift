import Testing

/// The lab's root with network managers: each of them gives eth0 an address by DHCP, and vhost0, of the stand-in's kind, can have it.
@Suite(.withGuests) struct ManagerGuestTests {
  @Test(arguments: ["NetworkManager", "systemd-networkd", "ifupdown"]) func isAlive(_ manager: String)
    async throws
  {
    let result = try await Guest(root: .managers, programs: []).run(
      """
      . lab-managers
      modprobe vrouter
      lab_peer; lab_bus
      lab_start \(manager)
      lab_await 60 lab_address eth0 && lab_address eth0
      ip link add vhost0 address 52:54:00:0a:00:02 type vhost && ip link set vhost0 up
      lab_move eth0 vhost0
      lab_address eth0 || echo none
      lab_address vhost0
      """)
    #expect(result.output == "10.0.2.55/24\nnone\n10.0.2.55/24\n", "\(result.errors)")
  }
}
