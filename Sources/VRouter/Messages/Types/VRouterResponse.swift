/// `vr_response`: what every answer of the module begins with.
///
/// Numbers and types of the fields: sandesh/vr.sandesh of tf-vrouter. 30 bytes.
public struct VRouterResponse: VRouterMessage {
  /// `vr_response`
  public static let name = "vr_response"

  /// In field 1: ``MessageOperation/response``.
  public var operation: Int32 = 0
  /// In field 2, `resp_code`: 0, a negative errno, or in the answer to a dump how many objects follow.
  public var code: Int32 = 0

  /// A message in which everything is 0.
  public init() {}

  /// Goes through its fields.
  public mutating func code(_ coder: inout some SandeshCoder) {
    coder.code(1, &operation)
    coder.code(2, &code)
  }

  /// The bit of a dump's code that says that there are more objects: to be asked for with the last one's index.
  static let more: Int32 = 1 << 30
}
