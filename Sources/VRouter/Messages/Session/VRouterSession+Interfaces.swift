extension VRouterSession {
  /// An interface by its index in the module; nil if there is none.
  public mutating func interface(index: Int32) throws(VRouterError) -> VRouterInterface? {
    try interface(.get(index: index), "interface \(index)")
  }

  /// The interface of a link of the initial network namespace; nil if there is none.
  public mutating func interface(link: Int32) throws(VRouterError) -> VRouterInterface? {
    try interface(.get(link: link), "the interface of link \(link)")
  }

  private mutating func interface(
    _ question: VRouterInterface, _ subject: String
  ) throws(VRouterError) -> VRouterInterface? {
    let answer = try ask("read", on: subject, question)
    return answer.code == Self.noSuchEntry ? nil : try answer.object(VRouterInterface.self)
  }

  /// ENOENT
  private static let noSuchEntry: Int32 = -2

  /// All interfaces, by index.
  ///
  /// The module tells as many as fit into an answer, and is asked for the rest by the last one's index.
  public mutating func interfaces() throws(VRouterError) -> [VRouterInterface] {
    var interfaces: [VRouterInterface] = []
    var marker: Int32 = -1
    while true {
      let answer = try ask("list", on: "the module's interfaces", VRouterInterface.dump(after: marker))
      try answer.check()
      let part = answer.objects.compactMap(VRouterInterface.init)
      guard part.count == Int(answer.code & ~VRouterResponse.more) else {
        throw answer.unusable(
          "\(answer.code & ~VRouterResponse.more) interfaces announced, \(part.count) told")
      }
      interfaces += part
      guard answer.code & VRouterResponse.more != 0 else { return interfaces }
      // Without progress the rest would have no end.
      guard let last = part.last?.index, last > marker else {
        throw answer.unusable("the rest of the list doesn't go on behind \(marker)")
      }
      marker = last
    }
  }

  /// Adds an interface, or changes the one with its index.
  ///
  /// A host's interface must list all physical ones that were added (``VRouterInterface/crossConnect``): with fewer of
  /// them the module crashes the kernel. Such a request isn't sent.
  public mutating func add(_ interface: VRouterInterface) throws(VRouterError) {
    var message = interface
    message.operation = MessageOperation.add.rawValue
    if message.type == VRouterInterface.Kind.host.rawValue {
      let physical = try interfaces().filter { $0.type == VRouterInterface.Kind.physical.rawValue }
      guard message.crossConnect.count >= physical.count, message.crossConnect.allSatisfy({ $0 > 0 }) else {
        throw VRouterError(
          "add", interface.interfaceName,
          reason:
            "its cross connects \(message.crossConnect) leave out some of the \(physical.count) physical interfaces, which would crash the kernel",
          remedy: "name all of them")
      }
    }
    try ask("add", on: interface.interfaceName, message).check()
  }

  /// Removes the interface of a name.
  public mutating func delete(named name: String) throws(VRouterError) {
    try ask("delete", on: name, VRouterInterface.delete(named: name)).check()
  }
}
