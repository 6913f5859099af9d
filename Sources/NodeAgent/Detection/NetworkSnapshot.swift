import Netlink

/// What was seen of a host's network at one moment: all that the choice of interface and gateway rests on.
///
/// It holds no routing table whole, as a node may have a million routes: only default routes, and what the kernel
/// answered when asked for the way to the addresses that the settings name.
struct NetworkSnapshot: Sendable, Equatable {
  /// The host's own name (uname(2)).
  var hostName: String
  /// The links of the host's network namespace.
  var links: [Link]
  /// Their addresses.
  var addresses: [Address]
  /// The rules that say in which tables routes are looked up, IPv4 and IPv6, in any order. None of a family: the kernel's
  /// own rules hold.
  var rules: [RoutingRule] = []
  /// The default routes of every table that matters: main, those that rules name, those of VRFs. Also those that lead
  /// nowhere (`blackhole default`), since they stop a lookup.
  var routes: [Route]
  /// What the kernel answered when asked for the route to an address: ``DetectionSettings/targets(_:)``.
  var routeAnswers: [IPAddress: RouteAnswer] = [:]
  /// What the system's resolver answered for a host name: ``DetectionSettings/names``.
  var nameAnswers: [String: NameAnswer] = [:]
  /// What sysfs says of the hardware behind links, by index. Only needed where ``DetectionSettings/needsHardware``.
  var hardware: [Int: LinkHardware] = [:]
  /// What the last successful run wrote down of the interfaces that it chose.
  var identity: RememberedIdentity?
  /// What could not be observed though a decision may do without it, such as a damaged identity.
  var problems: [String] = []

  /// The kernel's answer to "by which way to this address?".
  enum RouteAnswer: Sendable, Equatable {
    case way(Way)
    /// There is no way, and why.
    case refused(NoRoute)
  }

  /// A way that there is.
  struct Way: Sendable, Equatable {
    /// The one way that a packet would take.
    var reply: RouteReply
    /// The entry of the tables that it matches, with every next hop; of a local address the entry that tells its holder.
    /// Nil where the kernel doesn't tell (before 4.13).
    var entry: Route?
  }

  /// The resolver's answer for one name.
  enum NameAnswer: Sendable, Equatable {
    case addresses([IPAddress])
    /// Why there is none.
    case failed(String)
    /// Why there is none yet: the resolver didn't answer in time, or said that it may know later.
    case unanswered(String)
  }
}

/// The hardware behind a link, as sysfs tells it.
struct LinkHardware: Sendable, Hashable {
  /// The kernel's name for the driver: the last part of what `/sys/class/net/<name>/device/driver` points to.
  var driver: String?
  /// The PCI address, such as `0000:3b:00.0`: the last part of the resolved `/sys/class/net/<name>/device` that is one. A
  /// virtio card's device is `virtio0`, and its PCI address the part before.
  var pciAddress: String?
}

extension NetworkSnapshot {
  /// Whether any default route leads somewhere.
  var hasDefaultRoute: Bool { routes.contains { $0.isDefault && $0.type == .unicast } }
}
