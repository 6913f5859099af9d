/// What becomes of an address that came by DHCP, once vhost0 has it (`VROUTER_DHCP`).
enum DHCPPolicy: String, Sendable, CaseIterable {
  /// It stays as it is, and nobody renews it.
  case fixed = "static"
  /// The manager renews it on vhost0.
  case follow
}
