import Netlink
import SystemPackage

/// A kernel with links and addresses that change at random while it's being asked, and that drops events when its
/// queue is full, as the real one does: everything, from the first that didn't fit until the queue is empty.
final class FakeNetwork {
  struct Link: Hashable {
    var name: String
    var mtu: UInt32
    var flags: UInt32
  }

  struct Address: Hashable {
    var linkIndex: Int32
    var number: UInt32
  }

  /// Something that happened.
  enum Happening: Hashable {
    case link(Int32, Link)
    case noLink(Int32)
    case address(Address)
    case noAddress(Address)

    /// What it happened to.
    enum Object: Hashable {
      case link(Int32)
      case address(Address)
    }

    var object: Object {
      switch self {
      case .link(let index, _), .noLink(let index): .link(index)
      case .address(let address), .noAddress(let address): .address(address)
      }
    }
  }

  private var random: SeededRandom
  private let capacity: Int
  private var queue: [[UInt8]] = []
  private var isCongested = false
  private var hasError = false

  /// How many changes there are at most whenever it's asked something.
  var unrest = 0
  private(set) var links: [Int32: Link] = [1: Link(name: "lo", mtu: 65536, flags: 0x49)]
  private(set) var addresses: Set<Address> = []
  /// All that happened, in order.
  private(set) var history: [Happening] = []
  /// How often it said that it had dropped something.
  private(set) var overruns = 0

  init(seed: UInt64, capacity: Int) {
    random = SeededRandom(seed: seed)
    self.capacity = capacity
  }

  /// Which of what was told didn't happen, or not in this order, since so much of the history was known.
  func invented(_ told: [Happening], since known: Int) -> [Happening] {
    var positions: [Happening.Object: Int] = [:]
    return told.filter { happening in
      let object = happening.object
      let start = positions[object] ?? known
      guard let position = history[start...].firstIndex(of: happening) else { return true }
      positions[object] = position + 1
      return false
    }
  }

  /// Changes a few things.
  func tick() {
    guard unrest > 0 else { return }
    for _ in 0..<Int.random(in: 0...unrest, using: &random) { change() }
  }

  func change() {
    let index = Int32.random(in: 2...9, using: &random)
    guard var link = links[index] else {
      return set(index, Link(name: "l\(random.next() % 1000)", mtu: 1500, flags: 2))
    }
    let address = Address(linkIndex: index, number: UInt32.random(in: 1...3, using: &random))
    switch Int.random(in: 0...9, using: &random) {
    case 0:
      for address in addresses where address.linkIndex == index { remove(address) }
      links[index] = nil
      tell(.noLink(index), message(17, link, index))
    case 1...3:
      link.flags ^= 0x10041
      set(index, link)
    case 4:
      link.mtu = UInt32.random(in: 1400...1410, using: &random)
      set(index, link)
    case 5...7 where addresses.insert(address).inserted: tell(.address(address), message(20, address))
    default: remove(address)
    }
  }

  private func set(_ index: Int32, _ link: Link) {
    guard links[index] != link else { return }
    links[index] = link
    tell(.link(index, link), message(16, link, index))
  }

  private func remove(_ address: Address) {
    guard addresses.remove(address) != nil else { return }
    tell(.noAddress(address), message(21, address))
  }

  private func tell(_ happening: Happening, _ message: [UInt8]) {
    history.append(happening)
    guard !isCongested, queue.count < capacity else {
      if !isCongested { hasError = true }
      isCongested = true
      return
    }
    queue.append(message)
  }

  private func message(
    _ type: UInt16, _ link: Link, _ index: Int32, for request: Request = .none, flags: UInt16 = 0
  ) -> [UInt8] {
    let header = [0, 0] + little(UInt16(1)) + little(index) + little(link.flags) + little(UInt32(0))
    // An event and a list say the same with other extension masks.
    let mask: UInt32 = request.sequence == 0 ? 0 : 8
    return request.message(
      type, flags: flags,
      header + attribute(3, Array(link.name.utf8) + [0]) + attribute(4, little(link.mtu))
        + attribute(29, little(mask)))
  }

  private func message(
    _ type: UInt16, _ address: Address, for request: Request = .none, flags: UInt16 = 0
  ) -> [UInt8] {
    let bytes: [UInt8] = [10, UInt8(address.linkIndex), 0, UInt8(address.number)]
    return request.message(
      type, flags: flags,
      [2, 24, 0x80, 0] + little(address.linkIndex) + attribute(1, bytes) + attribute(2, bytes)
        + attribute(6, little(UInt32(3600)) + little(UInt32.random(in: 1...3600, using: &random))))
  }

  /// The members of the groups.
  struct Events: NetlinkTransport, ~Copyable {
    let network: FakeNetwork
    let portID: UInt32 = 5

    mutating func send(_ datagram: RawSpan) throws(TransportFailure) { throw .system(.badFileDescriptor) }

    mutating func receive(
      into buffer: inout MutableRawSpan, until limit: WaitLimit
    ) throws(TransportFailure) -> ReceivedDatagram {
      network.tick()
      if network.hasError {
        network.hasError = false
        network.overruns += 1
        throw .overrun
      }
      guard !network.queue.isEmpty else { throw .timedOut }
      let datagram = network.queue.removeFirst()
      if network.queue.isEmpty { network.isCongested = false }
      for (index, byte) in datagram.enumerated() {
        buffer.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
      }
      return ReceivedDatagram(size: datagram.count)
    }
  }

  /// What a socket that asks for lists talks to.
  func kernel() -> FakeKernel {
    FakeKernel { request in
      self.tick()
      let isInterrupted = self.unrest > 0 && Int.random(in: 0...7, using: &self.random) == 0
      let flags: UInt16 = isInterrupted ? 0x12 : 2
      var pieces: [FakeKernel.Piece] = []
      if request.type == 18 {
        for (index, link) in self.links.sorted(by: { $0.key < $1.key }) {
          pieces.append(.datagram(self.message(16, link, index, for: request, flags: flags)))
        }
      } else {
        for address in self.addresses {
          pieces.append(.datagram(self.message(20, address, for: request, flags: flags)))
        }
      }
      // What was listed so far may change before the list is read.
      self.tick()
      return pieces + [.datagram(request.done(flags: isInterrupted ? 0x10 : 0))]
    }
  }
}

extension Request {
  /// What events answer.
  static let none = Request(bytes: [UInt8](repeating: 0, count: 16), portID: 0)
}
