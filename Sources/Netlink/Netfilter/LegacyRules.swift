internal import Glibc
internal import SystemPackage

/// The packet filter's tables as iptables-legacy keeps them (linux/netfilter_ipv4/ip_tables.h, …_ipv6/ip6_tables.h).
public struct LegacyRules: Sendable {
  /// Whose tables.
  public let family: AddressFamily

  /// Makes a reader.
  public init(_ family: AddressFamily) { self.family = family }

  /// How many rules of a table name an interface as the one by which packets arrive or leave.
  ///
  /// - Parameters:
  ///   - interface: whose name they compare.
  ///   - table: one that is loaded, as /proc/net/ip_tables_names lists them: any other the kernel would load.
  /// - Throws: what getsockopt(2) said.
  public func count(naming interface: NFTInterface, in table: String) throws(NetlinkError) -> Int {
    do throws(Errno) {
      // It may grow between the two questions.
      for _ in 1..<5 {
        do throws(Errno) {
          return try Self.count(try entries(of: table), layout, interface)
        } catch .resourceTemporarilyUnavailable {
          continue
        }
      }
      throw .resourceTemporarilyUnavailable
    } catch {
      throw NetlinkError("read the rules of iptables", on: "table \(table), \(family)", .system(error))
    }
  }

  /// Where in an entry (`struct ipt_entry`, `struct ip6t_entry`) what lies.
  struct Layout: Sendable {
    /// The interface's names: arriving, leaving, then what of each is compared.
    let names: Int
    /// How far the next entry is (16 bits).
    let next: Int

    static let ipv4 = Layout(names: 16, next: 90)
    static let ipv6 = Layout(names: 64, next: 142)
  }

  var layout: Layout { family == .ipv4 ? .ipv4 : .ipv6 }

  /// Counts in the entries of a table as the kernel gives them. What doesn't follow the format ends it.
  static func count(_ bytes: [UInt8], _ layout: Layout, _ interface: NFTInterface) throws(Errno) -> Int {
    var (position, found) = (0, 0)
    while position + layout.next + 2 <= bytes.count {
      let entry = bytes[position...]
      func names(_ number: Int) -> Bool {
        let start = entry.startIndex + layout.names + number * NFTInterface.nameLength
        return isNamed(
          entry[start..<start + NFTInterface.nameLength],
          mask: entry[start + 2 * NFTInterface.nameLength..<start + 3 * NFTInterface.nameLength],
          interface.name)
      }
      if names(0) || names(1) { found += 1 }
      let next = position + layout.next
      let length = Int(UInt16(bytes[next]) | UInt16(bytes[next + 1]) << 8)
      guard length > layout.next else { throw .ioError }
      position += length
    }
    return found
  }

  /// Whether what is compared of a name is met; nothing is compared where the rule says nothing.
  private static func isNamed(
    _ name: ArraySlice<UInt8>, mask: ArraySlice<UInt8>, _ wanted: String
  ) -> Bool {
    guard mask.contains(where: { $0 != 0 }) else { return false }
    let wanted = Array(wanted.utf8) + [UInt8](repeating: 0, count: NFTInterface.nameLength)
    return zip(zip(name, mask), wanted).allSatisfy { pair, own in (pair.0 ^ own) & pair.1 == 0 }
  }

  private func entries(of table: String) throws(Errno) -> [UInt8] {
    guard table.utf8.count < 32, !table.utf8.contains(0) else { throw .invalidArgument }
    let domain = family == .ipv4 ? AF_INET : AF_INET6
    let socket = Glibc.socket(domain, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), Int32(IPPROTO_RAW))
    guard socket >= 0 else { throw Errno(rawValue: errno) }
    defer { close(socket) }
    let name = Array(table.utf8) + [UInt8](repeating: 0, count: 32 - table.utf8.count)
    // struct ipt_getinfo: the name, 11 numbers, how many entries, their size. IPT_SO_GET_INFO is 64.
    let information = try ask(socket, 64, name + [UInt8](repeating: 0, count: 52))
    guard information.count == 84 else { throw .ioError }
    let size = information[80..<84].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard size <= Self.largestTable else { throw .fileTooLarge }
    // struct ipt_get_entries: the name, the size, padding, the entries. IPT_SO_GET_ENTRIES is 65.
    var request = name
    request.append(UInt32(size))
    request.append(UInt32(0))
    return Array(try ask(socket, 65, request + [UInt8](repeating: 0, count: size)).dropFirst(40))
  }

  /// A table of a million rules takes less.
  static let largestTable = 512 << 20

  private func ask(_ socket: Int32, _ option: Int32, _ request: [UInt8]) throws(Errno) -> [UInt8] {
    var bytes = request
    var length = socklen_t(bytes.count)
    // SOL_IP, SOL_IPV6
    let level: Int32 = family == .ipv4 ? 0 : 41
    let result = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe getsockopt(socket, level, option, buffer.baseAddress, &length)
    }
    guard result == 0 else { throw Errno(rawValue: errno) }
    return Array(bytes.prefix(Int(length)))
  }
}
