import Glibc
import HostFiles
import Logging

extension CommonOptions {
  /// The settings of environment and file; their warnings go to the log.
  ///
  /// - Parameters:
  ///   - purpose: what they are for. A node that this program doesn't prepare can be looked at all the same.
  ///   - captured: variables that hold where neither environment nor file has them.
  func readSettings(
    for purpose: SettingsPurpose = .acting, log: Logger? = nil, over captured: [String: String] = [:]
  ) throws(CommandFailure) -> Settings {
    let reading = readEverything(over: captured, log: log)
    var obstacles = Obstacles(reading)
    if purpose == .acting { obstacles.judgeDataPath(reading.settings) }
    if let failure = obstacles.failure(warnings: reading.settings.warnings.map(\.description)) {
      failure.tell((log ?? makeLogger()), in: logFormat)
      throw failure
    }
    return reading.settings
  }

  /// The settings of environment and file, usable or not; their warnings go to the log.
  func readEverything(over captured: [String: String] = [:], log: Logger? = nil) -> SettingsReading {
    let reading = loadSettings(over: captured)
    let log = log ?? makeLogger()
    for warning in reading.settings.warnings { log.warning("\(warning)") }
    return reading
  }

  /// The settings of environment and file, usable or not.
  func loadSettings(over captured: [String: String] = [:]) -> SettingsReading {
    let environment = Self.processEnvironment()
    var file: EnvironmentFile?
    var obstacle: SettingsProblem?
    do throws(SettingsError) {
      file = try readFile(environment)
    } catch {
      obstacle = error.problems.first
    }
    let others = captured.filter { file?.assignments[$0.key] == nil }
    return SettingsReading(
      environment: environment.merging(others) { own, _ in own }, file: file, obstacle: obstacle)
  }

  /// The file given with `--env-file`.
  private func readFile(_ environment: [String: String]) throws(SettingsError) -> EnvironmentFile? {
    guard let envFile else { return nil }
    do {
      let bytes = try HostRoot.running.readBytes(Self.absolute(envFile), limit: EnvironmentFile.sizeLimit + 1)
      return EnvironmentFile(path: envFile, bytes: bytes, environment: environment)
    } catch {
      throw SettingsError(problems: [
        SettingsProblem(
          parameter: "--env-file", source: nil, found: "\(error)",
          expected: "a file of settings that can be read")
      ])
    }
  }

  /// A path of this program's own, made absolute.
  static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = unsafe getcwd(nil, 0) else { return path }
    defer { unsafe free(folder) }
    return unsafe String(cString: folder) + "/" + path
  }

  /// The process environment; of a name that stands in it twice the first, as getenv(3) has it.
  static func processEnvironment() -> [String: String] {
    var result: [String: String] = [:]
    var next = unsafe environ
    while let entry = unsafe next.pointee {
      let parts = unsafe String(cString: entry).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2, result[String(parts[0])] == nil { result[String(parts[0])] = String(parts[1]) }
      unsafe next += 1
    }
    return result
  }
}

extension CommandFailure {
  /// Puts what stands in the way into a log that machines read; people read it in the words of the failure.
  func tell(_ log: Logger, in format: LogFormat) {
    guard format == .json else { return }
    for problem in problems {
      let parameter = problem.parameter.map { ["parameter": Logger.MetadataValue.string($0)] } ?? [:]
      log.error(
        "\(problem.description)", metadata: parameter.merging(["kind": "\(problem.kind.rawValue)"]) { $1 })
    }
  }
}

/// What a command needs settings for.
enum SettingsPurpose {
  /// To change the host, or to say what the module would do there.
  case acting
  /// To tell what there is.
  case looking
}

extension DetectionSettings {
  /// The part of the settings that detection looks at.
  init(_ host: HostSettings) {
    interfaces = host.physicalInterfaces?.value ?? []
    multihoming = host.multihoming?.value
    resolveTimeout = host.resolveTimeout.value
    nodeName = host.nodeName?.value
    for node in host.nodesMap?.value ?? [] { nodesMap[node.name] = node.address }
    gateways = host.gateways?.value ?? []
    if case .nodes(let nodes) = host.controlNodes.value { controlNodes = nodes.map(\.description) }
  }
}
