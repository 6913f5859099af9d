import FoundationEssentials
import HostFiles

/// The files by which the kubelet calls the vRouter's CNI plugin: they are removed at `cleanup`, as the kubelet would start pods
/// without a data path by them.
///
/// The configuration is the vRouter's where its `type` is that of the plugin, in itself or in one of its `plugins`. The program
/// goes only when no other configuration names it (one of a meta-plugin that delegates to it does).
enum CNIFiles {
  static let folder = "/etc/cni/net.d"
  private static let name = "10-contrail.conf"
  static let configuration = "\(folder)/\(name)"
  static let plugin = "contrail-k8s-cni"
  static let program = "/opt/cni/bin/\(plugin)"
  private static let sizeLimit = 1 << 20

  /// Removes what is the vRouter's; says what stays, and why.
  static func remove(from root: HostRoot, _ outcome: inout Cleanup.Outcome) {
    let isThere = (try? root.names(in: folder))?.contains(name) ?? false
    if isThere {
      guard let bytes = try? root.readBytes(configuration, limit: sizeLimit), isOurs(bytes) else {
        outcome.left.append("\(configuration) isn't the vRouter's (its type is not \(plugin)), and stays")
        return
      }
      guard remove(configuration, root, &outcome) else { return }
    }
    guard (try? root.status(program)) != nil else { return }
    let others = ((try? root.names(in: folder)) ?? []).filter { name in
      ((try? root.readText("\(folder)/\(name)", limit: sizeLimit)) ?? "").contains(plugin)
    }
    guard others.isEmpty else {
      outcome.left.append("\(program) stays: \(folder)/\(others.joined(separator: ", ")) names it")
      return
    }
    _ = remove(program, root, &outcome)
  }

  private static func remove(_ path: String, _ root: HostRoot, _ outcome: inout Cleanup.Outcome) -> Bool {
    do throws(HostFileError) {
      if try root.remove(path) { outcome.done.append("removed \(path)") }
      return true
    } catch {
      outcome.left.append("\(path) stays: \(error)")
      return false
    }
  }

  /// Whether a configuration is for the vRouter's plugin (CNI specification, network configuration format).
  static func isOurs(_ bytes: [UInt8]) -> Bool {
    struct Configuration: Decodable {
      struct Plugin: Decodable { let type: String? }
      let type: String?
      let plugins: [Plugin]?
    }
    guard let read = try? JSONDecoder().decode(Configuration.self, from: Data(bytes)) else { return false }
    return read.type == plugin || read.plugins?.contains { $0.type == plugin } == true
  }
}
