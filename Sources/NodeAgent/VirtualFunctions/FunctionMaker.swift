import HostFiles
import KernelModule
import SystemPackage

/// Makes virtual functions, and takes them away.
///
/// The kernel refuses a change from one number to another that aren't 0 (drivers/pci/iov.c, sriov_numvfs_store): it goes
/// through 0, and all functions that are there go.
struct FunctionMaker: Sendable {
  let host: HostAccess
  /// For one write: a driver sets the whole card up anew.
  static let limit = Duration.seconds(60)
  /// For the functions' folders to be there afterwards, which the kernel itself makes before the write returns.
  private static let looks = 200
  private static let pause = Duration.milliseconds(50)

  /// Gives the device of an interface as many functions as are asked for, and returns when all of them are there.
  func make(_ planned: FunctionWish) throws(CommandFailure) {
    // Since it was planned, somebody may have got one of them.
    let wish = FunctionWish(
      request: planned.request,
      device: planned.device.flatMap { device in
        Result { () throws(FunctionDevice.Problem) in
          try FunctionDevice.observe(folder: device.folder, on: host.root)
        }
      }, policy: planned.policy)
    if let refusal = wish.refusal { throw CommandFailure(.settings, refusal) }
    guard let device = try? wish.device.get(), wish.isPending else { return }
    try HostChanges.note(on: host.root) {
      $0.note(
        .init(
          interface: wish.request.interface, folder: device.folder, count: device.count,
          made: wish.request.count))
    }
    try set(wish.request.count, of: device)
  }

  /// Through 0, where it isn't 0.
  private func set(_ count: Int, of device: FunctionDevice) throws(CommandFailure) {
    if device.count != 0 { try write(0, device) }
    do throws(CommandFailure) {
      if count != 0 { try write(count, device) }
    } catch {
      guard device.count != 0 else { throw error }
      // Those that were there went for nothing: as many come back.
      let isBack = (try? write(device.count, device)) != nil
      throw CommandFailure(
        error.code,
        "\(error.description) (the \(device.count) that were there before are \(isBack ? "there again" : "gone"))"
      )
    }
    var now = try observe(device.folder)
    for _ in 0..<Self.looks where now.count != count || now.functions.count != count {
      host.pacing.wait(Self.pause)
      now = try observe(device.folder)
    }
    guard now.count == count, now.functions.count == count else {
      throw CommandFailure(
        .failed,
        "\(device.folder) says that it has \(now.count) virtual functions, and \(now.functions.count) of \(count) are there after \((Self.pause * Self.looks).seconds); see the kernel's log"
      )
    }
  }

  private func observe(_ folder: String) throws(CommandFailure) -> FunctionDevice {
    do throws(FunctionDevice.Problem) {
      return try FunctionDevice.observe(folder: folder, on: host.root)
    } catch {
      throw CommandFailure(.failed, "the virtual functions can't be looked at: \(error)")
    }
  }

  private func write(_ count: Int, _ device: FunctionDevice) throws(CommandFailure) {
    let path = "\(device.folder)/sriov_numvfs"
    guard let refusal = host.controls.write("\(count)", to: path, on: host.root, within: Self.limit) else {
      return
    }
    let why =
      switch refusal.errno {
      case .resourceBusy:
        "; the device is busy: another program changed the number meanwhile, or uses a function"
      case .outOfRange: "; the device can't have so many now"
      case .invalidArgument: "; the driver refuses so many"
      default: ""
      }
    let present = (try? observe(device.folder).count) ?? device.count
    throw CommandFailure(
      .failed,
      "\(count) virtual functions were not made, and the device has \(present): \(refusal)\(why); see the kernel's log"
    )
  }

  /// Gives each device back the number that it had, unless what is there now is in use.
  func undo(_ changes: HostChanges, _ outcome: inout Cleanup.Outcome) {
    for change in changes.functions {
      let wish = FunctionWish(
        request: FunctionRequest(interface: change.interface, count: change.count),
        device: Result { () throws(FunctionDevice.Problem) in
          try FunctionDevice.observe(folder: change.folder, on: host.root)
        }, policy: .refuse)
      guard wish.isPending, let device = try? wish.device.get() else { continue }
      guard device.count == change.made else {
        outcome.left.append(
          "\(device.count) virtual functions of \(change.interface) stay: somebody else set that number, as this program made \(change.made)"
        )
        continue
      }
      if let refusal = wish.refusal {
        outcome.left.append("\(device.count) virtual functions of \(change.interface) stay: \(refusal)")
        continue
      }
      do throws(CommandFailure) {
        try set(change.count, of: device)
        outcome.done.append("\(change.interface) has \(change.count) virtual functions again")
      } catch {
        outcome.left.append("the virtual functions of \(change.interface) stay: \(error)")
      }
    }
  }
}
