import Glibc

/// The sizes in which the kernel hands out memory.
public struct PageSize: Equatable, Sendable {
  /// Bytes of a page: a power of two.
  public let bytes: UInt64

  /// 4 KiB, as on every x86.
  public static let fourKiB = PageSize(checked: 4096)

  /// A page size.
  ///
  /// - Returns: nil unless it is a power of two of at least 4 KiB and at most 1 MiB.
  public init?(bytes: UInt64) {
    guard (4096...(1 << 20)).contains(bytes), bytes & (bytes - 1) == 0 else { return nil }
    self.bytes = bytes
  }

  private init(checked bytes: UInt64) { self.bytes = bytes }

  /// The running kernel's.
  public static var running: PageSize {
    PageSize(bytes: UInt64(max(0, sysconf(Int32(_SC_PAGESIZE))))) ?? .fourKiB
  }

  /// How many pages a number of bytes takes.
  public func pages(_ bytes: UInt64) -> UInt64 {
    bytes / self.bytes + (bytes % self.bytes == 0 ? 0 : 1)
  }

  /// The order of the block that holds a number of bytes (`get_order` in the kernel); 0 for none.
  public func order(_ bytes: UInt64) -> Int {
    let pages = pages(bytes)
    guard pages > 1 else { return 0 }
    return UInt64.bitWidth - (pages - 1).leadingZeroBitCount
  }

  /// Bytes of a block of an order.
  public func bytes(ofOrder order: Int) -> UInt64 {
    bytes.shiftedSaturating(order)
  }
}
