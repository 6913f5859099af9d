import FoundationEssentials
import HostFiles

/// The file in which a successful preparation remembers the hardware that it chose, to know it again after a rename.
struct IdentityFile: Codable, Equatable, Sendable {
  static let path = "/var/lib/vrouter-node-agent/identity.json"
  static let schema = 1
  /// Larger than any that this program writes.
  static let sizeLimit = 1 << 20

  var schema = IdentityFile.schema
  var identity: RememberedIdentity

  /// What was found in the file's place.
  enum Content: Equatable, Sendable {
    /// There is none.
    case absent
    case remembered(RememberedIdentity)
    /// It can't be used, and why: a node must not stay down for it, but somebody should know.
    case unusable(String)

    var identity: RememberedIdentity? {
      if case .remembered(let identity) = self { identity } else { nil }
    }

    var problem: String? {
      if case .unusable(let reason) = self { reason } else { nil }
    }
  }

  /// Looks for the file.
  static func read(from files: any HostFileSource) -> Content {
    do {
      return parse(try files.readBytes(path, limit: sizeLimit))
    } catch  where error.isNotFound {
      return .absent
    } catch {
      return .unusable("what was remembered of the interface can't be read: \(error)")
    }
  }

  /// Reads the file's content.
  static func parse(_ bytes: [UInt8]) -> Content {
    struct Head: Decodable { let schema: Int }
    guard let head = try? JSONDecoder().decode(Head.self, from: Data(bytes)) else {
      return .unusable(
        "\(path) is damaged: it is passed over, and written anew by the next successful prepare")
    }
    guard head.schema == schema else {
      return .unusable(
        "\(path) has schema \(head.schema), and this program reads \(schema): it is passed over")
    }
    guard let file = try? decoder().decode(Self.self, from: Data(bytes)), !file.identity.interfaces.isEmpty
    else {
      return .unusable(
        "\(path) is damaged: it is passed over, and written anew by the next successful prepare")
    }
    return .remembered(file.identity)
  }

  /// Puts it in the place of what is there, for root alone to read.
  static func write(_ identity: RememberedIdentity, to root: HostRoot) throws(HostFileError) {
    let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    try root.makeDirectories(folder, mode: 0o755)
    try root.removeUnfinished(path)
    try root.replace(path, with: Array(JSON.document(IdentityFile(identity: identity)).utf8), mode: 0o600)
  }

  private static func decoder() -> JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }
}
