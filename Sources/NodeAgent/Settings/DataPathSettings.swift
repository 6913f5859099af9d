/// What forwards the node's packets.
struct DataPathSettings: Sendable, Equatable {
  enum Mode: String, Sendable, CaseIterable {
    /// The module `vrouter`.
    case kernel
    /// The process `vrouter-dpdk`, which has the card for itself.
    case dpdk
  }

  /// AGENT_MODE
  var mode: Sourced<Mode>
  /// DPDK_UIO_DRIVER: the kernel's driver through which the process reaches the card.
  var uioDriver: Sourced<String>
  /// Parameters that are set and speak to whatever starts vrouter-dpdk, which isn't this program.
  var unserved: [String] = []
}

/// What a node is that serves hardware beyond the data centre's own (a ToR services node), and which nodes serve it.
struct ServiceNodeSettings: Sendable, Equatable {
  /// TSN_AGENT_MODE
  var mode: Sourced<String>?
  /// TSN_NODES: as the agent takes them, separated by blanks; `[]` for none.
  var nodes: Sourced<String>
}

extension SettingsReader {
  mutating func dataPath() -> DataPathSettings {
    DataPathSettings(
      mode: value("AGENT_MODE", expected: "kernel or dpdk") {
        DataPathSettings.Mode(rawValue: $0.lowercased())
      },
      uioDriver: value("DPDK_UIO_DRIVER", expected: "a kernel module's name") { text in
        text.utf8.allSatisfy { Ascii.continuesName($0) || $0 == UInt8(ascii: "-") } ? text : nil
      },
      unserved: unservedParameters())
  }

  /// The field's own, and whatever else is named so. A misspelt name of one that is known is told of as that.
  private mutating func unservedParameters() -> [String] {
    let known = Parameter.unserved.map(\.name)
    var found = known.filter { text($0) != nil }
    for name in names.sorted() where name.hasPrefix("DPDK_") && Parameter.named(name) == nil {
      guard case .text(let text)? = present(name)?.value, !text.isEmpty else { continue }
      if NearestName.of(name, among: Parameter.all.map(\.name)) == nil { found.append(name) }
    }
    return found
  }

  mutating func serviceNodes() -> ServiceNodeSettings {
    let none = "[]"
    let nodes: Sourced<String>
    if let raw = raw("TSN_NODES"), case .text(none) = raw.value {
      nodes = Sourced(value: none, origin: raw.origin)
    } else {
      nodes =
        list("TSN_NODES", expected: "\(Self.nodesExpected), or [] for none", Self.node)?.map { nodes in
          nodes.map(\.description).joined(separator: " ")
        } ?? Sourced(value: none, origin: .defaultValue(of: "TSN_NODES"))
    }
    return ServiceNodeSettings(
      mode: optional("TSN_AGENT_MODE", expected: AgentKeyType.agentMode.expected) {
        Self.text($0, for: .agentMode)
      }, nodes: nodes)
  }

  /// What the settings ask for and a node of this data path doesn't get.
  mutating func warnAboutDPDK(_ dataPath: DataPathSettings) {
    guard !dataPath.mode.origin.isStandIn else { return }
    guard dataPath.mode.value == .dpdk else {
      let isSet = dataPath.uioDriver.value != Parameter.named("DPDK_UIO_DRIVER")?.defaultText
      let names = (isSet ? ["DPDK_UIO_DRIVER"] : []) + dataPath.unserved
      if !names.isEmpty { warn(names, "it says nothing without AGENT_MODE=dpdk") }
      return
    }
    if !dataPath.unserved.isEmpty {
      warn(dataPath.unserved, "this agent doesn't act on it: it is for whatever starts vrouter-dpdk")
    }
    let names = ["QOS_QUEUE_ID", "PRIORITY_ID"].filter { raw($0) != nil }
    if !names.isEmpty { warn(names, "queues and priority groups are not written with AGENT_MODE=dpdk") }
  }
}

extension Settings {
  /// Why a node with this data path isn't prepared by this program; nil when it is.
  var dataPathProblem: SettingsProblem? {
    guard dataPath.mode.value == .dpdk, case .parameter(let name, let source) = dataPath.mode.origin else {
      return nil
    }
    let driver = dataPath.uioDriver.value
    let unserved =
      dataPath.unserved.isEmpty ? "" : ", nor act on \(dataPath.unserved.joined(separator: ", "))"
    return SettingsProblem(
      parameter: name, source: source, found: "'dpdk'",
      expected:
        "kernel: for DPDK this agent doesn't bind the card to \(driver), reserve memory and cores for vrouter-dpdk, start it, or wait for the vhost0 that it makes\(unserved); config render writes the configuration of such a node"
    )
  }
}
