internal import SystemPackage

/// Traffic control.
extension RouteNetlink {
  /// The queueing disciplines of an interface, those that the kernel gave it included.
  public mutating func queueingDisciplines(
    linkIndex: Int
  ) throws(NetlinkError) -> [QueueingDiscipline] {
    let request = Self.trafficRequest(
      "list the queueing disciplines", type: QueueingDiscipline.getType, linkIndex: linkIndex)
    return try session.dump(request) { (message) throws(WireError) in
      guard let discipline = try QueueingDiscipline(message) else { return nil }
      // The kernel lists those of every interface.
      return discipline.linkIndex == linkIndex ? discipline : nil
    }
  }

  /// The filters in one place of an interface (``QueueingDiscipline/filterParents``), each kind and turn once; none when
  /// there is no such place.
  public mutating func trafficFilters(
    linkIndex: Int, parent: UInt32
  ) throws(NetlinkError) -> [TrafficFilter] {
    let request = Self.trafficRequest(
      "list the filters", type: TrafficFilter.getType, linkIndex: linkIndex, parent: parent)
    do throws(NetlinkError) {
      let listed = try session.dump(request) { (message) throws(WireError) in
        guard let filter = try TrafficFilter(message) else { return nil as TrafficFilter? }
        return filter.linkIndex == linkIndex ? filter : nil
      }
      // A filter's tables and parts are listed one by one.
      var filters: [TrafficFilter] = []
      for filter in listed {
        let same = filters.firstIndex {
          $0.priority == filter.priority && $0.parent == filter.parent && $0.kind == filter.kind
        }
        guard let same else {
          filters.append(filter)
          continue
        }
        if filters[same].programName == nil { filters[same].programName = filter.programName }
      }
      return filters
    } catch {
      if error.cause == .refused(.noSuchDevice) { return [] }
      throw error
    }
  }

  private static func trafficRequest(
    _ operation: String, type: UInt16, linkIndex: Int, parent: UInt32 = 0
  ) -> NetlinkRequest {
    var request = NetlinkRequest(operation, on: "interface index \(linkIndex)", type: type)
    // struct tcmsg: family and padding, index, handle, parent, info.
    request.append(zeros: 4)
    request.append(Int32(clamping: linkIndex))
    request.append(zeros: 4)
    request.append(parent)
    request.append(zeros: 4)
    return request
  }
}

/// Attributes of traffic control (`TCA_…` in linux/rtnetlink.h).
private enum TrafficAttribute: UInt16 {
  case kind = 1
  case options = 2
}

/// `struct tcmsg`
private let headerSize = 20

extension QueueingDiscipline {
  /// `RTM_NEWQDISC`
  static let messageType: UInt16 = 36
  /// `RTM_GETQDISC`
  static let getType: UInt16 = 38

  /// Reads a message; `nil` if it is about something else.
  init?(_ message: borrowing NetlinkMessage) throws(WireError) {
    guard message.header.type == Self.messageType else { return nil }
    let payload = message.payload
    self.init(
      linkIndex: Int(try payload.int32(at: 4)), handle: try payload.uint32(at: 8),
      parent: try payload.uint32(at: 12), kind: "")
    var attributes = AttributeCursor(try payload.suffix(from: headerSize))
    while let attribute = try attributes.next() {
      if TrafficAttribute(rawValue: attribute.type) == .kind { kind = attribute.payload.text() }
    }
  }
}

extension TrafficFilter {
  /// `RTM_NEWTFILTER`
  static let messageType: UInt16 = 44
  /// `RTM_GETTFILTER`
  static let getType: UInt16 = 46
  /// `TCA_BPF_NAME` (linux/pkt_cls.h)
  private static let programNameAttribute: UInt16 = 7

  /// Reads a message; `nil` if it is about something else.
  init?(_ message: borrowing NetlinkMessage) throws(WireError) {
    guard message.header.type == Self.messageType else { return nil }
    let payload = message.payload
    self.init(
      linkIndex: Int(try payload.int32(at: 4)), parent: try payload.uint32(at: 12), kind: "",
      // tcm_info: the priority above, the Ethernet type below.
      priority: UInt16(try payload.uint32(at: 16) >> 16))
    let bytes = try payload.suffix(from: headerSize)
    var kinds = AttributeCursor(bytes)
    while let attribute = try kinds.next() {
      if TrafficAttribute(rawValue: attribute.type) == .kind { kind = attribute.payload.text() }
    }
    guard kind == "bpf" else { return }
    var attributes = AttributeCursor(bytes)
    while let attribute = try attributes.next() {
      guard TrafficAttribute(rawValue: attribute.type) == .options else { continue }
      var options = attribute.nested
      while let option = try options.next() {
        if option.type == Self.programNameAttribute { programName = option.payload.text() }
      }
    }
  }
}
