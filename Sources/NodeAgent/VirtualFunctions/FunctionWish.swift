/// What becomes of virtual functions that are in use, where another number of them is asked for (`VROUTER_SRIOV_IN_USE`).
enum FunctionsInUse: String, Sendable, CaseIterable {
  /// They stay, and the preparation fails.
  case refuse
  /// They go, with whatever uses them.
  case replace
}

/// How many virtual functions an interface is to have.
struct FunctionRequest: Sendable, Equatable {
  let interface: String
  let count: Int
}

/// A request against what the device has: decided before anything is touched.
struct FunctionWish: Sendable, Equatable {
  let request: FunctionRequest
  let device: Result<FunctionDevice, FunctionDevice.Problem>
  let policy: FunctionsInUse

  /// Why it can't, or must not, be met; nil when it can.
  var refusal: String? {
    let asked = "SRIOV_VF asks for \(request.count) virtual functions of \(request.interface)"
    let device: FunctionDevice
    do throws(FunctionDevice.Problem) {
      device = try self.device.get()
    } catch {
      // A setting for unlike nodes: one without such a card has none already.
      guard request.count > 0 else { return nil }
      return "\(asked): \(error); correct SRIOV_PHYSICAL_INTERFACE"
    }
    guard request.count <= device.total else {
      return "\(asked), and it can have \(device.total) (\(device.folder)/sriov_totalvfs)"
    }
    guard device.count != 0, device.count != request.count, policy == .refuse else { return nil }
    let used = device.functions.compactMap { function in function.use.map { "\(function.address): \($0)" } }
    guard !used.isEmpty else { return nil }
    return
      "\(asked), it has \(device.count), all of which would go first, and they are in use (\(used.joined(separator: "; "))); stop what uses them, or set VROUTER_SRIOV_IN_USE=replace"
  }

  /// Whether something is to be changed.
  var isPending: Bool {
    guard let device = try? device.get() else { return false }
    return device.count != request.count
  }

  /// How many there are.
  var present: Int { (try? device.get())?.count ?? 0 }
}
