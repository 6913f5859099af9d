import HostFiles
import KernelModule
import Logging

/// Every way by which this program sees or changes a host: what tests put others in the place of.
struct HostAccess: Sendable {
  /// The host's files.
  var root: HostRoot
  /// This program's own files, which in a container are not the host's.
  var own: HostRoot = .running
  /// Links, addresses and routes.
  var network: any NetworkObserver = KernelNetworkObserver()
  /// Tells when they change.
  var watcher: any NetworkWatcher = KernelNetworkWatcher()
  /// The host's own names.
  var names: any HostNames = SystemHostNames()
  /// The running kernel's release.
  var kernelRelease: String = SystemHostNames.kernelRelease()
  /// Finds, loads and unloads modules.
  var modules: any ModuleBackend
  /// Talks with the module that is loaded about its tables.
  var tables: any TableMaker
  /// Tells which interfaces a loaded module has.
  var vifs: any VifLister
  /// Lets vhost0 take over; nil where nothing is to.
  var takeover: (any TakeoverAccess)?
  /// Looks at a vhost0 that something else brings up.
  var vhost: any VhostObserver = KernelVhostObserver()
  /// Writes control files of /proc and /sys.
  var controls: any ControlWriter = DirectControls()
  /// Reads and changes what drivers do with packets by themselves; nil where nothing is to.
  var features: (any FeatureAccess)?
  /// Asks the cloud that this host may be in; nil where nothing is to.
  var cloud: (any CloudMetadata)?
  /// Asks the kernel to bring free memory together.
  var treatment: any TreatmentRunner = DirectTreatment()
  /// Waits between attempts.
  var pacing: any Pacing = MonotonicPacing()
  /// Seconds since 1970.
  var now: @Sendable () -> Int64 = { Int64(HostClock.seconds()) }
  /// Whether this program was asked to end.
  var isEnding: @Sendable () -> Bool = { false }
  /// What happens, as it happens.
  var log: Logger
}
