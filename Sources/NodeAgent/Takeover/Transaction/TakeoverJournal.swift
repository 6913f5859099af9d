import FoundationEssentials
import HostFiles

/// What it takes to finish or undo a takeover after a crash, and what `cleanup` needs afterwards.
///
/// A file of lines of JSON: first all of what was seen and wanted, durable before the first change to the host, then a
/// line for each datagram that was sent, and for each phase; each after an empty one, which ends what a killed run began.
/// Nothing is decided by the lines about datagrams: what is to be done is worked out from the first line and from the host
/// as it is. It lies in /run, and is void after a reboot, when everything that it tells of is gone.
struct TakeoverJournal: Sendable {
  static let path = "/run/vrouter-node-agent/journal"
  /// Another one for each change of what a line holds: what can't be read is refused, as half of it would be worse.
  static let schema = 2
  /// A host with a million routes over its interface writes less.
  static let sizeLimit = 1 << 30

  let head: Head
  let phase: Phase

  /// The first line.
  struct Head: Codable, Sendable, Equatable {
    var schema = TakeoverJournal.schema
    var bootID: String
    /// Seconds since 1970.
    var begun: Int64
    var subject: TakeoverSubject
    var wish: TakeoverWish
    /// What a takeover that fails goes back to.
    var before: TakeoverState
    /// What `cleanup` goes back to, where that is another: an earlier takeover's, of which this one makes good a part.
    var original: TakeoverState?
    /// Routes that the takeover adds.
    var added: [RouteKey]
    /// What the host's network managers are told.
    var managers = ManagerSteps()
    /// What passed before and has to pass afterwards; nil: nothing is asked.
    var owed: Verification?
    /// How long an answer to that is waited for, in seconds.
    var verifySeconds: Int64?

    /// The state before any takeover.
    var beginning: TakeoverState { original ?? before }

    /// What is left when this takeover is undone: that of the earlier one; nil where there was none.
    var earlier: Head? {
      guard let original else { return nil }
      var earlier = self
      (earlier.before, earlier.original) = (original, nil)
      return earlier
    }
  }

  enum Phase: String, Codable, Sendable {
    /// Until it is known that the node is reached by vhost0: undone by whoever finds it.
    case moving
    /// That is known: finished by whoever finds it, who then confirms it.
    case committing
    /// vhost0 alone has the addresses: whoever finds it asks whether the node is still reached.
    case confirming
    /// It isn't: undone by whoever finds it, who tells the network managers so.
    case returning
    case committed

    /// Whether it goes back to the beginning, whoever finds it.
    var isUndone: Bool { self == .moving || self == .returning }
  }

  /// A later line.
  struct Record: Codable, Equatable {
    var step: String?
    var datagram: Int?
    var phase: Phase?
  }
}

extension TakeoverJournal {
  /// Writes the first line in the place of what is there; durable when this returns.
  static func begin(_ head: Head, on root: HostRoot) throws(TakeoverError) {
    do {
      let line = try Self.line(head)
      try root.removeUnfinished(path)
      try root.replace(path, with: line, mode: 0o600)
    } catch {
      throw TakeoverError("write the takeover's journal before anything is changed", "\(error)")
    }
  }

  /// Ends a takeover that was undone: an earlier one's journal takes its place, in one step; nil: there is none.
  static func end(with earlier: Head?, on root: HostRoot) throws(TakeoverError) {
    guard let earlier else { return try remove(from: root) }
    do {
      try root.replace(
        path, with: try line(earlier) + line(Record(phase: .committed)), mode: 0o600)
    } catch {
      throw TakeoverError("put the earlier takeover's journal back", "\(error)")
    }
  }

  /// Adds a line. What a run that was killed, or a file system without space, left unfinished before it doesn't count.
  static func add(_ record: Record, on root: HostRoot) throws(TakeoverError) {
    do {
      try root.append(path, [UInt8(ascii: "\n")] + line(record))
    } catch {
      throw TakeoverError("add to the takeover's journal", "\(error)")
    }
  }

  private static func line(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
  }

  static func remove(from root: HostRoot) throws(TakeoverError) {
    do {
      try root.remove(path)
    } catch {
      throw TakeoverError("remove the takeover's journal", "\(error)")
    }
  }

  /// The journal of this boot; nil when there is none.
  ///
  /// - Throws: when there is one that can't be read: nothing may be changed then, as nobody knows how far it came.
  static func read(from root: HostRoot) throws(TakeoverError) -> TakeoverJournal? {
    let bytes: [UInt8]
    let boot: String
    do {
      bytes = try root.readBytes(path, limit: sizeLimit)
      boot = try root.readValue("/proc/sys/kernel/random/boot_id")
    } catch  where error.isNotFound && error.path == path {
      return nil
    } catch {
      throw TakeoverError("read the takeover's journal", "\(error)")
    }
    guard let journal = TakeoverJournal(parsing: bytes) else {
      throw TakeoverError(
        "read the takeover's journal",
        "\(path) is damaged, or of another version of this program; look at the node's addresses and routes, put them right, and remove the file"
      )
    }
    return journal.head.bootID == boot ? journal : nil
  }

  /// Reads a file's content. Lines after the first may be unfinished, and then count as not there.
  init?(parsing bytes: [UInt8]) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // The first line was put in place as a whole.
    guard lines.count > 1, let first = lines.first,
      let head = try? JSONDecoder().decode(Head.self, from: Data(first)), head.schema == Self.schema,
      !head.before.cards.isEmpty
    else { return nil }
    var phase = Phase.moving
    for line in lines.dropFirst().dropLast() {
      let record = try? JSONDecoder().decode(Record.self, from: Data(line))
      if let next = record?.phase { phase = next }
    }
    self.init(head: head, phase: phase)
  }
}
