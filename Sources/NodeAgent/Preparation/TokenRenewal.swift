import HostFiles
import Logging

/// Keeps the token of the Kubernetes API in `contrail-lbaas-auth.conf` what `K8S_TOKEN_FILE` holds. The node stays ready meanwhile:
/// the readiness file doesn't vouch for that file.
struct TokenRenewal {
  let root: HostRoot
  /// This program's own files, among which the token's is.
  let own: HostRoot
  let log: Logger
  /// K8S_TOKEN_FILE
  let source: String
  /// What was last said of a renewal that didn't work.
  private var complaint: String?

  /// - Returns: nil where the token is a setting, which doesn't change by itself.
  init?(_ settings: LoadBalancerSettings, root: HostRoot, own: HostRoot, log: Logger) {
    guard settings.token == nil else { return nil }
    (self.root, self.own, self.log) = (root, own, log)
    source = settings.tokenFile.value
  }

  /// Looks whether there is another token, and writes it. What isn't as this program wrote it is left alone, and so is a token
  /// while its file can't be read.
  mutating func run() {
    let path = LoadBalancerFile.path
    guard case .found(let token) = ConfigurationObservation.token(source, in: own),
      let present = try? root.readBytes(path), WrittenFiles.read(from: root).holds(present, at: path) == true
    else { return }
    let text = String(decoding: present, as: UTF8.self)
    guard let renewed = LoadBalancerFile.replacingToken(in: text, by: token), renewed != text else { return }
    do {
      try LockedRun(root: root, command: "run").run { () throws(CommandFailure) in
        // Nobody else wrote it since.
        guard (try? root.readBytes(path)) == present else { return }
        do throws(HostFileError) {
          try ConfigurationWriter(
            files: [ConfigurationFile(path: path, sections: [], text: renewed)], ownership: FileOwnership(),
            root: root, log: log
          ).write()
        } catch {
          throw CommandFailure(.configuration, "\(error)")
        }
        log.notice("the token in \(path) was renewed from \(source)")
      }
      complaint = nil
    } catch {
      guard complaint != error.description else { return }
      complaint = error.description
      log.warning("the token in \(path) was not renewed: \(error.description)")
    }
  }
}
