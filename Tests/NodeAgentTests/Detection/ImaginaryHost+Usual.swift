import Netlink

@testable import NodeAgent

func plain(_ host: inout ImaginaryHost) {
  host = .plain()
}

/// Two cards, each with a default route.
func two(_ host: inout ImaginaryHost, metrics: (UInt32, UInt32) = (100, 200)) {
  host.link("eth0", mac: "52:54:00:00:00:01")
  host.link("eth1", mac: "52:54:00:00:00:02")
  host.address("eth0", "10.0.0.5/24")
  host.address("eth1", "10.1.0.5/24")
  host.route("0.0.0.0/0", by: "eth0", via: "10.0.0.1", metric: metrics.0)
  host.route("0.0.0.0/0", by: "eth1", via: "10.1.0.1", metric: metrics.1)
}

func addresses(_ map: [String: String]) -> [String: IPAddress] {
  map.compactMapValues { IPAddress($0) }
}

func gateways(_ list: String...) -> [IPAddress] {
  list.compactMap { IPAddress($0) }
}
