private import CKmod
import Glibc
import HostFiles

/// The kernel's log as syslog(2) gives it: for those who may not open /dev/kmsg, which a container has only if it is
/// privileged. It takes `CAP_SYSLOG` where `kernel.dmesg_restrict` is set.
///
/// It is text without marks of its own: what is new is what follows the end of what was read before.
struct KernelRing {
  /// The end of what was read last.
  private var end: [UInt8]

  /// As much of it is read: a load writes some lines, and a ring may have megabytes.
  private static let limit = 256 << 10
  /// As much of the end is looked for again; that so much comes twice is as good as impossible.
  private static let endSize = 4096

  /// Stands at the present end of the running kernel's log.
  ///
  /// - Returns: nil when it may not be read, or when the host's tree is not one of this kernel's.
  init?(of host: HostRoot) {
    guard Self.isOfThisKernel(host), let text = Self.read() else { return nil }
    end = Array(text.suffix(Self.endSize))
  }

  /// The messages since it was last asked, oldest first, without the time.
  mutating func newMessages() -> [String] {
    guard let text = Self.read() else { return [] }
    let fresh = Self.part(of: text, after: end)
    end = Array(text.suffix(Self.endSize))
    return Self.messages(in: String(decoding: fresh, as: UTF8.self))
  }

  /// What follows the last place where `end` lies; all, where so much was written that it lies there no more.
  static func part(of text: [UInt8], after end: [UInt8]) -> ArraySlice<UInt8> {
    guard !end.isEmpty, end.count <= text.count else { return end.isEmpty ? text[...] : [] }
    for start in stride(from: text.count - end.count, through: 0, by: -1)
    where text[start] == end[0] && text[start..<start + end.count].elementsEqual(end) {
      return text[(start + end.count)...]
    }
    return text[...]
  }

  /// The messages in lines such as `<4>[ 5.690716] vrouter: loading out-of-tree module taints kernel.`, of which the time
  /// (`printk.time`) and a thread's or processor's number in brackets (`CONFIG_PRINTK_CALLER`) may be there or not.
  static func messages(in text: String) -> [String] {
    text.split(separator: "\n").map { line in
      var rest = line
      if rest.first == "<", let end = rest.firstIndex(of: ">") { rest = rest[rest.index(after: end)...] }
      for isPart in [isTime, isCaller] {
        guard rest.first == "[", let end = rest.firstIndex(of: "]"), isPart(rest[..<end].dropFirst()) else {
          continue
        }
        rest = rest[rest.index(after: end)...]
        if rest.first == " " { rest = rest.dropFirst() }
      }
      return String(rest)
    }
  }

  private static func isTime(_ text: Substring) -> Bool {
    text.contains(".")
      && text.utf8.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ".") || isDigit($0) }
  }

  private static func isCaller(_ text: Substring) -> Bool {
    let number = text.drop { $0 == " " }
    return (number.first == "T" || number.first == "C") && number.utf8.count > 1
      && number.utf8.dropFirst().allSatisfy(isDigit)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// The end of the ring; nil if it may not be read.
  private static func read() -> [UInt8]? {
    // SYSLOG_ACTION_READ_ALL: reads without taking.
    let readAll: CInt = 3
    var buffer = [CChar](repeating: 0, count: limit)
    let count = unsafe klogctl(readAll, &buffer, CInt(limit))
    guard count >= 0 else { return nil }
    return buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }
  }

  /// A tree with another kernel's log, or with none, is a test's or a disk's.
  private static func isOfThisKernel(_ host: HostRoot) -> Bool {
    if host.isRunningHost { return true }
    var status = statfs()
    // PROC_SUPER_MAGIC of linux/magic.h.
    return unsafe statfs(host.path + "/proc", &status) == 0 && status.f_type == 0x9fa0
  }
}
