import Netlink

/// Reads and changes the features of interfaces: what tests put another in the place of.
protocol FeatureAccess: Sendable {
  /// What the driver can do by itself, and does; or why that can't be read.
  func features(of interface: String) -> Result<InterfaceFeatures, FeatureProblem>

  /// How it receives; or why that can't be read.
  func receiveSettings(of interface: String) -> Result<ReceiveSettings, FeatureProblem>

  /// Turns features on or off; what can't be is left as it is without an error.
  func turn(_ names: [String], on: Bool, of interface: String) throws(FeatureProblem)
}

/// Why the features of an interface can't be read or changed, in one sentence.
struct FeatureProblem: Error, Sendable, Equatable, CustomStringConvertible {
  let description: String

  init(description: String) { self.description = description }

  init(_ error: NetlinkError) { self.init(description: "\(error)") }
}

/// The running kernel, by ethtool's netlink family; by ioctl(2) where it has none.
struct KernelFeatures: FeatureAccess {
  func features(of interface: String) -> Result<InterfaceFeatures, FeatureProblem> {
    Result { () throws(FeatureProblem) in
      guard var ethtool = try Self.open() else { return try LegacyFeatures.read(interface) }
      do throws(NetlinkError) {
        return try ethtool.features(of: interface)
      } catch {
        throw FeatureProblem(error)
      }
    }
  }

  /// Nothing of it by ioctl(2): kernels that have no other way say it to ethtool(8).
  func receiveSettings(of interface: String) -> Result<ReceiveSettings, FeatureProblem> {
    Result { () throws(FeatureProblem) in
      guard var ethtool = try Self.open() else { return ReceiveSettings() }
      do throws(NetlinkError) {
        return ReceiveSettings(
          rings: try ethtool.rings(of: interface), channels: try ethtool.channels(of: interface),
          coalescing: try ethtool.coalescing(of: interface))
      } catch {
        throw FeatureProblem(error)
      }
    }
  }

  func turn(_ names: [String], on: Bool, of interface: String) throws(FeatureProblem) {
    guard var ethtool = try Self.open() else { return try LegacyFeatures.turn(names, on: on, interface) }
    do throws(NetlinkError) {
      try ethtool.turn(names, on: on, of: interface)
    } catch {
      throw FeatureProblem(error)
    }
  }

  private static func open() throws(FeatureProblem) -> Ethtool? {
    do throws(NetlinkError) {
      return try Ethtool()
    } catch {
      throw FeatureProblem(error)
    }
  }
}
