/// With what the node's load balancers fetch certificates: Barbican's of OpenStack, or Kubernetes's secrets.
struct LoadBalancerSettings: Sendable, Equatable {
  /// BARBICAN_TENANT_NAME
  var tenant: Sourced<String>
  /// BARBICAN_USER
  var user: Sourced<String>
  /// BARBICAN_PASSWORD, else KEYSTONE_AUTH_ADMIN_PASSWORD
  var password: Sourced<Secret>
  /// K8S_TOKEN
  var token: Sourced<Secret>?
  /// K8S_TOKEN_FILE: where the token is without ``token``; a path of this program's own.
  var tokenFile: Sourced<String>
  /// KUBERNETES_API_PORT
  var kubernetesPort: Sourced<UInt16>
}

extension SettingsReader {
  mutating func loadBalancer() -> LoadBalancerSettings {
    LoadBalancerSettings(
      tenant: pythonText("BARBICAN_TENANT_NAME"), user: pythonText("BARBICAN_USER"),
      password: pythonText("BARBICAN_PASSWORD", "KEYSTONE_AUTH_ADMIN_PASSWORD").map(Secret.init),
      token: optional("K8S_TOKEN", expected: "a token without blanks") { text in
        text.utf8.contains(where: Ascii.isBlank) ? nil : Secret(text)
      },
      tokenFile: value("K8S_TOKEN_FILE", expected: Self.pathExpected, Self.path),
      kubernetesPort: value("KUBERNETES_API_PORT", expected: Self.portExpected, Self.port))
  }
}
