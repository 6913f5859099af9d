/// The interfaces that a loaded module has beyond its own: whatever is there is somebody's data path.
public enum ForeignVifs: Equatable, Sendable {
  /// By name; an interface without one by its index.
  case named([String])
  /// The module could not be asked: why.
  case unknown(reason: String)

  /// The names of the interfaces that the module makes for itself when it is loaded (measured: pkt1 and pkt3).
  static let own: Set<String> = ["pkt1", "pkt2", "pkt3"]

  /// What of a module's interfaces isn't its own.
  public init(among interfaces: [VRouterInterface]) {
    self = .named(
      interfaces.filter { !Self.own.contains($0.interfaceName) }
        .map { $0.interfaceName.isEmpty ? "number \($0.index)" : $0.interfaceName })
  }

  /// Asks the loaded module. Generic netlink can hang after a crash in one of its users: call it where that does no harm.
  public static func observe() -> ForeignVifs {
    do throws(VRouterError) {
      var session = try VRouterSession()
      return ForeignVifs(among: try session.interfaces())
    } catch {
      // A module whose reset has failed answers so to everything, and has lost all of its interfaces.
      if error.code == notReady { return .named([]) }
      return .unknown(reason: error.description)
    }
  }

  /// -ENETRESET
  private static let notReady: Int32 = -102
}
