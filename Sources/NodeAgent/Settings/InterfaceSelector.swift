import Netlink

/// One entry of `PHYSICAL_INTERFACE`: it has to fit exactly one interface of the host.
enum InterfaceSelector: Sendable, Hashable {
  /// The name, or an alternative one.
  case name(String)
  /// `mac:52:54:00:12:34:56`: the address in use, or the one that the hardware came with.
  case mac(MACAddress)
  /// `pci:0000:3b:00.0`: the hardware's place on the PCI bus, in lower case and with its domain.
  case pci(String)
  /// `driver:mlx5_core`: the kernel's name for the hardware's driver.
  case driver(String)
  /// `cidr:10.1.0.0/16`: an address of the interface lies in it.
  case cidr(IPPrefix)
  /// `/^en.*f0$/`: a POSIX extended regular expression, found anywhere in the name or an alternative name.
  case pattern(String)

  /// Whether it takes ``LinkHardware`` to tell what it fits.
  var needsHardware: Bool {
    switch self {
    case .pci, .driver: true
    case .name, .mac, .cidr, .pattern: false
    }
  }
}

extension InterfaceSelector: CustomStringConvertible {
  /// As `PHYSICAL_INTERFACE` takes it.
  var description: String {
    switch self {
    case .name(let name): name
    case .mac(let mac): "mac:\(mac)"
    case .pci(let address): "pci:\(address)"
    case .driver(let name): "driver:\(name)"
    case .cidr(let prefix): "cidr:\(prefix)"
    case .pattern(let text): "/\(text)/"
    }
  }
}

extension InterfaceSelector {
  static let expected =
    "an interface's name, mac:<address>, pci:<address>, driver:<name>, cidr:<prefix> or /<regular expression>/"

  /// Reads one entry, blanks around it dropped; the error says what is wrong with it.
  init(parsing text: String) throws(Flaw) {
    if text.hasPrefix("/") {
      self = try Self.pattern(parsing: text)
      return
    }
    guard let colon = text.firstIndex(of: ":") else {
      guard Self.isName(text) else {
        throw Flaw(
          expected:
            "\(Self.expected); a name has 1 to 127 printable characters but blank, '/', ':', ',' and '#'")
      }
      self = .name(text)
      return
    }
    let value = String(text[text.index(after: colon)...])
    switch text[..<colon] {
    case "mac":
      guard let mac = MACAddress(value), !mac.isZero, !mac.isMulticast else {
        throw Flaw(expected: "mac: and an interface's Ethernet address, as in mac:52:54:00:12:34:56")
      }
      self = .mac(mac)
    case "pci":
      guard let address = PCIAddress.normalized(value) else {
        throw Flaw(expected: "pci: and a PCI address, as in pci:0000:3b:00.0")
      }
      self = .pci(address)
    case "driver":
      guard Self.isName(value) else {
        throw Flaw(expected: "driver: and a driver's name, as in driver:mlx5_core")
      }
      self = .driver(value)
    case "cidr":
      guard let prefix = IPPrefix(value) else {
        throw Flaw(expected: "cidr: and addresses with the length of their prefix, as in cidr:10.1.0.0/16")
      }
      self = .cidr(prefix.network)
    default:
      throw Flaw(expected: Self.expected)
    }
  }

  /// What is wrong with an entry.
  struct Flaw: Error, Equatable {
    /// What would be right.
    let expected: String
  }

  private static func pattern(parsing text: String) throws(Flaw) -> Self {
    let body = String(text.dropFirst().dropLast())
    guard text.count >= 3, text.hasSuffix("/") else {
      throw Flaw(expected: "a regular expression between two '/', as in /^en.*f0$/")
    }
    do {
      _ = try PosixPattern(body)
    } catch {
      throw Flaw(expected: "a POSIX extended regular expression between two '/' (\(error.reason))")
    }
    return .pattern(body)
  }

  /// IFNAMSIZ is 16 and ALTIFNAMSIZ 128, both with the NUL at the end. Printable ASCII, as in ``InterfaceName``.
  private static func isName(_ text: String) -> Bool {
    (1...127).contains(text.utf8.count) && text != "." && text != ".."
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/:,#".utf8.contains($0) }
  }

  /// The entries of a list. Commas separate them, but for those inside of a regular expression: it ends at the first '/'
  /// that a comma or the list's end follows.
  static func entries(_ text: String) -> [String] {
    var entries: [String] = []
    var rest = text[...]
    while !rest.isEmpty {
      let start = rest.drop { $0 == " " || $0 == "\t" || $0 == "," }
      guard let first = start.first else { break }
      let end = (first == "/" ? endOfPattern(start) : nil) ?? start.firstIndex(of: ",") ?? start.endIndex
      entries.append(SettingsReader.trimmed(String(start[..<end])))
      rest = start[end...]
    }
    return entries
  }

  private static func endOfPattern(_ text: Substring) -> Substring.Index? {
    var index = text.index(after: text.startIndex)
    while let slash = text[index...].firstIndex(of: "/") {
      let next = text.index(after: slash)
      let rest = text[next...].drop { $0 == " " || $0 == "\t" }
      if rest.isEmpty || rest.first == "," { return next }
      index = next
    }
    return nil
  }
}

/// A device's place on the PCI bus: domain, bus, device and function (lspci(8)).
enum PCIAddress {
  /// In lower case and with its domain; nil unless the text is such an address. Without a domain it is 0000.
  static func normalized(_ text: String) -> String? {
    var parts = text.lowercased().split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2 { parts.insert("0000", at: 0) }
    guard parts.count == 3, (4...8).contains(parts[0].count), parts[1].count == 2 else { return nil }
    let last = parts[2].split(separator: ".", omittingEmptySubsequences: false)
    guard last.count == 2, last[0].count == 2, last[1].count == 1 else { return nil }
    let digits = parts[0] + parts[1] + last.joined()
    guard digits.utf8.allSatisfy({ Ascii.hexValue($0) != nil }) else { return nil }
    return parts.joined(separator: ":")
  }
}
