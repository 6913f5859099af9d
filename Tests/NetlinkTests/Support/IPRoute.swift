import FoundationEssentials
import TestSupport

/// What iproute2 says about the calling thread's network namespace: a second opinion.
enum IPRoute {
  struct LinkInfo: Decodable {
    let infoKind: String?
    let infoSlaveKind: String?
  }

  struct Link: Decodable {
    let ifindex: Int
    let ifname: String
    let flags: [String]
    let mtu: Int
    let operstate: String
    let address: String?
    let permaddr: String?
    let altnames: [String]?
    let master: String?
    let link: String?
    let linkinfo: LinkInfo?
  }

  struct AddressInfo: Decodable {
    let family: String
    let local: String
    let prefixlen: Int
    let address: String?
    let broadcast: String?
    let scope: String
    let label: String?
    let tentative: Bool?
    let deprecated: Bool?
    let validLifeTime: UInt32
    let preferredLifeTime: UInt32
  }

  struct Addresses: Decodable {
    let ifindex: Int
    let addrInfo: [AddressInfo]
  }

  struct Hop: Decodable {
    let gateway: String?
    let via: Via?
    let dev: String
    let weight: Int
  }

  struct Via: Decodable {
    let host: String
  }

  struct Route: Decodable {
    let type: String?
    let dst: String
    let gateway: String?
    let via: Via?
    let dev: String?
    let table: String?
    let `protocol`: String
    let scope: String?
    let metric: UInt32?
    let prefsrc: String?
    let nhid: UInt32?
    let nexthops: [Hop]?
  }

  static func links() throws -> [Link] { try decode("ip -j -d link show") }
  static func addresses() throws -> [Addresses] { try decode("ip -j address show") }
  static func routes(_ family: String) throws -> [Route] {
    try decode("ip -j -d \(family) route show table all")
  }

  private static func decode<Value: Decodable>(_ command: String) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Value.self, from: Data(try shell(command).utf8))
  }
}
