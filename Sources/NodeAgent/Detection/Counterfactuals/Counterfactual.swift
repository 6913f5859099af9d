import Netlink

/// Something that would change the answer. Each was tried: the rules were gone through again with the changes made, and
/// gave these interfaces.
struct Counterfactual: Sendable, Equatable {
  /// What would be chosen.
  let interfaces: [String]
  /// What would have to be otherwise, all of it together.
  let changes: [Change]
  /// In words: "eth1 would win if its default route had a metric below 100".
  let text: String

  /// One thing that would be otherwise.
  enum Change: Sendable, Equatable {
    /// A setting had this value; nil: it were not set. `KUBERNETES_NODES_MAP` stands for this node's entry alone.
    case setting(String, value: String?)
    /// The default routes of a family and table that leave by an interface alone had this metric.
    case metric(interface: String, family: AddressFamily, table: RouteTable, metric: UInt32)
    /// A default route of a table left by an interface; with `instead`, and no other one of that table.
    case defaultRoute(interface: String, gateway: IPAddress, table: RouteTable, metric: UInt32, instead: Bool)
    /// The way to an address led by an interface.
    case way(to: IPAddress, interface: String)
    /// An interface had a usable address.
    case address(interface: String, IPPrefix)
    /// A vhost0 were gone, its addresses and routes back on the interface below it.
    case noVhost(String)
    /// Nothing were remembered of the last successful run.
    case noIdentity
  }
}

extension Counterfactual.Change {
  /// A stable name for machines.
  var kind: String {
    switch self {
    case .setting: "setting"
    case .metric: "metric"
    case .defaultRoute: "default-route"
    case .way: "way"
    case .address: "address"
    case .noVhost: "no-vhost"
    case .noIdentity: "no-identity"
    }
  }
}
