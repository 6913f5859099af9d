import CKmod
import Glibc

/// The lists of free pages that each CPU keeps for itself (`struct per_cpu_pages`, linux/mmzone.h).
///
/// Pages on them join no larger block and don't count in /proc/buddyinfo. After a compaction that leaves a host with
/// free pages by the hundred and yet without one large block, they are what stands between.
enum PageLists {
  /// When nothing is known of the lists: more than most of them hold.
  private static let usual: UInt64 = 2048

  /// How many pages push out what is on a processor's lists now: as many as are on them, and as many as the kernel
  /// lets them hold before it gives pages back. The latter grows with the `low` watermark, up to tens of MiB on a machine
  /// with few processors. Never so many that the kernel would have to reclaim.
  static func needed(_ zones: ZoneInfo?) -> UInt64 {
    guard let zones else { return usual }
    let lists = zones.zones.reduce(UInt64(0)) {
      $0.addingSaturating($1.fullestList).addingSaturating($1.longestList)
    }
    let room = zones.zones.reduce(UInt64(0)) { $0.addingSaturating($1.free - min($1.free, $1.high)) } / 2
    return min(max(usual, lists.addingSaturating(usual / 4)), max(usual, room))
  }

  /// Takes some memory and gives it back on each CPU that this process may use, so that the kernel trims the lists.
  static func trim(pages: UInt64) {
    let bytes = Int(clamping: min(pages, 1 << 20)) * Int(getpagesize())
    guard let own = affinity() else { return churn(bytes) }
    defer { setAffinity(own) }
    for cpu in own.indices {
      for bit in 0..<8 where own[cpu] & (1 << bit) != 0 {
        var one = [UInt8](repeating: 0, count: own.count)
        one[cpu] = 1 << bit
        if setAffinity(one) { churn(bytes) }
      }
    }
  }

  /// Small pages, each touched: a huge page would pass the lists by.
  private static func churn(_ bytes: Int) {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let start = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0),
      unsafe start != MAP_FAILED
    else { return }
    unsafe madvise(start, bytes, MADV_NOHUGEPAGE)
    for offset in stride(from: 0, to: bytes, by: Int(getpagesize())) {
      unsafe start.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
    }
    unsafe munmap(start, bytes)
  }

  /// The CPUs that this thread may run on, as sched_getaffinity(2) gives them: a bit each.
  private static func affinity() -> [UInt8]? {
    var set = cpu_set_t()
    let size = MemoryLayout<cpu_set_t>.size
    guard unsafe sched_getaffinity(0, size, &set) == 0 else { return nil }
    return unsafe withUnsafeBytes(of: &set) { unsafe Array($0) }
  }

  @discardableResult
  private static func setAffinity(_ bits: [UInt8]) -> Bool {
    var set = cpu_set_t()
    unsafe withUnsafeMutableBytes(of: &set) { unsafe $0.copyBytes(from: bits) }
    return unsafe sched_setaffinity(0, MemoryLayout<cpu_set_t>.size, &set) == 0
  }
}
