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
      })
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
      mode: optional("TSN_AGENT_MODE", expected: Self.tokenExpected, Self.token), nodes: nodes)
  }

  /// What the settings ask for and the configuration of a DPDK node doesn't have.
  mutating func warnAboutDPDK(_ dataPath: DataPathSettings) {
    guard dataPath.mode.value == .dpdk else { return }
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
    return SettingsProblem(
      parameter: name, source: source, found: "'dpdk'",
      expected:
        "kernel: for DPDK this agent doesn't bind the card to \(driver), reserve memory and cores for vrouter-dpdk, start it, or wait for the vhost0 that it makes; config render writes the configuration of such a node"
    )
  }
}
