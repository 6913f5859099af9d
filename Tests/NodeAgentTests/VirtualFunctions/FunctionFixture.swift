import Foundation
import HostFiles
import SystemPackage

@testable import NodeAgent

/// Cards in a folder's sysfs, and a kernel that makes virtual functions there as drivers/pci/iov.c does.
struct FunctionFixture: ControlWriter {
  let path: String
  var errno: Errno?

  static let address = "0000:03:00.0"
  static let folder = "/sys/bus/pci/devices/\(address)"

  func link(_ link: String, to target: String) throws {
    let whole = path + link
    try FileManager.default.createDirectory(
      atPath: (whole as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try? FileManager.default.removeItem(atPath: whole)
    try FileManager.default.createSymbolicLink(atPath: whole, withDestinationPath: target)
  }

  /// eth1 is a card of 8 functions, as the kernel shows it: `device` leads to the PCI device's folder.
  func card(_ root: HostRoot, count: Int = 0) throws {
    let device = "/sys/devices/pci0000:00/0000:00:02.0/\(Self.address)"
    try FakeHost.write("8", "\(device)/sriov_totalvfs", root)
    try FakeHost.write("0", "\(device)/sriov_numvfs", root)
    try FakeHost.write("7", "\(device)/net/eth1/ifindex", root)
    try link(Self.folder, to: "../../../devices/pci0000:00/0000:00:02.0/\(Self.address)")
    try link("/sys/class/net/eth1", to: "../../devices/pci0000:00/0000:00:02.0/\(Self.address)/net/eth1")
    try link("\(device)/net/eth1/device", to: "../../../\(Self.address)")
    if count > 0 { _ = write("\(count)", to: "\(Self.folder)/sriov_numvfs", on: root, within: .zero) }
  }

  /// The folder of a function.
  static func function(_ number: Int) -> String { "/sys/bus/pci/devices/0000:03:10.\(number)" }

  func write(_ value: String, to file: String, on root: HostRoot, within limit: Duration) -> ControlRefusal? {
    if let errno { return ControlRefusal(errno: errno, description: "the kernel says \(errno)") }
    guard let wanted = Int(value), let text = try? root.readValue(file), let present = Int(text) else {
      return ControlRefusal(errno: nil, description: "it can't be understood")
    }
    if wanted != 0, present != 0 { return ControlRefusal(errno: .resourceBusy, description: "busy") }
    if wanted > 8 { return ControlRefusal(errno: .outOfRange, description: "too many") }
    let device = "/sys/devices/pci0000:00/0000:00:02.0/\(Self.address)"
    do {
      for number in 0..<present {
        try FileManager.default.removeItem(atPath: "\(path)\(device)/virtfn\(number)")
      }
      for number in 0..<wanted {
        try FakeHost.write("0x8086", "\(Self.function(number))/vendor", root)
        try link("\(device)/virtfn\(number)", to: "../0000:03:10.\(number)")
      }
      try FakeHost.write("\(wanted)", "\(device)/sriov_numvfs", root)
    } catch {
      return ControlRefusal(errno: nil, description: "\(error)")
    }
    return nil
  }
}
