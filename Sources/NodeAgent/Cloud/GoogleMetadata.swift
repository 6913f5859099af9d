import FoundationEssentials
import Netlink

/// Asks a cloud about the network of an interface: what tests put another in the place of.
protocol CloudMetadata: Sendable {
  /// The length of the prefix of an interface's network.
  func prefixLength(of mac: MACAddress?, _ address: IPAddress, in cloud: Cloud) -> Result<Int, CloudProblem>
}

/// Google's metadata server (cloud.google.com/compute/docs/metadata): one request for all interfaces.
struct GoogleMetadata: CloudMetadata {
  /// Link-local, and answered by the host of the machine.
  var client = MetadataClient(address: .v4(IPv4Address(169, 254, 169, 254)), port: 80)
  static let path = "/computeMetadata/v1/instance/network-interfaces/?recursive=true&alt=json"
  /// Without it the server refuses, so that nobody can be made to ask by a link; its answers have it, too.
  static let flavor = (name: "Metadata-Flavor", value: "Google")

  func prefixLength(of mac: MACAddress?, _ address: IPAddress, in cloud: Cloud) -> Result<Int, CloudProblem> {
    Result { () throws(CloudProblem) in
      let response = try client.get(Self.path, headers: [Self.flavor])
      guard response.status == 200 else {
        throw CloudProblem(description: "it answers with status \(response.status)")
      }
      guard response.header(Self.flavor.name) == Self.flavor.value else {
        throw CloudProblem(description: "what answers there is not it: no header Metadata-Flavor: Google")
      }
      return try Self.prefixLength(in: response.body, mac: mac, address: address)
    }
  }

  /// Finds the interface in the answer, by its MAC address, else by its address.
  static func prefixLength(
    in body: [UInt8], mac: MACAddress?, address: IPAddress
  ) throws(CloudProblem) -> Int {
    struct Interface: Decodable {
      let mac: String?
      let ip: String?
      let subnetmask: String?
    }
    guard let interfaces = try? JSONDecoder().decode([Interface].self, from: Data(body)) else {
      throw CloudProblem(description: "its answer is no list of interfaces")
    }
    let own =
      interfaces.first { mac != nil && $0.mac.flatMap { MACAddress($0) } == mac }
      ?? interfaces.first { $0.ip.flatMap { IPAddress($0) } == address }
    guard let own else {
      throw CloudProblem(
        description:
          "none of its \(interfaces.count) interfaces has the MAC address \(mac.map { "\($0)" } ?? "(none)") or the address \(address)"
      )
    }
    guard let text = own.subnetmask, case .v4(let mask)? = IPAddress(text),
      case let length = (~mask.rawValue).leadingZeroBitCount, (1...32).contains(length),
      mask.rawValue == (length == 32 ? .max : ~(UInt32.max >> UInt32(length)))
    else {
      throw CloudProblem(description: "it gives the interface no subnet mask, or a wrong one")
    }
    return length
  }
}
