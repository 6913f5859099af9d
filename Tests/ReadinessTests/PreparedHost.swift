import Glibc
import HostFiles
import Readiness

/// A folder that looks like a prepared host, as far as the probe looks.
struct PreparedHost {
  let root: HostRoot
  let path: String
  var file: ReadyFile

  static let bootID = "5a1f4c0e-7d3b-4a63-9a43-0c6f2f6f1c11"
  static let configuration = "/etc/contrail/contrail-vrouter-agent.conf"

  init(root: HostRoot, path: String) throws {
    (self.root, self.path) = (root, path)
    for (file, content) in [
      ("/proc/sys/kernel/random/boot_id", Self.bootID),
      ("/sys/module/vrouter/initstate", "live"),
      ("/sys/module/vrouter/srcversion", "DD6B5D7B5E2C0F2B1A2C3D4"),
      ("/sys/class/net/eth0/ifindex", "2"),
      ("/sys/class/net/eth0/address", "52:54:00:12:34:56"),
      (Self.configuration, "[DEFAULT]"),
    ] {
      try root.makeDirectories(String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]), mode: 0o755)
      try root.replace(file, with: Array("\(content)\n".utf8), mode: 0o644)
    }
    file = ReadyFile(
      bootID: Self.bootID, writtenAt: 1_790_000_000,
      interface: .init(name: "eth0", index: 2, mac: "52:54:00:12:34:56"), vhost: nil, gateway: "10.0.2.2",
      module: .init(name: "vrouter", version: "1.0", srcversion: "DD6B5D7B5E2C0F2B1A2C3D4"),
      configuration: .init(
        path: Self.configuration, identity: try root.status(Self.configuration).identity))
    try root.makeDirectories("/run/vrouter-node-agent", mode: 0o755)
    try write(file)
  }

  func write(_ file: ReadyFile) throws {
    try root.replace(ReadyFile.path, with: file.bytes, mode: 0o644)
  }

  func set(_ file: String, _ content: String) throws {
    try root.replace(file, with: Array("\(content)\n".utf8), mode: 0o644)
  }
}
