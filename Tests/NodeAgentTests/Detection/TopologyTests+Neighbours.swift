import Netlink

@testable import NodeAgent

extension TopologyTests {
  /// What containers and virtual machines bring.
  static let beside: [DetectionCase] = [
    .init("docker0, cni0, virbr0, Calico's and flannel's interfaces", eth0) {
      for (name, kind, address) in [
        ("docker0", "bridge", "172.17.0.1/16"), ("cni0", "bridge", "10.244.1.1/24"),
        ("virbr0", "bridge", "192.168.122.1/24"), ("cali1234", "veth", "10.244.7.1/32"),
        ("vxlan.calico", "vxlan", "10.244.7.0/32"), ("tunl0", "ipip", "10.244.8.0/32"),
        ("flannel.1", "vxlan", "10.244.9.0/32"), ("kube-ipvs0", "dummy", "10.96.0.1/32"),
        ("nodelocaldns", "dummy", "169.254.20.10/32"),
      ] {
        $0.link(name, kind: kind, mac: "52:54:00:00:01:01")
        $0.address(name, address)
      }
      $0.link("eth0")
      $0.address("eth0", "10.0.0.5/24")
      $0.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", metric: 100)
    },
    .init(
      "a service's address of kube-proxy is no node's", .init(controlNodes: ["10.96.0.7"]),
      .fails(.ineligible, naming: ["kube-ipvs0", "dummy"])
    ) {
      plain(&$0)
      $0.link("kube-ipvs0", kind: "dummy", mac: "52:54:00:00:01:01")
      $0.address("kube-ipvs0", "10.96.0.7/32")
      $0.way(to: "10.96.0.7", by: "lo", type: .local)
    },
    .init("ten thousand veths", eth0) { host in
      plain(&host)
      for number in 0..<10_000 { host.link("veth\(number)", kind: "veth", mac: "52:54:00:00:02:01") }
    },
  ]
}
