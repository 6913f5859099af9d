import Netlink

/// How long the prefix of vhost0's network is, where its address doesn't tell.
///
/// The vRouter agent is told; the kernel's address stays a /32, as the cloud gave it and its routes want it.
enum SubnetPrefix: Sendable, Equatable {
  /// The address tells.
  case own
  /// The address is a /32, and nobody is known who could tell more: it is written as it is.
  case alone(IPPrefix)
  /// The address tells, and otherwise than the operator: it is written as it is.
  case overruled(Sourced<Int>, by: IPPrefix)
  case known(Sourced<Int>, warning: String? = nil)
  /// Nobody does, and why.
  case unknown(reason: String)

  /// Decides.
  ///
  /// - Parameters:
  ///   - address: the node's.
  ///   - present: the address in the agent's present configuration: what was found out once holds while the cloud can't be
  ///     asked.
  ///   - ask: asks the cloud.
  init(
    of address: IPPrefix, settings: NodeSettings, cloud: Cloud?, present: IPPrefix?,
    ask: (Cloud) -> Result<Int, CloudProblem>
  ) {
    guard address.family == .ipv4, address.isHost else {
      let given = settings.subnetPrefix.flatMap { $0.value == address.length ? nil : $0 }
      self = given.map { .overruled($0, by: address) } ?? .own
      return
    }
    if let length = settings.subnetPrefix {
      self = .known(length)
      return
    }
    guard let cloud else {
      self = .alone(address)
      return
    }
    guard settings.asksCloud.value else {
      self = .unknown(
        reason:
          "this machine is \(cloud.title)'s, and VROUTER_CLOUD_METADATA=off says not to ask its metadata server"
      )
      return
    }
    switch ask(cloud) {
    case .success(let length):
      self = .known(Sourced(value: length, origin: .detected("\(cloud.title)'s metadata server")))
    case .failure(let problem):
      guard let present, present.address == address.address, !present.isHost else {
        self = .unknown(reason: "\(cloud.title)'s metadata server doesn't tell: \(problem)")
        return
      }
      self = .known(
        Sourced(value: present.length, origin: .detected("the present configuration")),
        warning:
          "\(cloud.title)'s metadata server doesn't tell the prefix of the node's network (\(problem)): that of the present configuration stays, /\(present.length)"
      )
    }
  }

  /// The address as the vRouter agent is to have it; nil where it is the node's own.
  func applied(to address: IPPrefix) -> Sourced<IPPrefix>? {
    guard case .known(let length, _) = self, let whole = IPPrefix(address.address, length: length.value)
    else {
      return nil
    }
    return Sourced(value: whole, origin: length.origin)
  }

  /// What makes the address doubtful that is written; nil where nothing does.
  var doubt: String? {
    switch self {
    case .own, .known, .unknown: nil
    case .overruled(let length, let address):
      "VROUTER_SUBNET_PREFIX=\(length.value) says nothing: the node's address is \(address), and it is for an IPv4 address with /32 alone"
    case .alone(let address):
      "the node's address is \(address), without the prefix of its network, and the vRouter agent reports such an [VIRTUAL-HOST-INTERFACE] ip as an error; set VROUTER_SUBNET_PREFIX (32, if the node really is alone)"
    }
  }

  /// What is to be known of how it was found out, beside ``doubt``.
  var warning: String? {
    guard case .known(_, let warning) = self else { return nil }
    return warning
  }

  /// Why no configuration can be written, with what to do; nil where one can.
  func refusal(of address: IPPrefix) -> String? {
    guard case .unknown(let reason) = self else { return nil }
    return
      "the prefix of the node's network is not known: its address is \(address), and \(reason); set VROUTER_SUBNET_PREFIX (32, if it really is alone)"
  }
}

/// Why the cloud doesn't tell, in one sentence.
struct CloudProblem: Error, Sendable, Equatable, CustomStringConvertible {
  let description: String
}
