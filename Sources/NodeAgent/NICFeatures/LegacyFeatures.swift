import Glibc
import Netlink
import SystemPackage

/// The few features that matter here by ioctl(2) SIOCETHTOOL, for kernels without ethtool's netlink family (before 5.6):
/// LRO and the checksums, which have commands of their own since before features had names (linux/ethtool.h).
///
/// What can't be changed isn't told beforehand there: it shows when it is read back.
enum LegacyFeatures {
  /// `SIOCETHTOOL`, linux/sockios.h.
  private static let request: CUnsignedLong = 0x8946
  /// `ETH_FLAG_LRO`
  private static let lroFlag: UInt32 = 1 << 15

  /// A feature by the name that it has since, with the commands that read and write it, and its bit in what they carry.
  private struct Feature {
    let name: String
    let get: UInt32
    let set: UInt32
    let bit: UInt32
  }

  private static let all = [
    // ETHTOOL_GFLAGS and SFLAGS, GRXCSUM and SRXCSUM, GTXCSUM and STXCSUM.
    Feature(name: "rx-lro", get: 0x25, set: 0x26, bit: lroFlag),
    Feature(name: "rx-checksum", get: 0x14, set: 0x15, bit: 1),
    Feature(name: "tx-checksum-ip-generic", get: 0x16, set: 0x17, bit: 1),
  ]

  static func read(_ interface: String) throws(FeatureProblem) -> InterfaceFeatures {
    var active: Set<String> = []
    for feature in all where try exchange(feature.get, 0, interface) & feature.bit != 0 {
      active.insert(feature.name)
    }
    return InterfaceFeatures(changeable: Set(all.map(\.name)), active: active)
  }

  static func turn(_ names: [String], on: Bool, _ interface: String) throws(FeatureProblem) {
    for feature in all where names.contains(feature.name) {
      let before = try exchange(feature.get, 0, interface)
      let wanted = on ? before | feature.bit : before & ~feature.bit
      if wanted != before { _ = try exchange(feature.set, wanted, interface) }
    }
  }

  /// One call with a `struct ethtool_value`: a command and a number.
  private static func exchange(
    _ command: UInt32, _ value: UInt32, _ interface: String
  ) throws(FeatureProblem) -> UInt32 {
    let socket = socket(AF_INET, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw FeatureProblem(description: "no socket: \(Errno(rawValue: errno))") }
    defer { _ = close(socket) }
    // struct ifreq: a name of 16 bytes with its NUL, then a union of 24, here a pointer.
    let name = Array(interface.utf8)
    guard (1..<16).contains(name.count) else {
      throw FeatureProblem(description: "\(interface) is no interface's name")
    }
    let carried = UnsafeMutablePointer<UInt32>.allocate(capacity: 2)
    defer { unsafe carried.deallocate() }
    unsafe carried[0] = command
    unsafe carried[1] = value
    let call = UnsafeMutableRawPointer.allocate(byteCount: 40, alignment: 8)
    defer { unsafe call.deallocate() }
    unsafe call.initializeMemory(as: UInt8.self, repeating: 0, count: 40)
    for (index, byte) in name.enumerated() {
      unsafe call.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }
    unsafe call.storeBytes(of: UInt(bitPattern: carried), toByteOffset: 16, as: UInt.self)
    guard unsafe ioctl(socket, request, call) == 0 else {
      throw FeatureProblem(
        description:
          "cannot ask the driver of \(interface) (SIOCETHTOOL 0x\(String(command, radix: 16))): \(Errno(rawValue: errno))"
      )
    }
    return unsafe carried[1]
  }
}
