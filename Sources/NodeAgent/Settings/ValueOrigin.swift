/// Where the text of a parameter stood.
enum ParameterSource: Sendable, Equatable, CustomStringConvertible {
  /// The process environment.
  case environment
  /// The file given with `--env-file`; the line is from 1, nil for the file as a whole.
  case file(path: String, line: Int?)

  var description: String {
    switch self {
    case .environment: "environment"
    case .file(let path, let line?): "\(path):\(line)"
    case .file(let path, nil): path
    }
  }
}

/// Why a value is what it is.
indirect enum ValueOrigin: Sendable, Equatable, CustomStringConvertible {
  /// An operator set this parameter.
  case parameter(name: String, source: ParameterSource)
  /// Nobody set it: the default of this parameter holds, or a fixed value where there is no parameter.
  case defaultValue(of: String?)
  /// It was found out about this host, by the rule that the text names.
  case detected(String)
  /// What this parameter holds is malformed: something else stands in for it, so that reading can go on. Nothing is done
  /// with such a value, nor judged by it.
  case standIn(for: String)
  /// It was made from several: never empty, none of them combined itself.
  case combined([ValueOrigin])

  /// What it was made from, one by one.
  var parts: [ValueOrigin] {
    guard case .combined(let parts) = self else { return [self] }
    return parts
  }

  /// With something else that somebody set: defaults need no mention beside what they go with.
  func with(_ other: ValueOrigin) -> ValueOrigin {
    switch other {
    case .parameter, .standIn: parts.contains(other) ? self : .combined(parts + [other])
    case .defaultValue, .detected, .combined: self
    }
  }

  /// Whether something malformed is at least part of it.
  var isStandIn: Bool {
    parts.contains { if case .standIn = $0 { true } else { false } }
  }

  /// The parameters that it rests on.
  var parameters: Set<String> {
    Set(
      parts.compactMap { part in
        switch part {
        case .parameter(let name, _), .standIn(let name), .defaultValue(let name?): name
        case .defaultValue(nil), .detected, .combined: nil
        }
      })
  }

  /// The parameter that decided most of it, if one did.
  var parameter: (name: String, source: ParameterSource)? {
    guard case .parameter(let name, let source)? = parts.first else { return nil }
    return (name, source)
  }

  var description: String {
    switch self {
    case .combined(let parts): parts.map(\.description).joined(separator: " with ")
    case .parameter(let name, let source): "\(name) (\(source))"
    case .defaultValue(let name?): "default of \(name)"
    case .defaultValue(nil): "fixed"
    case .detected(let rule): "detected: \(rule)"
    case .standIn(let name): "in the place of \(name), which is malformed"
    }
  }
}

/// A value together with why it is what it is.
struct Sourced<Value: Sendable>: Sendable {
  var value: Value
  var origin: ValueOrigin

  func map<Other>(_ transform: (Value) -> Other) -> Sourced<Other> {
    Sourced<Other>(value: transform(value), origin: origin)
  }
}

extension Sourced: Equatable where Value: Equatable {}
