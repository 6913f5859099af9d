import KernelModule
import Logging
import Netlink

/// Waits for a vhost0 that something else brings up: looks again whenever the kernel tells of a change.
struct VhostWait: Sendable {
  let host: HostAccess
  let wanted: ForeignVhost.Wanted
  let limit: Duration

  /// How often it is said that the same thing is still waited for.
  static let reminder = Duration.seconds(10)
  /// How long a request to end may go unnoticed.
  static let patience = Duration.seconds(2)

  /// - Throws: exit code 18 when it isn't as it has to be in time, or this program is asked to end.
  func run() throws(CommandFailure) -> ForeignVhost {
    let began = host.pacing.now()
    // From here on no change is missed.
    var changes = try attempt("watch the network") { () throws(NetlinkError) in try host.watcher.watch() }
    var told: (lack: String, at: Duration)?
    while true {
      let vhost = try attempt("look at vhost0") { () throws(NetlinkError) in try host.vhost.vhost() }
      guard let lack = wanted.lack(vhost) else {
        if let vhost, told != nil { host.log.notice("vhost0 came: \(vhost.addresses)") }
        if let vhost { return vhost }
        continue
      }
      repeat {
        let now = host.pacing.now()
        let left = limit - (now - began)
        guard left > .zero, !host.isEnding() else { throw failure(lack, after: now - began) }
        if told.map({ $0.lack != lack || now - $0.at >= Self.reminder }) ?? true {
          host.log.notice(
            "waiting for something else to bring vhost0 up, at most \(left.seconds) more: \(lack)")
          told = (lack, now)
        }
      } while try !changed(&changes, by: began + limit)
    }
  }

  private func changed(_ changes: inout any NetworkChanges, by end: Duration) throws(CommandFailure) -> Bool {
    do {
      return try changes.wait(atMost: min(max(end - host.pacing.now(), .zero), Self.patience))
    } catch {
      throw CommandFailure(.vhost, "vhost0 can't be waited for: \(error)")
    }
  }

  private func attempt<Value>(
    _ what: String, _ body: () throws(NetlinkError) -> Value
  ) throws(CommandFailure) -> Value {
    do throws(NetlinkError) {
      return try body()
    } catch {
      throw CommandFailure(.vhost, "vhost0 can't be waited for, as it wasn't possible to \(what): \(error)")
    }
  }

  private func failure(_ lack: String, after waited: Duration) -> CommandFailure {
    CommandFailure(
      .vhost,
      "\(lack), after waiting \(waited.seconds); KERNEL_INIT_VHOST0=false says that something else brings it up: see what does, wait longer with VROUTER_WAIT_FOR_VHOST0, let vhost0 take over with VROUTER_TAKEOVER=true, or do without it with VROUTER_TAKEOVER=false"
    )
  }
}
