/// What the module answered: a response code, and the objects that go with it.
struct VRouterAnswer: Sendable, Equatable {
  let operation: String
  let subject: String
  /// 0, a negative errno, or for a list how many objects there are.
  let code: Int32
  let objects: [SandeshMessage]

  /// Reads the datagrams of an answer, in their order.
  init(_ payloads: [[UInt8]], operation: String, subject: String) throws(VRouterError) {
    self.operation = operation
    self.subject = subject
    var messages: [SandeshMessage] = []
    do {
      for payload in payloads { messages += try SandeshMessage.decode(payload) }
    } catch {
      throw Self.unusable(operation, subject, "\(error)")
    }
    guard let first = messages.first, let response = VRouterResponse(first),
      response.operation == MessageOperation.response.rawValue
    else {
      throw Self.unusable(operation, subject, "the answer doesn't begin with a response code")
    }
    code = response.code
    objects = Array(messages.dropFirst())
  }

  /// Throws unless the module did what it was asked to do.
  func check() throws(VRouterError) {
    guard code < 0 else { return }
    throw VRouterError(
      operation, subject, reason: "the module answered \(ResponseCode(code))",
      remedy: ResponseCode(code).remedy, code: code)
  }

  /// The object that goes with the code.
  func object<Message: VRouterMessage>(_: Message.Type) throws(VRouterError) -> Message {
    try check()
    guard let object = objects.lazy.compactMap(Message.init).first else {
      throw Self.unusable(operation, subject, "the answer holds no \(Message.name)")
    }
    return object
  }

  func unusable(_ reason: String) -> VRouterError { Self.unusable(operation, subject, reason) }

  private static func unusable(_ operation: String, _ subject: String, _ reason: String) -> VRouterError {
    VRouterError(
      operation, subject, reason: "the module's answer can't be used: \(reason)",
      remedy: "the module is of a version that this program doesn't know: report it with its version")
  }
}
