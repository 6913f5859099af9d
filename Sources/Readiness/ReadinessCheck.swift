public import HostFiles

/// Compares the readiness file with the host: what the kubelet's probe answers.
public struct ReadinessCheck: Sendable {
  /// The host that is asked.
  public let root: HostRoot

  /// A check of one host.
  public init(root: HostRoot) {
    self.root = root
  }

  /// The fact that is checked, in this order; the first that fails is the answer.
  public enum Fact: String, Sendable, CaseIterable {
    /// The readiness file exists and is one that this version wrote.
    case file
    /// It is of this boot.
    case boot
    /// The module is live, and the one that was loaded.
    case module
    /// The interface exists, with the index and MAC that it had; of several, each, with the addresses that it keeps.
    case interface
    /// vhost0 exists, with the index, the MAC and the addresses that it had, where it has taken over.
    case vhost
    /// The configuration is the one that was written.
    case configuration
  }

  /// The answer.
  public enum Verdict: Equatable, Sendable {
    /// Every fact holds.
    case ready(ReadyFile)
    /// The first fact that doesn't, and what was seen, in one line.
    case notReady(Fact, String)
  }

  /// Reads the file and checks each fact.
  public func verdict() -> Verdict {
    do {
      let file = try readFile()
      try checkBoot(file)
      try checkModule(file.module)
      for interface in [file.interface] + file.others { try check(interface, .interface) }
      if let vhost = file.vhost { try check(vhost, .vhost) }
      try checkConfiguration(file.configuration)
      return .ready(file)
    } catch {
      return .notReady(error.fact, error.message.filter { $0 != "\n" })
    }
  }

  private struct Failure: Error {
    let fact: Fact
    let message: String

    init(_ fact: Fact, _ message: String) {
      self.fact = fact
      self.message = message
    }
  }

  private func readFile() throws(Failure) -> ReadyFile {
    let path = ReadyFile.path
    let bytes: [UInt8]
    do {
      let status = try root.status(path)
      guard status.kind == .regular, status.permissions & 0o022 == 0 else {
        throw Failure(.file, "\(path) is not a file that only its owner can write")
      }
      bytes = try root.readBytes(path, limit: 64 << 10)
    } catch let failure as Failure {
      throw failure
    } catch let error as HostFileError where error.isNotFound {
      throw Failure(.file, "there is no \(path): the node is not prepared, or is being prepared now")
    } catch {
      throw Failure(.file, "\(error)")
    }
    do {
      return try ReadyFile(parsing: bytes)
    } catch {
      throw Failure(.file, "\(path) is not to be trusted: \(error)")
    }
  }

  private func checkBoot(_ file: ReadyFile) throws(Failure) {
    let bootID = try value("/proc/sys/kernel/random/boot_id", .boot)
    guard bootID == file.bootID else {
      throw Failure(.boot, "the readiness file is of boot \(file.bootID), this is boot \(bootID)")
    }
  }

  private func checkModule(_ module: ReadyFile.Module) throws(Failure) {
    let folder = "/sys/module/\(module.name)"
    let state = try value("\(folder)/initstate", .module, missing: "module \(module.name) is not loaded")
    guard state == "live" else {
      throw Failure(.module, "module \(module.name) is in state \(state), not live")
    }
    let loaded = try optionalValue("\(folder)/srcversion", .module)
    guard loaded == module.srcversion else {
      throw Failure(
        .module,
        "another build of module \(module.name) is loaded: srcversion \(loaded ?? "none"), not \(module.srcversion ?? "none")"
      )
    }
  }

  private func check(_ interface: ReadyFile.Interface, _ fact: Fact) throws(Failure) {
    let name = interface.name
    let folder = "/sys/class/net/\(name)"
    let index = String(interface.index)
    let present = try value("\(folder)/ifindex", fact, missing: "interface \(name) does not exist")
    guard present == index else {
      throw Failure(
        fact, "interface \(name) has index \(present), not \(index): it was made anew or renamed")
    }
    let mac = try value("\(folder)/address", fact)
    guard mac == interface.mac else {
      throw Failure(fact, "interface \(name) has MAC \(mac), not \(interface.mac)")
    }
    try checkAddresses(interface, fact)
  }

  /// Addresses aren't among the files of /sys: whatever the root, they are those of this process's network namespace.
  private func checkAddresses(_ interface: ReadyFile.Interface, _ fact: Fact) throws(Failure) {
    guard !interface.addresses.isEmpty else { return }
    let present: [InterfaceAddress]
    do {
      present = try InterfaceAddresses(ofInterface: Int32(clamping: interface.index)).addresses
    } catch {
      throw Failure(fact, "the addresses of interface \(interface.name) can't be listed: \(error)")
    }
    let missing = interface.addresses.filter { text in
      guard let address = InterfaceAddress(text) else { return true }
      return !present.contains(address)
    }
    guard missing.isEmpty else {
      let others = present.isEmpty ? "none" : present.map(\.description).joined(separator: " ")
      throw Failure(
        fact,
        "interface \(interface.name) lacks \(missing.joined(separator: " ")); its addresses are: \(others)")
    }
  }

  private func checkConfiguration(_ configuration: ReadyFile.Configuration) throws(Failure) {
    let path = configuration.path
    let status: FileStatus
    do {
      status = try root.status(path)
    } catch  where error.isNotFound {
      throw Failure(.configuration, "\(path) does not exist")
    } catch {
      throw Failure(.configuration, "\(error)")
    }
    guard status.kind == .regular, status.identity == configuration.identity else {
      throw Failure(.configuration, "\(path) was changed or replaced since it was written")
    }
  }

  private func value(
    _ path: String, _ fact: Fact, missing: String? = nil
  ) throws(Failure) -> String {
    do {
      return try root.readValue(path)
    } catch  where error.isNotFound && missing != nil {
      throw Failure(fact, missing ?? "")
    } catch {
      throw Failure(fact, "\(error)")
    }
  }

  private func optionalValue(_ path: String, _ fact: Fact) throws(Failure) -> String? {
    do {
      return try root.readValue(path)
    } catch  where error.isNotFound {
      return nil
    } catch {
      throw Failure(fact, "\(error)")
    }
  }
}

extension ReadinessCheck.Verdict: CustomStringConvertible {
  /// One line, as the kubelet shows it in its events.
  public var description: String {
    switch self {
    case .ready(let file):
      "ready: \(Self.words([file.interface] + file.others)),\(Self.words(file.vhost)) module \(file.module.name) \(file.module.version ?? ""), \(file.configuration.path)"
    case .notReady(let fact, let message): "not ready: \(fact.rawValue): \(message)"
    }
  }

  private static func words(_ interfaces: [ReadyFile.Interface]) -> String {
    interfaces.map { "\($0.name) (\($0.mac))" }.joined(separator: ", ")
  }

  private static func words(_ vhost: ReadyFile.Interface?) -> String {
    guard let vhost else { return "" }
    // Over several interfaces it has none of its own.
    guard !vhost.addresses.isEmpty else { return " \(vhost.name)," }
    return " \(vhost.name) with \(vhost.addresses.joined(separator: " ")),"
  }

  /// Whether every fact holds.
  public var isReady: Bool {
    if case .ready = self { true } else { false }
  }
}
