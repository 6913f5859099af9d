import Netlink

/// The subnets of pods.
extension SettingsReader {
  /// `KUBERNETES_POD_SUBNETS`: a prefix, or several.
  mutating func podSubnets() -> Sourced<[IPPrefix]> {
    let name = "KUBERNETES_POD_SUBNETS"
    let expected = "subnets such as 10.32.0.0/12, separated by commas"
    if let set = list(name, separators: ", \t", expected: expected, Self.subnet) { return set }
    let standard = Parameter.named(name)?.defaultText.flatMap(Self.subnet)
    return Sourced(value: [standard].compactMap(\.self), origin: .defaultValue(of: name))
  }

  /// A subnet: no bits behind its prefix, and more than nothing.
  private static func subnet(_ text: String) -> IPPrefix? {
    guard let prefix = IPPrefix(text), prefix.length > 0, prefix == prefix.network else { return nil }
    return prefix
  }
}
