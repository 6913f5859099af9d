import HostFiles
import KernelModule

/// The host's /etc/resolv.conf, while vhost0 has an address that came by DHCP.
///
/// Who gave the interface its address by DHCP gave the host its name servers, too, and may take them away when it lets go of
/// the interface; nobody brings them back then. What was there before the takeover is noted, and put back when no name server is
/// left. When a manager has the interface again, it writes the file anew by itself.
enum NameServerFile {
  static let path = "/etc/resolv.conf"
  private static let sizeLimit = 1 << 20

  /// The file as it is.
  struct Content: Sendable, Equatable {
    /// Where /etc/resolv.conf leads to, as nothing is written through a link.
    let path: String
    let text: String

    /// Whether it names a server (resolv.conf(5)).
    var namesServer: Bool {
      text.split(separator: "\n").contains { line in
        let words = line.split { $0 == " " || $0 == "\t" }
        return words.count > 1 && words[0] == "nameserver"
      }
    }

    /// systemd-resolved has the servers of each interface by its manager, and shows only itself here: the file stays as it is
    /// when they go.
    var isResolved: Bool { path.hasPrefix("/run/systemd/resolve/") }
  }

  /// Nil where there is none that can be read.
  static func read(from root: HostRoot) -> Content? {
    guard let file = try? ModuleFile(resolving: path, below: root),
      let text = try? root.readText(file.path, limit: sizeLimit)
    else { return nil }
    return Content(path: file.path, text: text)
  }

  /// What is to be put back: pure.
  ///
  /// - Parameters:
  ///   - now: the file; nil where it is gone.
  ///   - noted: as it was before the takeover.
  static func lost(_ now: Content?, noted: HostChanges.NameServers?) -> HostChanges.NameServers? {
    guard let noted, now?.namesServer != true else { return nil }
    return noted
  }

  /// Puts it back.
  static func restore(_ noted: HostChanges.NameServers, on root: HostRoot) throws(CommandFailure) {
    do {
      try root.removeUnfinished(noted.path)
      try root.replace(noted.path, with: Array(noted.content.utf8), mode: 0o644)
    } catch {
      throw CommandFailure(.failed, "the host's name servers were not put back: \(error)")
    }
  }
}
