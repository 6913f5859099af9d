/// What is needed of Debian's /etc/network/interfaces (interfaces(5)).
struct InterfacesFile {
  /// An `iface` line.
  struct Stanza: Equatable {
    let interface: String
    /// `inet`, `inet6`, …
    let family: String
    /// `static`, `dhcp`, `manual`, …
    let method: String
  }

  /// A line that takes in other files.
  struct Source: Equatable {
    /// With a pattern as its last part, or the folder's path.
    let path: String
    /// `source-directory`: all files of it whose names have letters, digits, `_` and `-` alone.
    let isFolder: Bool
  }

  private(set) var stanzas: [Stanza] = []
  private(set) var sources: [Source] = []

  init(_ text: String) {
    // A line that ends with a backslash goes on in the next one.
    let whole = text.replacing("\\\n", with: " ")
    for line in whole.split(whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let keyword = words.first, !keyword.hasPrefix("#") else { continue }
      switch keyword {
      case "iface" where words.count >= 4:
        stanzas.append(Stanza(interface: words[1], family: words[2], method: words[3]))
      case "source", "source-directory":
        sources += words.dropFirst().map { Source(path: $0, isFolder: keyword == "source-directory") }
      default: break
      }
    }
  }
}
