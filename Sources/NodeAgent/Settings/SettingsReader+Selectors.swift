import Netlink

extension SettingsReader {
  /// `PHYSICAL_INTERFACE`: which interfaces, each by what tells it from the others; each malformed entry is named.
  mutating func selectors(_ name: String) -> Sourced<[InterfaceSelector]>? {
    guard let (text, raw) = text(name) else { return nil }
    var selectors: [InterfaceSelector] = []
    var isFit = true
    for entry in InterfaceSelector.entries(text) {
      do {
        let selector = try InterfaceSelector(parsing: entry)
        guard !selectors.contains(selector) else {
          refuse(raw, found: "\(shown(entry, of: raw)) twice", expected: "each interface once")
          isFit = false
          continue
        }
        selectors.append(selector)
      } catch {
        refuse(raw, found: shown(entry, of: raw), expected: error.expected)
        isFit = false
      }
    }
    if isFit && selectors.isEmpty {
      refuse(raw, found: shown(text, of: raw), expected: InterfaceSelector.expected)
      return nil
    }
    return isFit ? Sourced(value: selectors, origin: raw.origin) : nil
  }

  static let multihomingExpected =
    "the range of the loopback address of layer-3 multihoming, as in 10.0.0.0/24"

  /// A range of addresses, host bits dropped.
  static func range(_ text: String) -> IPPrefix? {
    guard let prefix = IPPrefix(text), !prefix.isDefault else { return nil }
    return prefix.network
  }
}
