import FoundationEssentials

/// What a capture is, and the files it consists of: `manifest.json`, written last.
struct CaptureManifest: Codable, Equatable, Sendable {
  static let name = "manifest.json"
  static let format = "vrouter-node-agent capture"
  /// Changed whenever an older program could read a capture wrongly.
  static let version = 1

  var format = CaptureManifest.format
  var version = CaptureManifest.version
  /// The version of the program that wrote it.
  var agentVersion: String
  /// The kernel that answered.
  var kernelRelease: String
  /// Seconds since 1970.
  var takenAt: Int64
  /// Every file but the manifest, ordered by path.
  var files: [File]

  /// One file of a capture.
  struct File: Codable, Equatable, Sendable {
    /// Below the capture's folder.
    var path: String
    /// Bytes.
    var size: Int
    /// 64 hexadecimal digits.
    var sha256: String
  }

  /// Where a capture was made.
  struct Circumstances: Equatable, Sendable {
    var agentVersion: String
    var kernelRelease: String
    var takenAt: Int64
  }

  /// The manifest of files with these contents.
  init(_ circumstances: Circumstances, files: [String: [UInt8]]) {
    agentVersion = circumstances.agentVersion
    kernelRelease = circumstances.kernelRelease
    takenAt = circumstances.takenAt
    self.files = files.sorted { $0.key < $1.key }.map { path, bytes in
      File(path: path, size: bytes.count, sha256: SHA256.hexadecimal(bytes))
    }
  }
}

extension CaptureManifest {
  /// What every manifest begins with, whatever its version is.
  private struct Head: Decodable {
    let format: String
    let version: Int
  }

  /// Reads a manifest.
  ///
  /// - Throws: a sentence that says what is wrong with it.
  init(parsing bytes: [UInt8]) throws(CaptureFlaw) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let head = try? decoder.decode(Head.self, from: Data(bytes)), head.format == Self.format else {
      throw CaptureFlaw("\(Self.name) is not the manifest of a capture")
    }
    guard head.version == Self.version else {
      throw CaptureFlaw(
        "it has the format version \(head.version), and this program reads version \(Self.version); use the program that made it"
      )
    }
    do {
      self = try decoder.decode(Self.self, from: Data(bytes))
    } catch {
      throw CaptureFlaw("\(Self.name) is incomplete or damaged")
    }
  }
}

/// What is wrong with a capture, as a sentence without its folder.
struct CaptureFlaw: Error, Equatable, CustomStringConvertible {
  let description: String

  /// Control characters are spelt out: what is named in it came from outside.
  init(_ description: String) {
    self.description = description.unicodeScalars
      .map { ControlCharacters.contains($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
  }
}
