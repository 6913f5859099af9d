extension SettingsReader {
  /// Names what the operator asks for and this version doesn't do.
  mutating func warnAboutUnsupported() {
    for feature in UnsupportedFeature.all {
      let wanted = feature.parameters.map(\.name).filter { name in
        guard let raw = raw(name) else { return false }
        guard case .text(let text) = raw.value else { return true }
        return !feature.inert.contains(text)
      }
      if !wanted.isEmpty { warn(wanted, feature.message) }
    }
  }
}
