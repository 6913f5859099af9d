import VRouter

/// A reservation of the module's tables as JSON carries it.
struct TableReservationReport: Encodable {
  /// Whether this run had the tables made.
  let reserved: Bool
  let answer: Answer?
  let flowTable: Table
  let bridgeTable: Table
  /// What the vRouter agent will see when it starts, in words.
  let vrouterAgent: String

  struct Answer: Encodable {
    let responseCode: Int32
    let vhpResp: Int32?
  }

  struct Table: Encodable {
    let bytes: UInt32
    /// Major number of the character device.
    let device: UInt16
    /// The file of huge pages; nil when the table is in page blocks.
    let path: String?

    fileprivate init(bytes: UInt32, device: UInt16, path: String) {
      self.bytes = bytes
      self.device = device
      self.path = path.isEmpty ? nil : path
    }
  }

  init(_ exchange: TableExchange) {
    let (flow, bridge) = (exchange.tables.flow, exchange.tables.bridge)
    reserved = exchange.answer?.code == 0
    answer = exchange.answer.map { Answer(responseCode: $0.code, vhpResp: $0.outcome?.number) }
    flowTable = Table(bytes: flow.size, device: flow.device, path: flow.path)
    bridgeTable = Table(bytes: bridge.size, device: bridge.device, path: bridge.path)
    vrouterAgent = exchange.agentsView
  }

  var text: String {
    var text = "tables              \(reserved ? "made now" : "there before this run")\n"
    if let answer {
      text +=
        "answer              response code \(answer.responseCode), vhp_resp \(answer.vhpResp.map(String.init) ?? "missing")\n"
    }
    text += "flow table          \(Self.words(flowTable))\n"
    text += "bridge table        \(Self.words(bridgeTable))\n"
    return text + "vRouter agent       \(vrouterAgent)\n"
  }

  private static func words(_ table: Table) -> String {
    "\(table.bytes) bytes, device \(table.device), \(table.path.map { "in huge pages (\($0))" } ?? "in page blocks")"
  }
}

extension TableExchange {
  /// What the vRouter agent will see when it starts (dp-core/vrouter.c and linux/vr_mem.c of tf-vrouter).
  var agentsView: String {
    tables.useHugePages
      ? "huge pages are in use: its first message, when it gives huge pages, is answered with response code -17 (EEXIST) and vhp_resp -4, and the tables stay as they are; without them it is answered with 0 and -2, and the module registers its device once more"
      : "its first message takes no more memory and is answered with response code 0 and vhp_resp -2, as if the tables were made then; the module registers its device once more, so that it must not be unloaded from then on: reboot instead"
  }
}
