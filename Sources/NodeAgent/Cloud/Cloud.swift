import HostFiles

/// A cloud that gives a machine's interface an address without the prefix of its network.
enum Cloud: String, Sendable {
  /// Compute Engine's DHCP gives a /32.
  case google

  var title: String {
    switch self {
    case .google: "Google"
    }
  }

  /// By what the machine's firmware says of itself (SMBIOS; /sys/class/dmi/id); nil on every other machine.
  static func observe(on root: HostRoot) -> Cloud? {
    func value(_ name: String) -> String? { try? root.readValue("/sys/class/dmi/id/\(name)") }
    return recognised(
      product: value("product_name"), vendors: [value("sys_vendor"), value("chassis_vendor")])
  }

  static func recognised(product: String?, vendors: [String?]) -> Cloud? {
    product == "Google Compute Engine" || vendors.contains("Google") ? .google : nil
  }
}
