import HostFiles

/// The readiness file holds something that this version didn't write.
public struct ReadyFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, as a phrase.
  public let description: String
}

extension ReadyFile {
  /// The file's content.
  public var bytes: [UInt8] {
    var json = FlatJSON()
    json.append("schema", .integer(Self.schema))
    json.append("boot_id", .string(bootID))
    json.append("written_at", .integer(writtenAt))
    json.append("interface", interface)
    for (number, other) in zip(2..., others) { json.append("interface\(number)", other) }
    if let vhost { json.append("vhost", vhost) }
    if let gateway { json.append("gateway", .string(gateway)) }
    json.append("module", .string(module.name))
    if let version = module.version { json.append("module_version", .string(version)) }
    if let srcversion = module.srcversion { json.append("module_srcversion", .string(srcversion)) }
    json.append("configuration", .string(configuration.path))
    json.append("configuration_device", .string(String(configuration.identity.device)))
    json.append("configuration_inode", .string(String(configuration.identity.inode)))
    json.append("configuration_size", .integer(configuration.identity.size))
    json.append("configuration_mtime_ns", .integer(configuration.identity.modified))
    json.append("configuration_ctime_ns", .integer(configuration.identity.changed))
    return json.bytes
  }

  /// Reads a file's content. A missing, misspelt, surplus or malformed member is an error: nothing is guessed.
  public init(parsing bytes: [UInt8]) throws(ReadyFileError) {
    let json: FlatJSON
    do {
      json = try FlatJSON(parsing: bytes)
    } catch {
      throw ReadyFileError(description: "expected \(error.expected) at byte \(error.offset)")
    }
    var members = Members(json: json)
    let schema = try members.integer("schema")
    guard schema == Self.schema else {
      throw ReadyFileError(
        description:
          "it has schema \(schema), of another version of the agent, and this one knows schema \(Self.schema): prepare the node again"
      )
    }
    self.init(
      bootID: try members.string("boot_id"),
      writtenAt: try members.integer("written_at"),
      interface: try members.interface("interface"),
      others: try members.furtherInterfaces(),
      vhost: try members.optionalInterface("vhost"),
      gateway: try members.optionalString("gateway"),
      module: Module(
        name: try members.string("module"), version: try members.optionalString("module_version"),
        srcversion: try members.optionalString("module_srcversion")),
      configuration: Configuration(
        path: try members.string("configuration"),
        identity: FileIdentity(
          device: try members.unsigned("configuration_device"),
          inode: try members.unsigned("configuration_inode"),
          size: try members.integer("configuration_size"),
          modified: try members.integer("configuration_mtime_ns"),
          changed: try members.integer("configuration_ctime_ns"))))
    try members.finish()
    let interfaces = [interface] + others + [vhost].compactMap(\.self)
    guard (interfaces.map(\.name) + [module.name]).allSatisfy(Self.isPlainName) else {
      throw ReadyFileError(description: "a name in it can't be that of an interface or a module")
    }
  }

  /// Names become parts of paths in /sys.
  private static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix(".") && !name.contains("/")
  }
}

extension FlatJSON {
  /// An interface, in members whose names begin with `name`.
  fileprivate mutating func append(_ name: String, _ interface: ReadyFile.Interface) {
    append(name, .string(interface.name))
    append("\(name)_index", .integer(interface.index))
    append("\(name)_mac", .string(interface.mac))
    // Separated by blanks, as the reader knows no lists.
    if !interface.addresses.isEmpty {
      append("\(name)_addresses", .string(interface.addresses.joined(separator: " ")))
    }
  }
}

/// The members of an object, each taken once.
private struct Members {
  let json: FlatJSON
  /// Whether the member at the same place was taken.
  private var taken: [Bool]

  init(json: FlatJSON) {
    self.json = json
    taken = Array(repeating: false, count: json.members.count)
  }

  private mutating func take(_ name: String) -> FlatJSON.Value? {
    guard let place = json.members.firstIndex(where: { $0.name == name }) else { return nil }
    taken[place] = true
    return json.members[place].value
  }

  mutating func optionalString(_ name: String) throws(ReadyFileError) -> String? {
    switch take(name) {
    case nil: return nil
    case .string(let text) where !text.isEmpty: return text
    default: throw ReadyFileError(description: "\"\(name)\" is no text")
    }
  }

  mutating func string(_ name: String) throws(ReadyFileError) -> String {
    guard let text = try optionalString(name) else {
      throw ReadyFileError(description: "\"\(name)\" is missing")
    }
    return text
  }

  /// What ``FlatJSON/append(_:_:)`` of an interface wrote.
  mutating func interface(_ name: String) throws(ReadyFileError) -> ReadyFile.Interface {
    let texts = try optionalString("\(name)_addresses")?.utf8.split(separator: UInt8(ascii: " ")) ?? []
    let addresses = texts.map { String(Substring($0)) }
    if let malformed = addresses.first(where: { InterfaceAddress($0) == nil }) {
      throw ReadyFileError(description: "\"\(malformed)\" is no address with a prefix length")
    }
    return ReadyFile.Interface(
      name: try string(name), index: try integer("\(name)_index"), mac: try string("\(name)_mac"),
      addresses: addresses)
  }

  mutating func optionalInterface(_ name: String) throws(ReadyFileError) -> ReadyFile.Interface? {
    json[name] == nil ? nil : try interface(name)
  }

  /// `interface2`, `interface3` and so on, as many as there are.
  mutating func furtherInterfaces() throws(ReadyFileError) -> [ReadyFile.Interface] {
    var interfaces: [ReadyFile.Interface] = []
    while let next = try optionalInterface("interface\(interfaces.count + 2)") { interfaces.append(next) }
    return interfaces
  }

  mutating func integer(_ name: String) throws(ReadyFileError) -> Int64 {
    guard case .integer(let number) = take(name) else {
      throw ReadyFileError(description: "\"\(name)\" is missing or no number")
    }
    return number
  }

  /// Device and inode numbers use all 64 bits, more than many JSON readers keep: they travel as text.
  mutating func unsigned(_ name: String) throws(ReadyFileError) -> UInt64 {
    let text = try string(name)
    guard let number = UInt64(text), String(number) == text else {
      throw ReadyFileError(description: "\"\(name)\" is no number")
    }
    return number
  }

  func finish() throws(ReadyFileError) {
    if let place = taken.firstIndex(of: false) {
      throw ReadyFileError(
        description: "\"\(json.members[place].name)\" is not part of schema \(ReadyFile.schema)")
    }
  }
}
