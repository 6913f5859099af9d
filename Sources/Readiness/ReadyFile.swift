public import HostFiles

/// What the agent vouches for when it declares the node ready, as the readiness file holds it.
///
/// The file is a flat JSON object. It exists only while the node is ready, is written last, and names the boot it
/// is true for: a file that outlives a reboot or its writer proves nothing, so every reader compares it with the host
/// (``ReadinessCheck``).
public struct ReadyFile: Equatable, Sendable {
  /// Where it lies on the host.
  public static let path = "/run/vrouter-node-agent/ready"

  /// The schema that this version writes, and the only one that it trusts.
  public static let schema: Int64 = 2

  /// The kernel's identity of this boot (`/proc/sys/kernel/random/boot_id`).
  public var bootID: String
  /// When it was written, seconds since 1970.
  public var writtenAt: Int64
  /// The physical interface; the first one, where there are several.
  public var interface: Interface
  /// The other physical interfaces of a node that has several (layer-3 multihoming), in order.
  public var others: [Interface]
  /// vhost0, where it has taken over; `nil` where taking over is none of the agent's business.
  public var vhost: Interface?
  /// The gateway's address, if the node needs one.
  public var gateway: String?
  /// The kernel module.
  public var module: Module
  /// The vRouter agent's configuration.
  public var configuration: Configuration

  /// A network interface.
  public struct Interface: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// Its kernel index, unique until the next boot.
    public var index: Int64
    /// Its MAC address, in colon notation.
    public var mac: String
    /// The addresses that it has to have, with their prefix lengths: `10.0.2.15/24`. It may have others. None where vhost0 has
    /// taken them over, or where taking over is none of the agent's business.
    public var addresses: [String]

    /// An interface as the kernel names it.
    public init(name: String, index: Int64, mac: String, addresses: [String] = []) {
      (self.name, self.index, self.mac, self.addresses) = (name, index, mac, addresses)
    }
  }

  /// A loaded kernel module.
  public struct Module: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// MODULE_VERSION, if it has one.
    public var version: String?
    /// The checksum of its sources (`/sys/module/NAME/srcversion`), if the kernel shows one.
    public var srcversion: String?

    /// A module as the kernel shows it.
    public init(name: String, version: String?, srcversion: String?) {
      (self.name, self.version, self.srcversion) = (name, version, srcversion)
    }
  }

  /// A configuration file.
  public struct Configuration: Equatable, Sendable {
    /// Where it lies on the host.
    public var path: String
    /// Which content was written there.
    public var identity: FileIdentity

    /// A file as it was written.
    public init(path: String, identity: FileIdentity) {
      (self.path, self.identity) = (path, identity)
    }
  }

  /// A ready file from its parts.
  public init(
    bootID: String, writtenAt: Int64, interface: Interface, others: [Interface] = [], vhost: Interface?,
    gateway: String?,
    module: Module, configuration: Configuration
  ) {
    self.bootID = bootID
    self.writtenAt = writtenAt
    self.interface = interface
    self.others = others
    self.vhost = vhost
    self.gateway = gateway
    self.module = module
    self.configuration = configuration
  }
}
