extension Secrecy {
  /// By names alone: the program's own table of parameters isn't here.
  static func of(_ parameter: String) -> Secrecy { SecretNames.mentions(parameter) ? .secret : .open }
}
