import Netlink

/// `contrail-lbaas-auth.conf`: with what the node's load balancers fetch certificates.
enum LoadBalancerFile {
  static let path = "/etc/contrail/contrail-lbaas-auth.conf"

  /// What is missing of it where the settings name it.
  static func warnings(_ settings: Settings, _ facts: ConfigurationFacts) -> [String] {
    let file = settings.loadBalancer.tokenFile
    guard settings.loadBalancer.token == nil, case .parameter = file.origin else { return [] }
    let reason: String
    switch facts.token {
    case .found: return []
    case .absent: reason = "there is no such file"
    case .unreadable(let error): reason = error
    }
    return ["K8S_TOKEN_FILE names \(file.value): \(reason); kubernetes_token in \(path) stays empty"]
  }
}

/// What was found in the place of `K8S_TOKEN_FILE`.
enum KubernetesToken: Sendable, Equatable {
  case absent
  case found(Secret)
  /// Why it can't be read.
  case unreadable(String)
}

extension CompanionBuilder {
  static func loadBalancer(_ settings: Settings, _ facts: ConfigurationFacts) -> CompanionBuilder {
    var builder = CompanionBuilder(path: LoadBalancerFile.path)
    builder.barbican(settings)
    builder.kubernetes(settings, facts)
    return builder
  }

  private mutating func barbican(_ settings: Settings) {
    let (own, keystone) = (settings.loadBalancer, settings.keystone)
    section("BARBICAN")
    add("admin_tenant_name", own.tenant)
    add("admin_user", own.user)
    add("admin_password", secret: own.password)
    add("auth_url", keystone.url)
    add("region", keystone.region)
    add("user_domain_name", keystone.userDomain)
    add("project_domain_name", keystone.projectDomain)
    add("region_name", keystone.region)
    addCertificates(keystone)
  }

  private mutating func kubernetes(_ settings: Settings, _ facts: ConfigurationFacts) {
    let own = settings.loadBalancer
    section("KUBERNETES")
    add("kubernetes_token", secret: own.token ?? Self.token(own, facts))
    let address = facts.defaultAddress ?? facts.vhostAddress.address
    let rule = facts.defaultAddress == nil ? ValueOrigin.detected("address of vhost0") : .defaultAddress
    add(
      "kubernetes_api_server",
      settings.host.kubernetesAPIServer?.map(\.description) ?? Sourced(value: "\(address)", origin: rule))
    add("kubernetes_api_port", own.kubernetesPort)
    add("kubernetes_api_secure_port", settings.host.kubernetesAPIPort)
  }

  /// The content of the token's file; empty where there is none, as on nodes that aren't Kubernetes's.
  private static func token(_ settings: LoadBalancerSettings, _ facts: ConfigurationFacts) -> Sourced<Secret>
  {
    guard case .found(let token) = facts.token else {
      return Sourced(value: Secret(""), origin: settings.tokenFile.origin)
    }
    return Sourced(value: token, origin: .detected("content of \(settings.tokenFile.value)"))
  }
}
