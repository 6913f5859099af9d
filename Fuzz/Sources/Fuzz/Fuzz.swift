import CLibFuzzer
import Glibc

/// Feeds one target with inputs that libFuzzer makes, or replays inputs that are given as files:
///
///     Fuzz targets                      lists the targets
///     Fuzz seeds TARGET FOLDER          writes the golden captures as inputs for a target
///     Fuzz TARGET [libFuzzer options] [folders or files]
///
/// `Fuzz/run` builds it and calls it for each target.
@main
enum Fuzz {
  /// The target of this process: libFuzzer's callbacks have no argument for it.
  nonisolated(unsafe) static var target = Target.all[0]

  static func main() {
    let arguments = CommandLine.arguments
    switch arguments.dropFirst().first {
    case "targets":
      for target in Target.all { print(target.name) }
    case "seeds" where arguments.count == 4:
      target = find(arguments[2])
      for (number, seed) in target.seeds().enumerated() {
        write(seed, to: "\(arguments[3])/golden-\(number)")
      }
    case let name?:
      target = find(name)
      exit(drive())
    case nil:
      stop(
        "usage: Fuzz targets | Fuzz seeds TARGET FOLDER | Fuzz TARGET [libFuzzer options] [folders or files]")
    }
  }

  /// Runs libFuzzer with the arguments that follow the target's name.
  private static func drive() -> CInt {
    // libFuzzer takes the first argument for the program's name and the rest for its own.
    var count = CommandLine.argc - 1
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
    CommandLine.unsafeArgv[1] = CommandLine.unsafeArgv[0]
    return LLVMFuzzerRunDriver(&count, &arguments) { data, size in
      Fuzz.target.run(Array(UnsafeBufferPointer(start: data, count: size)))
      return 0
    }
  }

  private static func find(_ name: String) -> Target {
    guard let target = Target.all.first(where: { $0.name == name }) else {
      stop("no target \(name): there are \(Target.all.map(\.name).joined(separator: ", "))")
    }
    return target
  }

  private static func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "w") else {
      stop("cannot write \(path): \(String(cString: strerror(errno)))")
    }
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else { stop("cannot write \(path)") }
  }

  private static func stop(_ message: String) -> Never {
    let line = Array((message + "\n").utf8)
    _ = Glibc.write(2, line, line.count)
    exit(2)
  }
}
