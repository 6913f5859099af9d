extension Parameter {
  /// Every parameter that this version acts on or warns about; `VROUTER_AGENT__SECTION__key` comes on top.
  static let all: [Parameter] =
    host + dataPath + unserved + serviceNodes + verification + nodes + servers + agent + certificates + queues
    + hugePages
    + configurationAPI + keystone + loadBalancer + files + module + node

  private static let host: [Parameter] = [
    Parameter(
      "PHYSICAL_INTERFACE", from: "detected", .indirect,
      "The interface that vhost0 stands on, or several separated by commas: a name, an alternative name, mac:…, pci:…, driver:…, cidr:… or /regular expression/"
    ),
    Parameter(
      "VROUTER_GATEWAY", from: "the gateway of the interface's default route", .indirect,
      "The gateway's address, or addresses separated by commas"),
    Parameter(
      "L3MH_CIDR", .indirect,
      "Range of the loopback address of layer-3 multihoming: several uplinks are looked for only when it is set"
    ),
    Parameter(
      "VROUTER_WAIT_FOR_LINK", default: "60s", .indirect,
      "How long to wait for a carrier, an address, a route or LACP: seconds, or with ms, s or m; 0 doesn't wait"
    ),
    Parameter(
      "VROUTER_RESOLVE_TIMEOUT", default: "5s", .indirect,
      "How long the names of nodes may take to resolve: seconds, or with ms, s or m"),
    Parameter(
      "NODE_NAME", from: "the host name", .indirect, "This node's name, as KUBERNETES_NODES_MAP calls it"),
    Parameter(
      "KUBERNETES_NODES_MAP", .indirect,
      "Node names and their addresses: declare -A in common.env, a JSON object, or name=address,…"),
    Parameter(
      "CLOUD_ORCHESTRATOR", default: "none", .indirect,
      "What the node belongs to: none, kubernetes or openstack"),
    Parameter(
      "KERNEL_INIT_VHOST0", default: "true", .indirect,
      "Whether vhost0 takes over the interface's addresses and routes; off means that something else brings it up"
    ),
    Parameter(
      "VROUTER_TAKEOVER", from: "KERNEL_INIT_VHOST0", .indirect,
      "Whether this agent lets vhost0 take over: false prepares everything else and leaves the network as it is"
    ),
    Parameter(
      "KUBERNETES_POD_SUBNETS", default: "10.32.0.0/12", .indirect,
      "Subnets of pods, separated by commas: with CLOUD_ORCHESTRATOR=kubernetes and a gateway they are routed over vhost0"
    ),
    Parameter(
      "VROUTER_PROBE_DIR", .indirect, "A directory to copy vrouter-probe to, for use in another container"),
    Parameter(
      "VROUTER_DHCP", default: "static", .indirect,
      "What becomes of an address that came by DHCP: static, vhost0 keeps it and nobody renews it; follow, systemd-networkd or dhclient renews it on vhost0"
    ),
    Parameter(
      "VROUTER_BALANCE_ALB", default: "refuse", .indirect,
      "Whether vhost0 takes over from a bond of the mode balance-alb, by which some peers may not reach it: refuse; accept, with the bond's own MAC address"
    ),
    Parameter(
      "VROUTER_WAIT_FOR_VHOST0", default: "300s", .indirect,
      "How long to wait for vhost0 where KERNEL_INIT_VHOST0=false says that something else brings it up: seconds, or with ms, s or m"
    ),
  ]

  private static let verification: [Parameter] = [
    Parameter(
      "VROUTER_VERIFY", default: "probes", .indirect,
      "How a takeover by vhost0 is verified: probes, what answers before has to answer after, or all is undone; none"
    ),
    Parameter(
      "VROUTER_VERIFY_TIMEOUT", default: "15s", .indirect,
      "How long what answered before may take to answer after, 1s to 5m: seconds, or with ms, s or m"),
    Parameter(
      "KUBERNETES_API_SERVER", .indirect,
      "The Kubernetes API server, a name or an address: with CLOUD_ORCHESTRATOR=kubernetes it is one of those asked"
    ),
    Parameter("KUBERNETES_API_SECURE_PORT", default: "6443", .indirect, "Secure port of the Kubernetes API"),
  ]

  private static let nodes: [Parameter] = [
    Parameter(
      "CONTROLLER_NODES", from: "the address of the interface with the default route", .indirect,
      "The controllers: names or addresses separated by commas"),
    Parameter("CONFIG_NODES", from: "CONTROLLER_NODES", .indirect, "The configuration nodes"),
    Parameter("ANALYTICS_NODES", from: "CONTROLLER_NODES", .indirect, "The analytics nodes"),
    Parameter("CONTROL_NODES", from: "CONFIG_NODES", .indirect, "The control nodes"),
    Parameter("DNS_NODES", from: "CONTROL_NODES", .indirect, "The DNS nodes"),
  ]

  private static let servers: [Parameter] = [
    Parameter(
      "XMPP_SERVERS", from: "CONTROL_NODES with XMPP_SERVER_PORT", .indirect,
      "XMPP servers: host:port, separated by blanks or commas"),
    Parameter("XMPP_SERVER_PORT", default: "5269", .indirect, "Port of the control nodes' XMPP servers"),
    Parameter(
      "DNS_SERVERS", from: "DNS_NODES with DNS_SERVER_PORT", .indirect,
      "DNS servers: host:port, separated by blanks or commas"),
    Parameter("DNS_SERVER_PORT", default: "53", .indirect, "Port of the DNS nodes' servers"),
    Parameter(
      "COLLECTOR_SERVERS", from: "ANALYTICS_NODES with COLLECTOR_PORT", .indirect,
      "Collectors: host:port, separated by blanks or commas"),
    Parameter("COLLECTOR_PORT", default: "8086", .indirect, "Port of the analytics nodes' collectors"),
  ]

  private static let agent: [Parameter] = [
    Parameter("SUBCLUSTER", .direct, "The subcluster of this node"),
    Parameter(
      "INTROSPECT_LISTEN_ALL", default: "true", .indirect,
      "Whether the agent's introspect listens on every address, or on vhost0's only"),
    Parameter("VROUTER_AGENT_INTROSPECT_PORT", .direct, "Port of the agent's introspect"),
    Parameter("LOG_DIR", default: "/var/log/contrail", .indirect, "Directory of log files"),
    Parameter("LOG_LEVEL", default: "SYS_NOTICE", .direct, "What the agent logs"),
    Parameter("LOG_LOCAL", default: "1", .direct, "Whether the agent logs to its file: 1 or 0"),
    Parameter(
      "VROUTER_HOSTNAME", from: "the name of vhost0's address, or the host's full name", .direct,
      "The name under which the agent registers"),
    Parameter(
      "VROUTER_COMPUTE_NODE_ADDRESS", from: "vhost0's address", .direct, "The address of this compute node"),
    Parameter(
      "METADATA_PROXY_SECRET", default: "contrail", .direct, "The metadata proxy's shared secret",
      secrecy: .secret),
    Parameter("HYPERVISOR_TYPE", default: "kvm", .direct, "The hypervisor: kvm, xen or vmware"),
    Parameter(
      "FABRIC_SNAT_HASH_TABLE_SIZE", default: "4096", .direct,
      "Size of the fabric SNAT hash table, in entries"),
    Parameter("SLO_DESTINATION", default: "collector", .direct, "Where session logs go"),
    Parameter(
      "SAMPLE_DESTINATION", from: "'collector', or 'collector syslog' with XFLOW_NODE_IP", .direct,
      "Where sampled sessions go"),
    Parameter("XFLOW_NODE_IP", .indirect, "The xflow node: when set, samples go to syslog too"),
    Parameter(
      "STATS_COLLECTOR_DESTINATION_PATH", .direct, "Where the agent's statistics collector listens"),
  ]

  private static let certificates: [Parameter] = [
    Parameter("SSL_ENABLE", default: "false", .indirect, "Whether the SSL switches below are on by default"),
    Parameter("SSL_INSECURE", default: "true", .indirect, "Default of INTROSPECT_SSL_INSECURE"),
    Parameter(
      "SERVER_CERTFILE", default: "/etc/contrail/ssl/certs/server.pem", .indirect,
      "Default of the certificate files"),
    Parameter(
      "SERVER_KEYFILE", default: "/etc/contrail/ssl/private/server-privkey.pem", .indirect,
      "Default of the private key files", secrecy: .path),
    Parameter(
      "SERVER_CA_CERTFILE", default: "/etc/contrail/ssl/certs/ca-cert.pem", .indirect,
      "Default of the CA certificate files"),
    Parameter(
      "XMPP_SSL_ENABLE", from: "SSL_ENABLE", .direct, "Whether XMPP to control and DNS nodes uses SSL"),
    Parameter("XMPP_SERVER_CERTFILE", from: "SERVER_CERTFILE", .direct, "Certificate for XMPP"),
    Parameter("XMPP_SERVER_KEYFILE", from: "SERVER_KEYFILE", .direct, "Private key for XMPP", secrecy: .path),
    Parameter("XMPP_SERVER_CA_CERTFILE", from: "SERVER_CA_CERTFILE", .direct, "CA certificate for XMPP"),
    Parameter("INTROSPECT_SSL_ENABLE", from: "SSL_ENABLE", .direct, "Whether introspect uses SSL"),
    Parameter("SANDESH_SSL_ENABLE", from: "SSL_ENABLE", .direct, "Whether Sandesh to collectors uses SSL"),
    Parameter(
      "INTROSPECT_SSL_INSECURE", from: "SSL_INSECURE", .direct,
      "Whether introspect takes clients without a certificate"),
    Parameter(
      "SANDESH_KEYFILE", from: "SERVER_KEYFILE", .direct, "Private key for Sandesh as a client",
      secrecy: .path),
    Parameter("SANDESH_CERTFILE", from: "SERVER_CERTFILE", .direct, "Certificate for Sandesh as a client"),
    Parameter(
      "SANDESH_SERVER_KEYFILE", from: "SANDESH_KEYFILE", .direct, "Private key for introspect", secrecy: .path
    ),
    Parameter("SANDESH_SERVER_CERTFILE", from: "SANDESH_CERTFILE", .direct, "Certificate for introspect"),
    Parameter("SANDESH_CA_CERTFILE", from: "SERVER_CA_CERTFILE", .direct, "CA certificate for Sandesh"),
    Parameter(
      "METADATA_SSL_ENABLE", default: "false", .direct, "Whether the metadata proxy is reached with SSL"),
    Parameter("METADATA_SSL_CERTFILE", .direct, "Certificate for the metadata proxy; needed with its SSL"),
    Parameter(
      "METADATA_SSL_KEYFILE", .direct, "Private key for the metadata proxy; needed with its SSL",
      secrecy: .path),
    Parameter(
      "METADATA_SSL_CA_CERTFILE", .direct, "CA certificate for the metadata proxy; needed with its SSL"),
    Parameter("METADATA_SSL_CERT_TYPE", .direct, "Type of the metadata proxy's certificate"),
  ]

  private static let node: [Parameter] = [
    Parameter(
      "VROUTER_HUGE_PAGES_MOUNT", default: "false", .indirect,
      "Whether a hugetlbfs is mounted where huge pages are asked for and none of their size is"),
    Parameter(
      "SRIOV_PHYSICAL_INTERFACE", .indirect,
      "Interfaces that are to have virtual functions, separated by commas"),
    Parameter(
      "SRIOV_VF", .indirect,
      "How many virtual functions each of them is to have, separated by commas in the same order"),
    Parameter(
      "SRIOV_VFIO_DRIVER", default: "vfio", .indirect,
      "The module to load for giving virtual functions to virtual machines, where there are to be some"),
    Parameter(
      "VROUTER_SRIOV_IN_USE", default: "refuse", .indirect,
      "What becomes of virtual functions that are in use where another number is asked for: refuse, they stay; replace, they go"
    ),
    Parameter(
      "VROUTER_NIC_FEATURES", default: "adapt", .indirect,
      "Whether LRO, and with the driver vmxnet3 checksum offload, are turned off at the interfaces below vhost0: adapt; keep"
    ),
    Parameter(
      "VROUTER_SUBNET_PREFIX", from: "Google's metadata server, on its machines", .indirect,
      "Length of the prefix of the node's network, where its address is a /32"),
    Parameter(
      "VROUTER_CLOUD_METADATA", default: "on", .indirect,
      "Whether a cloud's metadata server is asked for the prefix of the node's network: on, off"),
  ]

  private static let files: [Parameter] = [
    Parameter(
      "CONTRAIL_UID", from: "the owner that the file has", .indirect,
      "The number of the user whom the configuration files belong to"),
    Parameter(
      "CONTRAIL_GID", from: "the group that the file has", .indirect,
      "The number of the group that may read the configuration files"),
  ]

  private static let module: [Parameter] = [
    Parameter(
      "VROUTER_MODULE_OPTIONS", .indirect,
      "Parameters of the vrouter kernel module: name=value, blank-separated"),
    Parameter(
      "VROUTER_MODULE_DIR", .indirect, "A directory with builds of the module: <release>/vrouter.ko below it"),
    Parameter(
      "VROUTER_MODULE_LOAD_ATTEMPTS", default: "5", .indirect,
      "How often loading the module is tried when the cause may pass: 1 to 100"),
    Parameter(
      "VROUTER_MODULE_LOAD_BACKOFF", default: "1s", .indirect,
      "The wait before the second attempt, doubled for each further one: seconds, or with ms, s or m"),
    Parameter(
      "VROUTER_MODULE_LOAD_BACKOFF_MAX", default: "30s", .indirect,
      "The longest wait between two attempts: seconds, or with ms, s or m"),
    Parameter(
      "VROUTER_RESERVE_TABLES", default: "false", .indirect,
      "Whether the module makes the vRouter agent's tables right after it is loaded, while memory is good; not with huge pages"
    ),
    Parameter(
      "VROUTER_MODULE_REPLACE", default: "never", .indirect,
      "Whether a loaded module that differs from the build on disk or the options is replaced: never; if-unused, when nothing is lost by it"
    ),
    Parameter(
      "VROUTER_MODULE_INSTALL", default: "false", .indirect,
      "Whether the build that is loaded is copied into the kernel's module tree, too (then depmod runs)"),
    Parameter(
      "VROUTER_MODULE_LOAD_TIMEOUT", default: "60s", .indirect,
      "How long one load or unload of the module may take, 1s to 60m; what takes longer hangs, and is not tried again"
    ),
    Parameter(
      "VROUTER_MEMORY_TREATMENT", default: "reclaim", .indirect,
      "How far memory may be treated before a load: none; compact; reclaim, which also gives up page cache and slab when a demand is proven short"
    ),
    Parameter(
      "VROUTER_MODULE_FIT", default: "false", .indirect,
      "Whether vr_flow_entries and vr_bridge_entries may be made smaller where memory, once treated, doesn't do"
    ),
    Parameter(
      "VROUTER_MODULE_FIT_FLOW_MIN", default: "65536", .indirect,
      "The least vr_flow_entries that VROUTER_MODULE_FIT may choose"),
    Parameter(
      "VROUTER_MODULE_FIT_BRIDGE_MIN", default: "32768", .indirect,
      "The least vr_bridge_entries that VROUTER_MODULE_FIT may choose"),
  ]
}
