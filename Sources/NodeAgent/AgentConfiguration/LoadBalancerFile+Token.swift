import FoundationEssentials

/// The token in the file, which is another one every hour where the kubelet renews it.
extension LoadBalancerFile {
  private static let prefix = "kubernetes_token="

  /// What the file's content would be with another token; nil where it has no token, or may not have this one.
  static func replacingToken(in text: String, by token: Secret) -> String? {
    guard INIDocument.flaw(ofPythonValue: token.reveal()) == nil else { return nil }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let places = lines.indices.filter { lines[$0].hasPrefix(prefix) }
    guard let place = places.first, places.count == 1 else { return nil }
    lines[place] = prefix + INIDocument.pythonText(ofValue: token.reveal())
    return lines.joined(separator: "\n")
  }

  /// Whether what is there is what is wanted, but for the token.
  static func differsInTokenAlone(_ present: [UInt8], _ wanted: ConfigurationFile) -> Bool {
    guard wanted.path == path, present != wanted.bytes,
      let rest = replacingToken(in: String(decoding: present, as: UTF8.self), by: Secret(""))
    else { return false }
    return rest == replacingToken(in: wanted.text, by: Secret(""))
  }
}

extension HostObservation {
  /// Whether all that is to be written is a token that was renewed: nothing that makes a node ready, so that it stays ready
  /// meanwhile.
  func awaitsTokenAlone(_ stale: [String], of files: ConfigurationFiles, _ ownership: FileOwnership) -> Bool {
    guard stale == [LoadBalancerFile.path], let wanted = files.all.first(where: { $0.path == stale[0] }),
      case .success(let present?)? = companions[wanted.path]
    else { return false }
    return present.isPrivate && ownership.fits(user: present.owner.user, group: present.owner.group)
      && LoadBalancerFile.differsInTokenAlone(present.content, wanted)
  }
}
