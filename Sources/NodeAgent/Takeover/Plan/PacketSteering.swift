import HostFiles

/// Receive packet steering (Documentation/networking/scaling.rst) of the module's packet interfaces: queue n is worked
/// on by processor n, as the module sends each processor's packets into the queue of its number.
enum PacketSteering {
  static let devices = ["pkt1", "pkt2", "pkt3"]

  /// What /sys says of the queues of those that are there, by path.
  static func read(from root: HostRoot) -> [String: String] {
    var values: [String: String] = [:]
    for device in devices {
      let folder = "/sys/class/net/\(device)/queues"
      for queue in (try? root.names(in: folder)) ?? [] where number(of: queue) != nil {
        let path = "\(folder)/\(queue)/rps_cpus"
        if let value = try? root.readValue(path) { values[path] = value }
      }
    }
    return values
  }

  private static func number(of queue: String) -> Int? {
    queue.hasPrefix("rx-") ? Int(queue.dropFirst(3)) : nil
  }

  /// The mask that a queue's file is to hold; nil for other paths.
  static func mask(for path: String) -> String? {
    let parts = path.split(separator: "/")
    guard parts.count == 7, parts[6] == "rps_cpus", let queue = number(of: String(parts[5])) else {
      return nil
    }
    // Groups of 32 bits, the highest first, separated by commas (lib/bitmap.c).
    return String(UInt32(1) << UInt32(queue % 32), radix: 16)
      + String(repeating: ",00000000", count: queue / 32)
  }

  /// A mask without the zeros that the kernel puts before it.
  static func normal(_ mask: String) -> String {
    let digits = mask.filter { $0 != "," }.drop { $0 == "0" }
    return digits.isEmpty ? "0" : String(digits)
  }
}

extension TakeoverPlanner {
  func steeringPackets() -> [TakeoverOperation] {
    let masks = state.controls.sorted { $0.key < $1.key }.compactMap { path, value -> TakeoverOperation? in
      guard let mask = PacketSteering.mask(for: path),
        PacketSteering.normal(mask) != PacketSteering.normal(value)
      else { return nil }
      return .setControl(path: path, value: mask)
    }
    return masks + state.packetDevices.filter { !$0.isUp }.map { .raise(name: $0.name, index: $0.index) }
  }
}
