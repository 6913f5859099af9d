public import HostFiles
public import KernelModule

/// What of a host decides whether the module can be loaded with given options, and what it will need.
public struct VRouterHostFacts: Equatable, Sendable {
  /// CPUs that are present, online or not: the module allocates for each of them.
  public var presentCPUs: Int
  /// The kernel's page size.
  public var pageSize: PageSize
  /// The largest order that the page allocator manages.
  public var largestOrder: Int
  /// The highest interface index in use; nil when unknown.
  public var highestInterfaceIndex: Int?
  /// Names of the links in the host's network namespace.
  public var linkNames: Set<String>
  /// Whether the module is loaded already, so that its links pkt1, pkt2, pkt3 are its own.
  public var isModuleLoaded: Bool

  /// Facts as known.
  public init(
    presentCPUs: Int, pageSize: PageSize = .fourKiB, largestOrder: Int = 10,
    highestInterfaceIndex: Int? = nil, linkNames: Set<String> = [], isModuleLoaded: Bool = false
  ) {
    self.presentCPUs = presentCPUs
    self.pageSize = pageSize
    self.largestOrder = largestOrder
    self.highestInterfaceIndex = highestInterfaceIndex
    self.linkNames = linkNames
    self.isModuleLoaded = isModuleLoaded
  }

  /// What a host shows; its links come from elsewhere (netlink).
  public static func observe(
    on host: HostRoot, highestInterfaceIndex: Int?, linkNames: Set<String>
  ) throws(VRouterError) -> VRouterHostFacts {
    let path = "/sys/devices/system/cpu/present"
    let text: String
    do { text = try host.readValue(path) } catch {
      throw VRouterError(
        "count the CPUs in", path, reason: error.description, remedy: "mount the host's /sys")
    }
    guard let count = cpuCount(text) else {
      throw VRouterError("count the CPUs in", path, reason: "it says \(ModuleNames.quoted(text))")
    }
    let buddy = (try? host.readText("/proc/buddyinfo")).flatMap { try? BuddyInfo(parsing: $0) }
    return VRouterHostFacts(
      presentCPUs: count, pageSize: .running, largestOrder: buddy?.zones.first?.free.largestOrder ?? 10,
      highestInterfaceIndex: highestInterfaceIndex, linkNames: linkNames,
      isModuleLoaded: host.exists("/sys/module/vrouter"))
  }

  /// How many CPUs a list such as `0-3,5` names; nil when it is none.
  static func cpuCount(_ text: String) -> Int? {
    var count = 0
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first >= 0,
        last >= first, last < 1 << 20
      else { return nil }
      count += last - first + 1
    }
    return count
  }

  /// Bytes of the largest piece of memory that the module can get in one piece, 4 MiB on most machines.
  var largestAllocation: UInt64 { pageSize.bytes(ofOrder: largestOrder) }
}
