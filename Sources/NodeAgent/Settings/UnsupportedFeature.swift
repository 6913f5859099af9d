/// Something that parameters ask for and this version doesn't do. It says so instead of leaving it out silently.
struct UnsupportedFeature: Sendable {
  /// What the operator will miss.
  let message: String
  let parameters: [Parameter]
  /// Values with which a parameter asks for nothing.
  let inert: Set<String>

  init(_ message: String, inert: Set<String> = [], _ parameters: [(name: String, meaning: String)]) {
    self.message = message
    self.inert = inert
    self.parameters = parameters.map { Parameter($0.name, .indirect, support: .warned, $0.meaning) }
  }
}

extension Parameter {
  static let unsupported = UnsupportedFeature.all.flatMap(\.parameters)
}

extension UnsupportedFeature {
  static let all: [UnsupportedFeature] = [
    UnsupportedFeature(
      "this version writes no [QOS] and [QUEUE-*] sections",
      [
        ("QOS_QUEUE_ID", "Hardware queues, separated by commas"),
        ("QOS_LOGICAL_QUEUES", "Logical queues of each hardware queue, separated by ';'"),
        ("QOS_DEF_HW_QUEUE", "Whether the last queue is the default"),
        ("PRIORITY_TAGGING", "Whether frames carry a priority tag"),
      ]),
    UnsupportedFeature(
      "this version writes no [QOS-NIANTIC] and [PG-*] sections",
      [
        ("PRIORITY_ID", "Priority groups, separated by commas"),
        ("PRIORITY_SCHEDULING", "Scheduling of each priority group"),
        ("PRIORITY_BANDWIDTH", "Bandwidth of each priority group"),
      ]),
    UnsupportedFeature(
      "this version reserves no huge pages and writes no [RESTART] section", inert: ["0"],
      [
        ("HUGE_PAGES_1GB", "Huge pages of 1 GiB for the module's tables"),
        ("HUGE_PAGES_2MB", "Huge pages of 2 MiB for the module's tables"),
        ("HUGE_PAGES_1GB_DIR", "Mount point of the 1 GiB pages"),
        ("HUGE_PAGES_2MB_DIR", "Mount point of the 2 MiB pages"),
        ("HUGE_PAGES_DIR", "Mount point of huge pages"),
      ]),
    UnsupportedFeature(
      "this version creates no virtual functions", inert: ["0"],
      [
        ("SRIOV_PHYSICAL_INTERFACE", "Interfaces to create virtual functions on, separated by commas"),
        ("SRIOV_VF", "Number of virtual functions of each, separated by commas"),
      ]),
    UnsupportedFeature(
      "this version prepares no TSN node: agent_mode and tsn_servers are not written", inert: ["[]"],
      [
        ("TSN_AGENT_MODE", "Mode of a TSN agent"),
        ("TSN_NODES", "The TSN nodes, separated by commas"),
      ]),
    UnsupportedFeature(
      "this version doesn't write /etc/contrail/vnc_api_lib.ini",
      [
        ("AUTH_MODE", "How the configuration API authenticates"),
        ("CONFIG_API_PORT", "Port of the configuration API"),
        ("CONFIG_API_SSL_ENABLE", "Whether the configuration API uses SSL"),
        ("CONFIG_API_SERVER_CA_CERTFILE", "CA certificate of the configuration API"),
      ]),
    UnsupportedFeature(
      "this version writes neither /etc/contrail/vnc_api_lib.ini nor contrail-lbaas-auth.conf",
      [
        ("KEYSTONE_AUTH_PROTO", "Protocol of Keystone"),
        ("KEYSTONE_AUTH_HOST", "Host of Keystone"),
        ("KEYSTONE_AUTH_ADMIN_PORT", "Port of Keystone"),
        ("KEYSTONE_AUTH_ADMIN_PASSWORD", "Password of Keystone"),
        ("KEYSTONE_AUTH_URL_VERSION", "Version of Keystone's API"),
        ("KEYSTONE_AUTH_REGION_NAME", "Region in Keystone"),
        ("KEYSTONE_AUTH_USER_DOMAIN_NAME", "User domain in Keystone"),
        ("KEYSTONE_AUTH_PROJECT_DOMAIN_NAME", "Project domain in Keystone"),
        ("KEYSTONE_AUTH_INSECURE", "Whether Keystone's certificate goes unchecked"),
        ("KEYSTONE_AUTH_CERTFILE", "Certificate for Keystone"),
        ("KEYSTONE_AUTH_KEYFILE", "Private key for Keystone"),
        ("KEYSTONE_AUTH_CA_CERTFILE", "CA certificate for Keystone"),
      ]),
    UnsupportedFeature(
      "this version doesn't write /etc/contrail/contrail-lbaas-auth.conf",
      [
        ("BARBICAN_TENANT_NAME", "Tenant of Barbican"),
        ("BARBICAN_USER", "User of Barbican"),
        ("BARBICAN_PASSWORD", "Password of Barbican"),
        ("K8S_TOKEN", "Token for the Kubernetes API"),
        ("K8S_TOKEN_FILE", "File with the token for the Kubernetes API"),
        ("KUBERNETES_API_PORT", "Port of the Kubernetes API"),
      ]),
  ]
}
