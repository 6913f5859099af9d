import Testing

/// A card that lets through only the multicast frames that somebody asked for, as hardware does and QEMU's virtio-net: when
/// the node's IPv6 addresses have gone to vhost0, neighbours that don't know it yet still find it.
@Suite(.withGuests)
struct FilteringCardTests {
  @Test func neighboursFindVhost0() async throws {
    let result = try await Guest(nics: [.wire, .wire], timeout: .seconds(300)).run(
      """
      lab-topology virtio-ipv6
      # found NAME: whether a neighbour that has to ask finds the node
      found() {
        ip -n gw0 -6 neigh flush dev port0
        ip netns exec gw0 ping -q -c 2 -i 0.2 -W 2 fd10::10 >/out/$1.log && echo yes >/out/$1 || echo no >/out/$1
      }
      found before
      vrouter-node-agent prepare --env-file /run/lab/common.env >/out/prepare 2>&1; echo $? >/out/code
      found after
      ip link set eth0 allmulticast off
      found deaf
      ip link set eth0 allmulticast on
      vrouter-node-agent cleanup --env-file /run/lab/common.env >>/out/prepare 2>&1
      found restored
      ip -d link show eth0 >/out/link
      """)
    func answer(_ name: String) -> String? {
      result.text(name)?.split(separator: "\n").first.map(String.init)
    }
    #expect(answer("code") == "0", "\(result.text("prepare") ?? "")")
    #expect(answer("before") == "yes" && answer("after") == "yes", "\(result.text("after.log") ?? "")")
    // The card filters, or this would show nothing.
    #expect(answer("deaf") == "no")
    #expect(answer("restored") == "yes")
    #expect(result.text("link")?.contains("ALLMULTI") == false)
  }
}
