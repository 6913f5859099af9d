// The agent's JSON documents, as far as tests look at them.

/// `/run/vrouter-node-agent/status.json`.
struct StatusDocument: Decodable {
  struct Condition: Decodable {
    let type: String
    let status: String
    let reason: String
    let message: String
    let since: Int64
  }

  let schema: Int
  let ready: Bool
  let updated: Int64
  let conditions: [Condition]

  /// `SettingsValid True`, … in order.
  /// Of what makes a node ready; what memory means for the vRouter agent's start depends on the guest.
  var summary: [String] {
    conditions.filter { $0.type != "AgentStartMemory" }.map { "\($0.type) \($0.status)" }
  }

  subscript(_ type: String) -> Condition? { conditions.first { $0.type == type } }
}

/// `diagnose --output json`.
struct DiagnosisDocument: Decodable {
  let findings: [Finding]
  let ready: Bool
  let readiness: String
  let receive: [Receive]

  struct Receive: Decodable {
    let interface: String
    let rings: Rings?
    let channels: Channels?
    let coalescing: Coalescing?

    struct Rings: Decodable {
      let rx: Int?
      let rxMax: Int?
    }

    struct Channels: Decodable {
      let combined: Int?
      let combinedMax: Int?
    }

    struct Coalescing: Decodable {
      let rxFrames: Int?
      let txFrames: Int?
    }
  }

  struct Finding: Decodable {
    let name: String
    let severity: String
    let message: String
    let evidence: [String]
    let remedy: String
  }

  subscript(name: String) -> Finding? {
    findings.first { $0.name == name }
  }
}

/// `prepare --output json`.
struct PreparationDocument: Decodable {
  let dryRun: Bool
  let ready: Bool
  let steps: [Step]
  let module: Module?
  let treatments: [Treatment]
  let warnings: [String]

  struct Step: Decodable {
    let name: String
    let description: String
  }

  struct Module: Decodable {
    let attempts: Int
    let failures: [String]
  }

  struct Treatment: Decodable {
    let kind: String
    let order: Int
    let blocksBefore: Int
    let blocksAfter: Int
    let demand: [Row]
  }

  struct Row: Decodable {
    let order: Int
    let needed: Int
    let missing: Int
  }
}

/// `module status --output json`.
struct ModuleDocument: Decodable {
  let release: String
  let loaded: Loaded?
  let builds: [Build]
  let unloadBlockers: [String]
  let differences: [String]

  struct Loaded: Decodable {
    let state: String
    let version: String?
    let srcversion: String?
    let parameters: [Parameter]
  }

  struct Parameter: Decodable {
    let name: String
    let value: String
  }

  struct Build: Decodable {
    let path: String?
    let release: String?
    let chosen: Bool
    let checks: [Check]
  }

  struct Check: Decodable {
    let name: String
    let result: String
    let reason: String?
  }
}

/// The readiness file.
struct ReadyDocument: Decodable {
  let bootId: String
  let writtenAt: Int
  let interface: String
  let interfaceIndex: Int
  let interfaceMac: String
  let gateway: String
  let module: String
  let moduleVersion: String
  let moduleSrcversion: String
  let configuration: String
  let configurationDevice: String
  let configurationInode: String
  let configurationSize: Int
  let configurationMtimeNs: Int
}
