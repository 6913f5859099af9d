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

  init(_ reservation: TableReservation) {
    let (flow, bridge) = (reservation.tables.flow, reservation.tables.bridge)
    reserved = reservation.answer?.code == 0
    answer = reservation.answer.map { Answer(responseCode: $0.code, vhpResp: $0.outcome?.number) }
    flowTable = Table(bytes: flow.size, device: flow.device, path: flow.path)
    bridgeTable = Table(bytes: bridge.size, device: bridge.device, path: bridge.path)
    vrouterAgent = reservation.agentsView
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

extension TableReservation {
  /// What the vRouter agent will see when it starts (dp-core/vrouter.c and linux/vr_mem.c of tf-vrouter).
  var agentsView: String {
    if tables.flow.path.isEmpty, tables.bridge.path.isEmpty {
      "its first message takes no more memory and is answered with response code 0 and vhp_resp -2, as if the tables were made then; the module registers its device once more, so that it must not be unloaded from then on: reboot instead"
    } else {
      "huge pages are in use: its first message is answered with response code -17 (EEXIST) and vhp_resp -4, and the tables stay as they are"
    }
  }
}
