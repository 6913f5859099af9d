/// A family of generic netlink: a protocol that a part of the kernel registered by name (`struct genl_family`;
/// linux/genetlink.h).
public struct GenericFamily: Sendable, Hashable {
  /// Its number, which is the type of its messages. It holds until the family is unregistered, as when its module is
  /// unloaded.
  public var id: UInt16
  /// Its name, at most 15 bytes.
  public var name: String
  /// Version of what it speaks.
  public var version: UInt32 = 0
  /// Bytes of a header of its own, between the generic one and the attributes.
  public var headerSize: Int = 0
  /// The largest type of its attributes; 0 if it doesn't say (newer kernels say so by operation).
  public var largestAttribute: Int = 0
  /// What can be asked of it.
  public var operations: [Operation] = []
  /// Groups that it sends events to.
  public var groups: [Group] = []

  /// Something that can be asked of a family.
  public struct Operation: Sendable, Hashable {
    /// The command that asks for it.
    public var command: UInt32
    /// Who may, and how.
    public var flags: Flags

    /// Makes an operation.
    public init(command: UInt32, flags: Flags = []) {
      self.command = command
      self.flags = flags
    }
  }

  /// Flags of an operation (`GENL_…` in linux/genetlink.h).
  public struct Flags: OptionSet, Sendable, Hashable {
    /// The kernel's bits.
    public let rawValue: UInt32
    /// Makes flags from the kernel's bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// It takes CAP_NET_ADMIN on the host (`GENL_ADMIN_PERM`).
    public static let admin = Self(rawValue: 0x01)
    /// It does something (`GENL_CMD_CAP_DO`).
    public static let does = Self(rawValue: 0x02)
    /// It lists something (`GENL_CMD_CAP_DUMP`).
    public static let dumps = Self(rawValue: 0x04)
    /// The kernel checks its attributes (`GENL_CMD_CAP_HASPOL`).
    public static let hasPolicy = Self(rawValue: 0x08)
    /// It takes CAP_NET_ADMIN in the user namespace of the network namespace (`GENL_UNS_ADMIN_PERM`).
    public static let namespaceAdmin = Self(rawValue: 0x10)
  }

  /// A group that a family sends events to.
  public struct Group: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its number, for ``NetlinkSocket/join(group:)``.
    public var id: UInt32

    /// Makes a group.
    public init(name: String, id: UInt32) {
      self.name = name
      self.id = id
    }
  }

  /// Makes a family.
  public init(id: UInt16, name: String) {
    self.id = id
    self.name = name
  }

  /// The number of a group.
  public func group(named name: String) -> UInt32? {
    groups.first { $0.name == name }?.id
  }

  /// Begins a request to the family: what follows is its own header, if it has one, then attributes.
  ///
  /// - Parameters:
  ///   - operation: what is asked for, as in "list the interfaces"; for error messages.
  ///   - subject: what it is asked about; for error messages.
  ///   - command: the family's command.
  ///   - flags: the message's flags; the session adds those that its way of asking needs.
  public func request(
    _ operation: String, on subject: String? = nil, command: UInt8, flags: MessageFlags = []
  ) -> NetlinkRequest {
    var request = NetlinkRequest(operation, on: subject, type: id, flags: flags)
    // struct genlmsghdr: command, version, two reserved bytes.
    request.append(command)
    request.append(UInt8(truncatingIfNeeded: version))
    request.append(zeros: 2)
    return request
  }

  /// Reads a message of the family; `nil` if it is another's.
  @_lifetime(copy message)
  public func message(_ message: borrowing NetlinkMessage) throws(WireError) -> GenericMessage? {
    guard message.header.type == id else { return nil }
    return try GenericMessage(message, headerSize: headerSize)
  }
}
