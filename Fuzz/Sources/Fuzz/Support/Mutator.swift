import CLibFuzzer

/// Changes an input for libFuzzer (FuzzerInterface.h), half of the times as a tree of messages and attributes: bytes
/// that are changed at random seldom keep a nesting whose lengths are right.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximum: Int, _ seed: CUnsignedInt) -> Int {
  var random = SplitMix(state: UInt64(seed))
  let shape = Fuzz.target.shape
  guard shape != .bytes, size > 0, random.below(2) == 0 else { return LLVMFuzzerMutate(data, size, maximum) }
  let changed = Mutator.change(Array(UnsafeBufferPointer(start: data, count: size)), shape, &random)
  guard !changed.isEmpty, changed.count <= maximum else { return LLVMFuzzerMutate(data, size, maximum) }
  _ = UnsafeMutableBufferPointer(start: data, count: maximum).update(fromContentsOf: changed)
  return changed.count
}

/// Random numbers that a seed brings back (SplitMix64).
struct SplitMix {
  var state: UInt64

  /// A number from 0 up to, but not including, a bound.
  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return Int(truncatingIfNeeded: (value ^ value >> 31) >> 1) % max(1, bound)
  }
}

enum Mutator {
  static func change(_ input: [UInt8], _ shape: InputShape, _ random: inout SplitMix) -> [UInt8] {
    switch shape {
    case .datagram: change(input, as: .message, &random)
    case .attributes: change(input, as: .attribute, &random)
    case .script: changeScript(input, &random)
    case .bytes: input
    }
  }

  private static func changeScript(_ input: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var script = Script(input)
    guard !script.records.isEmpty else { return input }
    let index = random.below(script.records.count)
    switch random.below(8) {
    case 0: script.choice[random.below(2)] = UInt8(random.below(256))
    case 1: script.records[index].kind = Script.Kind.allCases[random.below(Script.Kind.allCases.count)]
    case 2: script.records.insert(script.records[random.below(script.records.count)], at: index)
    case 3: script.records.remove(at: index)
    case 4:
      // Two datagrams become one, or one becomes two.
      let other = script.records.remove(at: index)
      guard index < script.records.count else { return input }
      script.records[index].bytes = other.bytes + script.records[index].bytes
    default: script.records[index].bytes = change(script.records[index].bytes, as: .message, &random)
    }
    return script.bytes
  }

  private static func change(
    _ input: [UInt8], as kind: WireTree.Kind, _ random: inout SplitMix
  ) -> [UInt8] {
    var tree = WireTree(input, as: kind)
    let count = tree.content.count
    guard count > 0 else { return grow(input) }
    let other = tree.content.part(random.below(count))
    let choice = random.below(9)
    var number = random.below(count)
    // The inner ones are more, but what is at the outside is seldom of interest.
    if choice < 4 { number = max(number, random.below(count)) }
    let type = random.below(72)
    let size = [0, 1, 2, 4, 6, 8, 12, 16, 20][random.below(9)]
    let error = [-4, -1, 1, 3, 4, 0x4000, -0x40][random.below(7)]
    tree.content.change(number) { parts, index in
      switch choice {
      case 0, 1: parts[index].content.bytes = grow(parts[index].content.bytes)
      case 2:
        parts[index].header[0] = UInt8(type)
      case 3:
        var bytes = parts[index].content.bytes
        bytes = Array(bytes.prefix(size)) + [UInt8](repeating: 0, count: max(0, size - bytes.count))
        parts[index].content = WireTree.Content(bytes: bytes)
      case 4: if let other { parts.insert(other, at: index) }
      case 5: parts.remove(at: index)
      case 6: if let other { parts[index] = other }
      case 7: if let other, other.kind == .attribute { parts[index].content.parts.append(other) }
      default: parts[index].error = error
      }
    }
    return tree.bytes
  }

  /// Bytes changed as libFuzzer does it, by some more at most.
  private static func grow(_ bytes: [UInt8]) -> [UInt8] {
    let room = bytes.count + 32
    return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      _ = buffer.update(fromContentsOf: bytes)
      guard let start = buffer.baseAddress else { return }
      count = LLVMFuzzerMutate(start, bytes.count, room)
    }
  }
}
