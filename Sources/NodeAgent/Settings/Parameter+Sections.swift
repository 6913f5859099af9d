/// Parameters of sections and files that not every node has.
extension Parameter {
  static let dataPath: [Parameter] = [
    Parameter(
      "AGENT_MODE", default: "kernel", .indirect,
      "The data path: kernel or dpdk; of a DPDK node the configuration is rendered, and nothing is prepared"),
    Parameter(
      "DPDK_UIO_DRIVER", default: "uio_pci_generic", .direct,
      "With AGENT_MODE=dpdk: the kernel's driver through which vrouter-dpdk reaches the card"),
  ]

  /// Of a DPDK node, for whatever starts vrouter-dpdk: this program names them where they are set, and doesn't act on them.
  static let unserved: [Parameter] = [
    Parameter(
      "DPDK_MEM_PER_SOCKET", .indirect,
      "For whatever starts vrouter-dpdk, not acted on: memory of each NUMA node"),
    Parameter(
      "DPDK_COMMAND_ADDITIONAL_ARGS", .indirect,
      "For whatever starts vrouter-dpdk, not acted on: its other arguments"),
    Parameter(
      "DPDK_CTRL_THREAD_MASK", .indirect,
      "For whatever starts vrouter-dpdk, not acted on: processors of its control threads"),
    Parameter(
      "CPU_CORE_MASK", .indirect, "For whatever starts vrouter-dpdk, not acted on: processors that forward"),
    Parameter(
      "SERVICE_CORE_MASK", .indirect,
      "For whatever starts vrouter-dpdk, not acted on: processors of its services"),
    Parameter(
      "NIC_OFFLOAD_ENABLE", .indirect,
      "For whatever starts vrouter-dpdk, not acted on: whether the card forwards flows"),
  ]

  static let serviceNodes: [Parameter] = [
    Parameter("TSN_AGENT_MODE", .direct, "Mode of a ToR services node's agent, such as tsn-no-forwarding"),
    Parameter(
      "TSN_NODES", default: "[]", .direct, "The ToR services nodes, separated by commas; [] for none"),
  ]

  static let queues: [Parameter] = [
    Parameter(
      "QOS_QUEUE_ID", .indirect,
      "Hardware queues of the physical interface, separated by commas: each has a section QUEUE-id"),
    Parameter(
      "QOS_LOGICAL_QUEUES", .direct,
      "Logical queues of each hardware queue, as in [1, 6-10];[12-15]; those of the last may be left out"),
    Parameter(
      "QOS_DEF_HW_QUEUE", default: "false", .indirect,
      "Whether the last hardware queue takes what is assigned to no other"),
    Parameter("PRIORITY_TAGGING", default: "true", .direct, "Whether frames carry a priority tag"),
    Parameter(
      "PRIORITY_ID", .indirect,
      "Priority groups of the physical interface, separated by commas: each has a section PG-id; none on a VLAN"
    ),
    Parameter("PRIORITY_SCHEDULING", .direct, "Scheduling of each priority group: strict or rr"),
    Parameter("PRIORITY_BANDWIDTH", .direct, "Bandwidth of each priority group in percent"),
  ]

  static let hugePages: [Parameter] = [
    Parameter(
      "HUGE_PAGES_1GB", default: "0", .indirect,
      "Huge pages of 1 GiB for the module's tables, which then lie in files of them"),
    Parameter(
      "HUGE_PAGES_2MB", default: "0", .indirect,
      "Huge pages of 2 MiB for the module's tables, without any of 1 GiB"),
    Parameter(
      "HUGE_PAGES_1GB_DIR", from: "the last hugetlbfs of that size, else HUGE_PAGES_DIR", .indirect,
      "Mount point of the 1 GiB pages"),
    Parameter(
      "HUGE_PAGES_2MB_DIR", from: "the last hugetlbfs of that size, else HUGE_PAGES_DIR", .indirect,
      "Mount point of the 2 MiB pages"),
    Parameter("HUGE_PAGES_DIR", default: "/dev/hugepages", .indirect, "Mount point of huge pages"),
  ]

  static let configurationAPI: [Parameter] = [
    Parameter(
      "AUTH_MODE", default: "noauth", .direct,
      "How the configuration API authenticates: noauth or keystone; always keystone with CLOUD_ORCHESTRATOR=openstack"
    ),
    Parameter("CONFIG_API_PORT", default: "8082", .direct, "Port of the configuration API"),
    Parameter("CONFIG_API_SSL_ENABLE", from: "SSL_ENABLE", .direct, "Whether the configuration API uses SSL"),
    Parameter(
      "CONFIG_API_SERVER_CA_CERTFILE", from: "SERVER_CA_CERTFILE", .direct,
      "CA certificate of the configuration API"),
  ]

  static let keystone: [Parameter] = [
    Parameter("KEYSTONE_AUTH_PROTO", default: "http", .direct, "Protocol of Keystone: http or https"),
    Parameter("KEYSTONE_AUTH_HOST", default: "127.0.0.1", .direct, "Host of Keystone"),
    Parameter("KEYSTONE_AUTH_ADMIN_PORT", default: "5000", .direct, "Port of Keystone"),
    Parameter(
      "KEYSTONE_AUTH_URL_VERSION", default: "/v3", .indirect, "Version of Keystone's API: /v3 or /v2.0"),
    Parameter("KEYSTONE_AUTH_REGION_NAME", default: "RegionOne", .direct, "Region in Keystone"),
    Parameter("KEYSTONE_AUTH_USER_DOMAIN_NAME", default: "Default", .direct, "User domain in Keystone"),
    Parameter("KEYSTONE_AUTH_PROJECT_DOMAIN_NAME", default: "Default", .direct, "Project domain in Keystone"),
    Parameter(
      "KEYSTONE_AUTH_INSECURE", from: "SSL_INSECURE", .direct, "Whether Keystone's certificate goes unchecked"
    ),
    Parameter("KEYSTONE_AUTH_CERTFILE", .direct, "Certificate for Keystone"),
    Parameter("KEYSTONE_AUTH_KEYFILE", .direct, "Private key for Keystone", secrecy: .path),
    Parameter("KEYSTONE_AUTH_CA_CERTFILE", .direct, "CA certificate for Keystone"),
    Parameter(
      "KEYSTONE_AUTH_ADMIN_PASSWORD", default: "contrail123", .indirect, "Default of BARBICAN_PASSWORD",
      secrecy: .secret),
  ]

  static let loadBalancer: [Parameter] = [
    Parameter("BARBICAN_TENANT_NAME", default: "service", .direct, "Tenant of Barbican"),
    Parameter("BARBICAN_USER", default: "barbican", .direct, "User of Barbican"),
    Parameter(
      "BARBICAN_PASSWORD", from: "KEYSTONE_AUTH_ADMIN_PASSWORD", .direct, "Password of Barbican",
      secrecy: .secret),
    Parameter(
      "K8S_TOKEN", from: "the content of K8S_TOKEN_FILE", .direct, "Token for the Kubernetes API",
      secrecy: .secret),
    Parameter(
      "K8S_TOKEN_FILE", default: "/var/run/secrets/kubernetes.io/serviceaccount/token", .indirect,
      "File with the token for the Kubernetes API, a path of this program's own", secrecy: .path),
    Parameter("KUBERNETES_API_PORT", default: "8080", .direct, "Insecure port of the Kubernetes API"),
  ]
}
