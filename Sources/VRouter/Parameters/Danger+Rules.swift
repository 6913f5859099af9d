public import KernelModule

extension Danger {
  /// Every danger of loading the module with these options on this host; none when it may be tried.
  ///
  /// Defaults count as well: a host with a high interface index can't use the default number of interfaces.
  ///
  /// - Parameters:
  ///   - options: all options that the module would get, those of modprobe.d included.
  ///   - known: the parameters that the build itself declares; nil takes this library's table.
  public static func find(
    in options: ModuleOptions, on host: VRouterHostFacts, known: [ModuleInformation.Parameter]? = nil
  ) -> [Danger] {
    var dangers: [Danger] = []
    var values: [String: Int64] = [:]
    let knownNames = known.map { $0.map(\.name) } ?? VRouterParameter.all.map(\.name)
    for option in options.assignments {
      guard knownNames.contains(option.name) else {
        dangers.append(unknown(option, among: knownNames))
        continue
      }
      let declared = known?.first { $0.name == option.name }?.type.map(KernelParameterType.init)
      guard let parameter = VRouterParameter.named(option.name) else {
        // A parameter of this build alone: what it means isn't known here, what it can hold is.
        if let declared, let problem = declared.objection(to: option.value) {
          dangers.append(refused(option, problem))
        }
        continue
      }
      if let declared, declared != KernelParameterType(parameter.type.rawValue),
        let problem = declared.objection(to: option.value)
      {
        dangers.append(refused(option, problem))
      } else if let problem = malformed(option, parameter) {
        dangers.append(problem)
      } else if let value = parameter.value(option.value) {
        values[option.name] = value
      }
    }
    for parameter in VRouterParameter.all {
      let given = options[parameter.name]
      if given != nil, values[parameter.name] == nil { continue }
      let value = values[parameter.name] ?? parameter.defaultValue
      let shown = given ?? "\(value) (default)"
      for limit in parameter.limits where !limit.allowed.contains(value) {
        dangers.append(
          Danger(
            parameter: parameter.name, value: shown, effect: limit.effect, reason: limit.reason,
            remedy: limit.remedy))
      }
      dangers += hostLimits(
        parameter, UInt64(clamping: value), shown: shown, on: host,
        allocationChecks: (values["vr_memory_alloc_checks"] ?? 0) != 0)
    }
    return dangers + takenNames(on: host)
  }

  /// What a value may not exceed on this host.
  private static func hostLimits(
    _ parameter: VRouterParameter, _ value: UInt64, shown: String, on host: VRouterHostFacts,
    allocationChecks: Bool
  ) -> [Danger] {
    func danger(_ effect: VRouterParameter.Effect, _ reason: String, _ remedy: String) -> [Danger] {
      [Danger(parameter: parameter.name, value: shown, effect: effect, reason: reason, remedy: remedy)]
    }
    // Taken in one piece each, so that the page allocator's largest block is the limit.
    let room = host.largestAllocation - (allocationChecks ? 8 : 0)
    let mebibytes = host.largestAllocation >> 20
    switch parameter.name {
    case "vr_perfq1", "vr_perfq2", "vr_perfq3":
      guard value >= UInt64(max(1, host.presentCPUs)) else { return [] }
      return danger(
        .loadFails, "this host has \(host.presentCPUs) CPUs, and the module refuses a CPU number beyond them",
        "give a number below \(host.presentCPUs), or leave the option out")
    case "vr_pkt_droplog_bufsz":
      guard value > room / 168 else { return [] }
      return danger(
        .crash,
        "\(value) records of 168 bytes exceed \(mebibytes) MiB, which the kernel gives to nobody in one piece; "
          + "the module ignores that, and the kernel crashes when it is unloaded",
        "give at most \(room / 168)")
    case "vr_vrfs":
      guard value > room / 8 else { return [] }
      return danger(
        .loadFails,
        "\(value) entries of 8 bytes exceed \(mebibytes) MiB, which the kernel gives to nobody in one piece",
        "give at most 65536")
    case "vr_interfaces":
      if value > room / 8 {
        return danger(
          .loadFails,
          "\(value) entries of 8 bytes exceed \(mebibytes) MiB, which the kernel gives to nobody in one piece",
          "give at most \(room / 8)")
      }
      return value == 0 ? [] : highIndex(value, room: room, host, danger)
    default: return []
    }
  }

  /// A vif takes its link's interface index. pkt1, pkt2, pkt3 and vhost0 get the next ones, and the last three
  /// places of the table are the module's own.
  private static func highIndex(
    _ interfaces: UInt64, room: UInt64, _ host: VRouterHostFacts,
    _ danger: (VRouterParameter.Effect, String, String) -> [Danger]
  ) -> [Danger] {
    guard let highest = host.highestInterfaceIndex, highest >= 0 else { return [] }
    // Indexes begin at 0 in the table, and are never given out twice.
    let needed = UInt64(highest) + (host.isModuleLoaded ? 0 : 4) + 1 + 3
    guard interfaces < needed else { return [] }
    let remedy =
      needed <= room / 8
      ? "set vr_interfaces to at least \(needed)"
      : "reboot the host, so that interface indexes begin low again"
    return danger(
      .interfacesFail,
      "the host's interfaces have indexes up to \(highest), vhost0 will have a higher one, and no vif can have an "
        + "index beyond the table",
      remedy)
  }

  private static func takenNames(on host: VRouterHostFacts) -> [Danger] {
    let taken = ["pkt1", "pkt2", "pkt3"].filter(host.linkNames.contains)
    // A loaded module's own links are no obstacle to it.
    guard !host.isModuleLoaded, !taken.isEmpty else { return [] }
    return [
      Danger(
        parameter: nil, value: nil, effect: .loadFails,
        reason: "the module makes links named pkt1, pkt2 and pkt3, and \(taken.joined(separator: ", ")) "
          + "\(taken.count == 1 ? "is" : "are") taken; it would report a lack of memory",
        remedy: "rename or delete \(taken.joined(separator: ", "))")
    ]
  }

  private static func malformed(
    _ option: ModuleOptions.Assignment, _ parameter: VRouterParameter
  ) -> Danger? {
    func danger(_ reason: String) -> Danger {
      let wanted =
        parameter.type == .bool
        ? "Y or N" : "a whole number from \(parameter.range.lowerBound) to \(parameter.range.upperBound)"
      return Danger(
        parameter: option.name, value: option.value, effect: .loadFails, reason: reason,
        remedy: "give \(wanted)")
    }
    if parameter.type != .bool {
      let digits = option.value.drop { $0 == "-" || $0 == "+" }
      if digits.count > 1, digits.first == "0", digits.allSatisfy(\.isNumber) {
        return danger("the kernel reads a number that begins with 0 as octal")
      }
      guard let number = ParameterMismatch.kernelInteger(option.value) else {
        return danger("it is not a whole number, and the kernel refuses the load")
      }
      if !parameter.range.contains(number) {
        return danger("it is out of range, and the kernel refuses the load")
      }
    } else if parameter.value(option.value) == nil {
      return danger("it is neither yes nor no, and the kernel refuses the load")
    }
    return nil
  }

  private static func refused(
    _ option: ModuleOptions.Assignment, _ objection: KernelParameterType.Objection
  ) -> Danger {
    Danger(
      parameter: option.name, value: option.value, effect: .loadFails, reason: objection.reason,
      remedy: "give \(objection.wanted)")
  }

  private static func unknown(_ option: ModuleOptions.Assignment, among names: [String]) -> Danger {
    let near = names.map { (name: $0, distance: distance($0, option.name)) }
      .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
    let remedy =
      if let near, near.distance <= max(2, option.name.count / 3) { "did you mean \(near.name)?" } else {
        "remove the option"
      }
    return Danger(
      parameter: option.name, value: option.value, effect: .ignored,
      reason:
        "this build of the module has no such parameter, and the kernel passes over it without an error",
      remedy: remedy)
  }

  /// How far a name is from what was written; one that holds it whole is near, however much longer.
  private static func distance(_ name: String, _ written: String) -> Int {
    written.count >= 4 && name.contains(written) ? 1 : editDistance(name, written)
  }

  /// How many letters must be changed, added or removed (Levenshtein).
  static func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in right.indices {
        let replaced = diagonal + (right[j] == letter ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
