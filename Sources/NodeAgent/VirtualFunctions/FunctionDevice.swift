import HostFiles

/// A PCI device that can have virtual functions, by its folder in sysfs (Documentation/ABI/testing/sysfs-bus-pci).
struct FunctionDevice: Sendable, Equatable {
  /// `/sys/bus/pci/devices/0000:03:00.0`.
  let folder: String
  /// As many as it can have (`sriov_totalvfs`).
  let total: Int
  /// As many as it has (`sriov_numvfs`).
  let count: Int
  /// Those that are seen (`virtfn0` …), in order.
  let functions: [VirtualFunction]

  /// One virtual function.
  struct VirtualFunction: Sendable, Equatable {
    /// Its PCI address.
    let address: String
    /// By whom it is used, as far as this host tells; nil where by nobody.
    let use: String?
  }

  /// Why a device can't have virtual functions, in one sentence.
  struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
    let description: String
  }

  /// Where the kernel lists PCI devices by address.
  static let devices = "/sys/bus/pci/devices"
}

extension FunctionDevice {
  /// Looks at the device of a network interface.
  static func observe(interface: String, on root: HostRoot) throws(Problem) -> FunctionDevice {
    try observe(folder: try folder(of: interface, on: root), on: root)
  }

  /// From a network interface to the folder of its PCI device: `/sys/class/net/eth1/device` leads there.
  static func folder(of interface: String, on root: HostRoot) throws(Problem) -> String {
    let net = "/sys/class/net/\(interface)"
    guard root.exists(net) else { throw Problem(description: "there is no interface \(interface)") }
    guard let target = try? root.linkTarget("\(net)/device") else {
      throw Problem(
        description:
          "\(interface) is no hardware of its own (a bond, a VLAN, a bridge?): name the card below it")
    }
    let address = target.split(separator: "/").last.map(String.init) ?? ""
    guard isAddress(address) else {
      throw Problem(
        description: "\(interface) is no PCI device, but \(address.isEmpty ? "unnamed" : address)")
    }
    return "\(devices)/\(address)"
  }

  /// Looks at the folder of a PCI device.
  static func observe(folder: String, on root: HostRoot) throws(Problem) -> FunctionDevice {
    guard let total = number("\(folder)/sriov_totalvfs", root),
      let count = number("\(folder)/sriov_numvfs", root)
    else {
      throw Problem(
        description:
          "\(folder) can't have virtual functions: its card, its driver or the machine's firmware doesn't offer SR-IOV"
      )
    }
    var functions: [VirtualFunction] = []
    // Their links are numbered without a gap.
    while functions.count < count, let function = function(functions.count, of: folder, on: root) {
      functions.append(function)
    }
    return FunctionDevice(folder: folder, total: total, count: count, functions: functions)
  }

  private static func number(_ path: String, _ root: HostRoot) -> Int? {
    (try? root.readValue(path)).flatMap { Int($0) }
  }

  /// `0000:03:00.0`; some machines have domains of more than four digits.
  private static func isAddress(_ text: String) -> Bool {
    text.wholeMatch(of: /[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]/) != nil
  }

  private static func function(_ number: Int, of folder: String, on root: HostRoot) -> VirtualFunction? {
    guard let target = try? root.linkTarget("\(folder)/virtfn\(number)"),
      let address = target.split(separator: "/").last.map(String.init), isAddress(address)
    else { return nil }
    return VirtualFunction(address: address, use: use("\(devices)/\(address)", root))
  }

  /// By whom a function is used: what the kernel tells of its driver and its interface.
  private static func use(_ folder: String, _ root: HostRoot) -> String? {
    guard let target = try? root.linkTarget("\(folder)/driver"),
      let driver = target.split(separator: "/").last
    else { return nil }
    if driver.hasPrefix("vfio") || driver.hasPrefix("uio") || driver == "igb_uio" {
      return "the driver \(driver) has it, for a virtual machine or another program"
    }
    guard let interface = (try? root.names(in: "\(folder)/net"))?.first else {
      return "the driver \(driver) has it, and its interface is in another network namespace, if it has one"
    }
    let net = "\(folder)/net/\(interface)"
    let flags = (try? root.readValue("\(net)/flags")).flatMap { UInt32($0.dropFirst(2), radix: 16) }
    // IFF_UP, linux/if.h.
    if let flags, flags & 1 != 0 { return "its interface \(interface) is up" }
    let above = ((try? root.names(in: net)) ?? []).filter { $0 == "master" || $0.hasPrefix("upper_") }
    return above.isEmpty ? nil : "its interface \(interface) is a port of another, or has one on it"
  }
}
