import FoundationEssentials
import HostFiles
import Netlink

/// All that a detection asked of a host and what it was answered, so that it can be made again elsewhere.
struct Capture: Equatable, Sendable {
  /// Requests to the kernel with the datagrams that answered them.
  var exchanges: [RecordedExchange] = []
  /// The host's own name.
  var hostName: String
  /// What the resolver answered.
  var names: [String: NetworkSnapshot.NameAnswer] = [:]
  /// The settings that detection looks at, as texts of their variables.
  var settings: [String: String] = [:]
  /// Host files that were read, whole, by their absolute paths.
  var files: [String: [UInt8]] = [:]
  /// Symbolic links that were read, by their absolute paths.
  var links: [String: String] = [:]

  private static let tracePath = "netlink.pcap"
  private static let namesPath = "names.json"
  private static let settingsPath = "settings.json"
  private static let hostPath = "host.json"
  private static let filesFolder = "host"
}

extension Capture {
  /// The files of a folder that holds it.
  func encoded(at time: Int64) -> [String: [UInt8]] {
    var result: [String: [UInt8]] = [
      Self.tracePath: NetlinkTrace.encode(exchanges, at: time),
      Self.namesPath: Self.json(names.sorted { $0.key < $1.key }.map(CapturedName.init)),
      Self.settingsPath: Self.json(settings.sorted { $0.key < $1.key }.map(CapturedText.init)),
      Self.hostPath: Self.json(
        CapturedHost(name: hostName, links: links.sorted { $0.key < $1.key }.map(CapturedText.init))),
    ]
    for (path, bytes) in files { result[Self.filesFolder + path] = bytes }
    return result
  }

  /// Reads the files of a folder.
  init(_ content: [String: [UInt8]]) throws(CaptureFlaw) {
    exchanges = try NetlinkTrace.decode(try Self.file(Self.tracePath, content))
    let host = try Self.parse(CapturedHost.self, Self.hostPath, content)
    hostName = host.name
    links = try Self.dictionary(host.links, Self.hostPath)
    settings = try Self.dictionary(
      try Self.parse([CapturedText].self, Self.settingsPath, content), Self.settingsPath)
    for name in try Self.parse([CapturedName].self, Self.namesPath, content) {
      guard let answer = name.answer, names.updateValue(answer, forKey: name.name) == nil else {
        throw CaptureFlaw("\(Self.namesPath) says nothing of use about \(name.name)")
      }
    }
    for (path, bytes) in content where path.hasPrefix(Self.filesFolder + "/") {
      files[String(path.dropFirst(Self.filesFolder.count))] = bytes
    }
    let known = [Self.tracePath, Self.hostPath, Self.settingsPath, Self.namesPath]
    let foreign = content.keys.filter { !known.contains($0) && !$0.hasPrefix(Self.filesFolder + "/") }
    if let path = foreign.min() { throw CaptureFlaw("\(path) is no part of a capture") }
  }

  private static func json(_ value: some Encodable) -> [UInt8] { Array(JSON.document(value).utf8) }

  private static func file(_ path: String, _ content: [String: [UInt8]]) throws(CaptureFlaw) -> [UInt8] {
    guard let bytes = content[path] else { throw CaptureFlaw("it has no \(path)") }
    return bytes
  }

  private static func parse<Value: Decodable>(
    _ type: Value.Type, _ path: String, _ content: [String: [UInt8]]
  ) throws(CaptureFlaw) -> Value {
    let bytes = try file(path, content)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let value = try? decoder.decode(type, from: Data(bytes)) else {
      throw CaptureFlaw("\(path) is not what a capture holds there")
    }
    return value
  }

  private static func dictionary(
    _ texts: [CapturedText], _ path: String
  ) throws(CaptureFlaw) -> [String: String] {
    var result: [String: String] = [:]
    for text in texts {
      guard result.updateValue(text.value, forKey: text.name) == nil else {
        throw CaptureFlaw("\(path) names \(text.name) twice")
      }
    }
    return result
  }
}

/// A name with a text. A list of them rather than an object, as names are not the format's own.
private struct CapturedText: Codable {
  let name: String
  let value: String

  init(_ pair: (key: String, value: String)) { (name, value) = pair }
}

/// `host.json`
private struct CapturedHost: Codable {
  let name: String
  let links: [CapturedText]
}

/// An entry of `names.json`.
private struct CapturedName: Codable {
  let name: String
  let addresses: [String]?
  let failure: String?
  /// Whether the resolver may know it later; absent otherwise.
  let mayPass: Bool?

  init(_ pair: (key: String, value: NetworkSnapshot.NameAnswer)) {
    name = pair.key
    switch pair.value {
    case .addresses(let found): (addresses, failure, mayPass) = (found.map(\.description), nil, nil)
    case .failed(let reason): (addresses, failure, mayPass) = (nil, reason, nil)
    case .unanswered(let reason): (addresses, failure, mayPass) = (nil, reason, true)
    }
  }

  /// Nil when there is an address that is none.
  var answer: NetworkSnapshot.NameAnswer? {
    guard let addresses else {
      return failure.map { mayPass == true ? .unanswered($0) : .failed($0) }
    }
    let parsed = addresses.compactMap { IPAddress($0) }
    return parsed.count == addresses.count ? .addresses(parsed) : nil
  }
}
