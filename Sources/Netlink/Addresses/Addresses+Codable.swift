/// Addresses are coded as their text.
extension Decodable where Self: LosslessStringConvertible {
  fileprivate init(textFrom decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Self(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no \(Self.self): \(text)")
    }
    self = value
  }
}

extension Encodable where Self: LosslessStringConvertible {
  fileprivate func encodeText(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension IPv4Address: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws { try self.init(textFrom: decoder) }
  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

extension IPv6Address: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws { try self.init(textFrom: decoder) }
  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

extension IPAddress: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws { try self.init(textFrom: decoder) }
  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

extension IPPrefix: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws { try self.init(textFrom: decoder) }
  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

extension MACAddress: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws { try self.init(textFrom: decoder) }
  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

/// Coded as its number.
extension AddressFamily: Codable {}
