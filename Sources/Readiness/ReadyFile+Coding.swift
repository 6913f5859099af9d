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
    json.append("interface", .string(interface.name))
    json.append("interface_index", .integer(interface.index))
    json.append("interface_mac", .string(interface.mac))
    if let vhost {
      json.append("vhost", .string(vhost.name))
      json.append("vhost_index", .integer(vhost.index))
      json.append("vhost_mac", .string(vhost.mac))
      // Separated by blanks, as the reader knows no lists.
      if !vhost.addresses.isEmpty {
        json.append("vhost_addresses", .string(vhost.addresses.joined(separator: " ")))
      }
    }
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
      interface: Interface(
        name: try members.string("interface"), index: try members.integer("interface_index"),
        mac: try members.string("interface_mac")),
      vhost: try Self.vhost(&members),
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
    guard [interface.name, module.name, vhost?.name ?? "vhost0"].allSatisfy(Self.isPlainName) else {
      throw ReadyFileError(description: "a name in it can't be that of an interface or a module")
    }
  }

  private static func vhost(_ members: inout Members) throws(ReadyFileError) -> Vhost? {
    guard let name = try members.optionalString("vhost") else { return nil }
    let texts = try members.optionalString("vhost_addresses")?.utf8.split(separator: UInt8(ascii: " ")) ?? []
    let addresses = texts.map { String(Substring($0)) }
    if let malformed = addresses.first(where: { InterfaceAddress($0) == nil }) {
      throw ReadyFileError(description: "\"\(malformed)\" is no address with a prefix length")
    }
    return Vhost(
      name: name, index: try members.integer("vhost_index"), mac: try members.string("vhost_mac"),
      addresses: addresses)
  }

  /// Names become parts of paths in /sys.
  private static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix(".") && !name.contains("/")
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
