import HostFiles

/// This program's own memory.
enum OwnMemory {
  /// Pages that nobody shares, which are free when it ends: `/proc/self/statm`, resident without shared (proc(5)).
  static var pages: UInt64 {
    guard let text = try? HostRoot.running.readValue("/proc/self/statm") else { return 0 }
    let numbers = text.split(separator: " ").compactMap { UInt64($0) }
    guard numbers.count >= 3 else { return 0 }
    return numbers[1] - min(numbers[1], numbers[2])
  }
}
