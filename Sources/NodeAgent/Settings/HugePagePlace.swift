import KernelModule
import VRouter

/// Where the files of huge pages lie that the module's tables are to be in.
struct HugePagePlace: Sendable, Equatable {
  /// Bytes of a page.
  let pageBytes: UInt64
  let directory: Sourced<String>
  /// Whether a hugetlbfs with pages of that size is mounted there.
  let isMounted: Bool

  /// Pages of 1 GiB come before those of 2 MiB. The size's own folder, else the last mount of that size, else the folder
  /// for both.
  ///
  /// - Returns: nil when no huge pages are asked for.
  init?(_ settings: HugePageSettings, mounts: [HugePages.Mount]) {
    guard let size = settings.pageBytes else { return nil }
    let own = settings.gigantic > 0 ? settings.giganticDirectory : settings.hugeDirectory
    let last = mounts.last { $0.pageBytes == size }.map {
      Sourced(value: $0.path, origin: .detected("last mounted hugetlbfs with pages of \(Self.words(size))"))
    }
    let directory = own ?? last ?? settings.directory
    self.directory = directory
    pageBytes = size
    isMounted = mounts.isMounted(directory.value, size)
  }

  /// The tables' files, separated by blanks, as the vRouter agent takes them.
  var files: Sourced<String> {
    directory.map { folder in
      HugeTable.allCases.map { "\(folder)/\($0.rawValue)" }.joined(separator: " ")
    }
  }

  /// The size in words.
  var size: String { Self.words(pageBytes) }

  private static func words(_ bytes: UInt64) -> String {
    bytes >> 30 > 0 ? "\(bytes >> 30) GiB" : "\(bytes >> 20) MiB"
  }
}
