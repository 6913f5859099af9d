/// What NetworkManager is asked over the bus (NetworkManager's D-Bus reference, 1.14 and later).
enum NetworkManagerCalls {
  static let name = "org.freedesktop.NetworkManager"
  private static let path = "/org/freedesktop/NetworkManager"

  /// Reads its configuration anew, and nothing else of what it could read anew (flag 0x1).
  static let reload = BusCall(
    destination: name, path: path, interface: name, member: "Reload", arguments: [.uint32(1)])

  /// By which object it has an interface.
  static func device(_ interface: String) -> BusCall {
    BusCall(
      destination: name, path: path, interface: name, member: "GetDeviceByIpIface",
      arguments: [.string(interface)])
  }

  /// Takes an interface into its care, or lets go of it.
  ///
  /// Letting go this way leaves link, addresses and routes as they are. By `unmanaged-devices=` instead, NetworkManager takes
  /// the interface down (measured with 1.42): with it everything that vhost0 carries.
  static func setManaged(device: String, _ isManaged: Bool) -> BusCall {
    BusCall(
      destination: name, path: device, interface: "org.freedesktop.DBus.Properties", member: "Set",
      arguments: [
        .string("\(name).Device"), .string("Managed"), .variant(.boolean(isManaged)),
      ])
  }

  /// The error by which it says that it has no such interface.
  static let unknownDevice = "\(name).UnknownDevice"
}

/// What systemd is asked over the bus (org.freedesktop.systemd1(5)).
enum SystemdCalls {
  static let name = "org.freedesktop.systemd1"

  /// Reads the files of its units anew.
  static let reload = manager("Reload")

  /// Starts a unit; the answer comes before it has.
  static func start(_ unit: String) -> BusCall { manager("StartUnit", [.string(unit), .string("replace")]) }

  /// Stops a unit; the answer comes before it has.
  static func stop(_ unit: String) -> BusCall { manager("StopUnit", [.string(unit), .string("replace")]) }

  private static func manager(_ member: String, _ arguments: [BusValue] = []) -> BusCall {
    BusCall(
      destination: name, path: "/org/freedesktop/systemd1", interface: "\(name).Manager", member: member,
      arguments: arguments)
  }

  /// The error by which it says that it has no such unit.
  static let noSuchUnit = "\(name).NoSuchUnit"
}

/// What systemd-networkd is asked over the bus (org.freedesktop.network1(5), 244 and later).
enum NetworkdCalls {
  static let name = "org.freedesktop.network1"

  /// Reads its files anew, and configures the interfaces anew of which the file changed.
  static let reload = BusCall(
    destination: name, path: "/org/freedesktop/network1", interface: "\(name).Manager", member: "Reload")
}
