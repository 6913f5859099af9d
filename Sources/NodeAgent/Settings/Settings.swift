import KernelModule
import Netlink

/// What the operator wants, typed and checked, each value with where it came from.
///
/// What depends on the host stays open here: a node list that nobody set, the physical interface, the gateway.
struct Settings: Sendable, Equatable {
  var host: HostSettings
  var dataPath: DataPathSettings
  var servers: ServerSettings
  var agent: AgentSettings
  var serviceNodes: ServiceNodeSettings
  var queues: QueueSettings
  var certificates: CertificateSettings
  var configurationAPI: ConfigurationAPISettings
  var keystone: KeystoneSettings
  var loadBalancer: LoadBalancerSettings
  var module: ModuleSettings
  var verification: VerificationSettings
  var node: NodeSettings
  /// CONTRAIL_UID, CONTRAIL_GID
  var ownership: FileOwnership
  /// `VROUTER_AGENT__SECTION__key` parameters, ordered by section, then key.
  var overrides: [ConfigurationOverride]
  /// What the operator should know, though it stops nothing.
  var warnings: [SettingsWarning]
}

/// What says which interface and gateway this node uses.
struct HostSettings: Sendable, Equatable {
  /// PHYSICAL_INTERFACE: never empty when set, each entry once.
  var physicalInterfaces: Sourced<[InterfaceSelector]>?
  /// VROUTER_GATEWAY: never empty when set.
  var gateways: Sourced<[IPAddress]>?
  /// L3MH_CIDR: the range of the loopback address with layer-3 multihoming; without it there is one uplink.
  var multihoming: Sourced<IPPrefix>?
  /// VROUTER_WAIT_FOR_LINK: how long to wait for what stands against a choice and may pass.
  var linkWait: Sourced<Duration>
  /// VROUTER_RESOLVE_TIMEOUT: how long the resolver may take for all names together.
  var resolveTimeout: Sourced<Duration>
  /// NODE_NAME; without it the host's name holds.
  var nodeName: Sourced<String>?
  /// KUBERNETES_NODES_MAP, ordered by name.
  var nodesMap: Sourced<[NodeAddress]>?
  /// CONTROLLER_NODES and, down the chain of defaults, the other roles.
  var controllerNodes: Sourced<NodeList>
  var configNodes: Sourced<NodeList>
  var analyticsNodes: Sourced<NodeList>
  var controlNodes: Sourced<NodeList>
  var dnsNodes: Sourced<NodeList>
  /// CLOUD_ORCHESTRATOR
  var orchestrator: Sourced<Orchestrator>
  /// KUBERNETES_API_SERVER
  var kubernetesAPIServer: Sourced<NodeReference>?
  /// KUBERNETES_API_SECURE_PORT
  var kubernetesAPIPort: Sourced<UInt16>
  /// VROUTER_TAKEOVER, else KERNEL_INIT_VHOST0: whether vhost0 takes over.
  var takesOver: Sourced<Bool>
  /// KUBERNETES_POD_SUBNETS
  var podSubnets: Sourced<[IPPrefix]>
  /// VROUTER_PROBE_DIR: an absolute path.
  var probeDirectory: Sourced<String>?
  /// VROUTER_DHCP
  var dhcp: Sourced<DHCPPolicy>
  /// VROUTER_BALANCE_ALB
  var balancedBond: Sourced<BalancedBondPolicy>
  /// VROUTER_WAIT_FOR_VHOST0: how long to wait for a vhost0 that something else brings up.
  var vhostWait: Sourced<Duration>

  /// Something else brings vhost0 up: `KERNEL_INIT_VHOST0` is off, and `VROUTER_TAKEOVER` says nothing.
  var awaitsVhost: Bool {
    guard !takesOver.value, case .parameter("KERNEL_INIT_VHOST0", _) = takesOver.origin else { return false }
    return true
  }
}

/// A node's name and its address.
struct NodeAddress: Sendable, Hashable {
  let name: String
  let address: IPAddress
}

/// What the node belongs to.
enum Orchestrator: String, Sendable, CaseIterable {
  case none
  case kubernetes
  case openstack
}

/// Where the agent connects to.
struct ServerSettings: Sendable, Equatable {
  var xmpp: Sourced<ServerList>
  var dns: Sourced<ServerList>
  var collectors: Sourced<ServerList>
}

/// Values of the agent's configuration that need nothing from the host.
struct AgentSettings: Sendable, Equatable {
  var subcluster: Sourced<String>?
  var introspectListensOnAll: Sourced<Bool>
  var introspectPort: Sourced<UInt16>?
  var logDirectory: Sourced<String>
  var logLevel: Sourced<String>
  /// As the operator wrote it: one of the agent's own words for a boolean.
  var logLocal: Sourced<String>
  var hostName: Sourced<String>?
  var computeNodeAddress: Sourced<IPAddress>?
  var metadataProxySecret: Sourced<Secret>
  var hypervisorType: Sourced<String>
  /// In entries.
  var fabricSnatHashTableSize: Sourced<UInt32>
  var sloDestination: Sourced<String>
  var sampleDestination: Sourced<String>
  var statsCollector: Sourced<String>?
}

/// The SSL switches and files, defaults resolved.
struct CertificateSettings: Sendable, Equatable {
  var xmppEnabled: Sourced<Bool>
  var xmppCertificate: Sourced<String>
  var xmppKey: Sourced<String>
  var xmppCA: Sourced<String>
  var introspectEnabled: Sourced<Bool>
  var introspectInsecure: Sourced<Bool>
  var sandeshEnabled: Sourced<Bool>
  var sandeshKey: Sourced<String>
  var sandeshCertificate: Sourced<String>
  var sandeshServerKey: Sourced<String>
  var sandeshServerCertificate: Sourced<String>
  var sandeshCA: Sourced<String>
  /// Nil when METADATA_SSL_ENABLE is off.
  var metadata: MetadataCertificates?
}

/// What reaching the metadata proxy with SSL takes.
struct MetadataCertificates: Sendable, Equatable {
  var enabled: Sourced<Bool>
  var certificate: Sourced<String>
  var key: Sourced<String>
  var ca: Sourced<String>
  var certificateType: Sourced<String>?
}

/// When a loaded module that differs from the wanted one is replaced.
enum ModuleReplacement: String, Sendable, Equatable, CaseIterable {
  case never
  /// When nothing is lost by it, and nothing crashes.
  case ifUnused = "if-unused"
}

/// How the kernel module is found and loaded.
struct ModuleSettings: Sendable, Equatable {
  /// VROUTER_MODULE_OPTIONS: whether the module has them, and can be loaded with them, is not known here.
  var options: Sourced<ModuleOptions>?
  /// VROUTER_MODULE_DIR: an absolute path without `..`.
  var directory: Sourced<String>?
  /// At least 1.
  var loadAttempts: Sourced<Int>
  /// The wait before the second attempt; each further one is twice as long, up to ``loadBackoffLimit``.
  var loadBackoff: Sourced<Duration>
  var loadBackoffLimit: Sourced<Duration>
  /// For one load or unload; what takes longer hangs.
  var loadTimeout: Sourced<Duration>
  var memory: MemorySettings
  /// VROUTER_RESERVE_TABLES: never true together with ``hugePages``.
  var reservesTables: Sourced<Bool>
  /// The parameters that ask for huge pages for the module's tables.
  var hugePages: [String]

  /// VROUTER_MODULE_REPLACE: whether a loaded module that differs from the wanted one may be replaced.
  var replacement: Sourced<ModuleReplacement>
  /// VROUTER_MODULE_INSTALL: whether the build is copied into the kernel's module tree.
  var installs: Sourced<Bool>

  /// The default of ``loadTimeout``. The real module loads within half a second on an emulated processor.
  static let standardLoadTimeout = Duration.seconds(60)
}

/// A key of the agent's configuration that an operator sets or replaces.
struct ConfigurationOverride: Sendable, Equatable {
  let section: String
  let key: String
  let value: Secret
  /// Whether the value may be shown.
  let isSecret: Bool
  let origin: ValueOrigin
}
