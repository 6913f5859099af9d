import HostFiles
import KernelModule
import Netlink
import VRouter

/// Whether the module may be unloaded now: the module's own reference count says nothing about that.
struct UnloadCheck {
  private let facts: UnloadFacts?

  /// Looks at a host; without the module there is nothing to check.
  init(_ host: HostAccess, links: [Link]) throws(CommandFailure) {
    do {
      guard let module = try LoadedModule.observe(HostAccess.moduleName, on: host.root) else {
        facts = nil
        return
      }
      facts = UnloadFacts(
        module: module, vhostLinks: links.filter { $0.kind == "vhost" }.map(\.name),
        deviceUsers: try DeviceUser.observe(on: host.root),
        deviceRegistrations: DeviceUser.registrations(on: host.root),
        // One that is half loaded or half unloaded can't be asked, nor unloaded.
        vifs: module.phase == .live ? host.vifs.foreignVifs() : .named([]))
    } catch let error as KernelModuleError {
      throw CommandFailure(.module, "\(error)")
    } catch {
      throw CommandFailure(.module, "\(error)")
    }
  }

  /// Whether the module is there at all.
  var isLoaded: Bool { facts != nil }

  /// Every reason against it; none when it may be tried.
  func blockers() -> [UnloadBlocker] {
    facts.map(UnloadBlocker.find(in:)) ?? []
  }
}
