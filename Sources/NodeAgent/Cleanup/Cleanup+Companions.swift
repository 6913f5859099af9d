import HostFiles

extension Cleanup {
  /// The files beside the agent's own, whose identity nothing keeps: the first line says who wrote them, and that changes to
  /// them get lost.
  static func removeCompanions(from root: HostRoot, _ outcome: inout Outcome) throws(HostFileError) {
    for path in ConfigurationFiles.companionPaths where root.exists(path) {
      if try root.readBytes(path).starts(with: AgentConfiguration.heading.utf8) {
        try root.remove(path)
        outcome.done.append("removed \(path)")
      } else {
        outcome.left.append("\(path) is not known to be as this program wrote it, and stays")
      }
    }
  }
}
