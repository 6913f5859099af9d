import KernelModule

/// What of the host is to be made ready beside the module and the network.
struct NodeSettings: Sendable, Equatable {
  /// VROUTER_HUGE_PAGES_MOUNT
  var mountsHugePages: Sourced<Bool>
  /// SRIOV_PHYSICAL_INTERFACE with SRIOV_VF, in their order.
  var functions: [FunctionRequest]
  /// SRIOV_VFIO_DRIVER
  var functionDriver: Sourced<String>
  /// VROUTER_SRIOV_IN_USE
  var functionsInUse: Sourced<FunctionsInUse>
  /// VROUTER_NIC_FEATURES
  var features: Sourced<FeaturePolicy>
  /// VROUTER_SUBNET_PREFIX
  var subnetPrefix: Sourced<Int>?
  /// VROUTER_CLOUD_METADATA
  var asksCloud: Sourced<Bool>
}

extension SettingsReader {
  mutating func node() -> NodeSettings {
    NodeSettings(
      mountsHugePages: flag("VROUTER_HUGE_PAGES_MOUNT"),
      functions: functions(),
      functionDriver: value(
        "SRIOV_VFIO_DRIVER", expected: "a module's name: letters, digits, '_' and '-'"
      ) { (try? ModuleNames.checkName($0)) == nil ? nil : $0 },
      functionsInUse: value("VROUTER_SRIOV_IN_USE", expected: "refuse or replace") {
        FunctionsInUse(rawValue: $0.lowercased())
      },
      features: value("VROUTER_NIC_FEATURES", expected: "adapt or keep") {
        FeaturePolicy(rawValue: $0.lowercased())
      },
      subnetPrefix: optional("VROUTER_SUBNET_PREFIX", expected: "the length of a prefix, from 1 to 32") {
        Self.number($0.hasPrefix("/") ? String($0.dropFirst()) : $0, in: 1...32)
      },
      asksCloud: value("VROUTER_CLOUD_METADATA", expected: "on or off") { text in
        switch text.lowercased() {
        case "on", "true", "yes", "enabled": true
        case "off", "false", "no", "disabled": false
        default: nil
        }
      })
  }

  /// Both lists, which belong together entry by entry.
  private mutating func functions() -> [FunctionRequest] {
    let (cards, numbers) = ("SRIOV_PHYSICAL_INTERFACE", "SRIOV_VF")
    let interfaces = list(cards, expected: "names of interfaces, separated by commas") {
      InterfaceName($0).map(\.text)
    }
    let counts = list(numbers, expected: "whole numbers from 0 to 65535, separated by commas") {
      Self.number($0, in: 0...65_535)
    }
    guard let interfaces = interfaces?.value, let counts = counts?.value else {
      if present(cards, isSet: true), !present(numbers, isSet: true) {
        refuseMissing(numbers, expected: "a number for each interface of \(cards)")
      } else if present(numbers, isSet: true), !present(cards, isSet: true), counts?.value != [0] {
        refuseMissing(cards, expected: "an interface for each number of \(numbers)")
      }
      return []
    }
    if let raw = raw(numbers), interfaces.count != counts.count {
      refuse(
        raw, found: "\(counts.count) number\(counts.count == 1 ? "" : "s")",
        expected: "one for each of the \(interfaces.count) interfaces of \(cards)")
      return []
    }
    if let raw = raw(cards), Set(interfaces).count != interfaces.count {
      refuse(raw, found: "an interface twice", expected: "each interface once")
      return []
    }
    return zip(interfaces, counts).map { FunctionRequest(interface: $0, count: $1) }
  }

  private mutating func present(_ name: String, isSet: Bool) -> Bool { raw(name) != nil }
}
