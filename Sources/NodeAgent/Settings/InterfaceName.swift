/// The name of a network interface, as the kernel takes it (dev_valid_name in net/core/dev.c; IFNAMSIZ is 16).
///
/// Stricter than the kernel in one point: only printable ASCII, and neither comma (it separates names in a list) nor
/// `#` (it would start a comment in the agent's configuration).
struct InterfaceName: Sendable, Hashable, CustomStringConvertible {
  static let expected =
    "an interface name: 1 to 15 printable characters without blanks, '/', ':', ',' and '#'"

  let text: String

  init?(_ text: String) {
    guard (1...15).contains(text.utf8.count), text != ".", text != ".." else { return nil }
    let isFit = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/:,#".utf8.contains($0) }
    guard isFit else { return nil }
    self.text = text
  }

  var description: String { text }
}
