public import HostFiles

/// What may be used as the name of a module, as a kernel release, and as the path of a module's file.
///
/// All three end up in paths that a privileged process opens, so that each is checked before its first use.
public enum ModuleNames {
  /// As many bytes as the kernel takes in a module's name (include/linux/moduleparam.h, 64-bit).
  static let longestName = 55
  /// As many bytes as `uname` has room for (include/uapi/linux/utsname.h).
  static let longestRelease = 64
  /// As many bytes as a path may have, with its end (include/uapi/linux/limits.h).
  static let longestPath = 4095

  /// A module's name as the kernel spells it: `-` and `_` mean the same, and it uses `_`.
  public static func normalized(_ name: String) -> String {
    String(name.map { $0 == "-" ? "_" : $0 })
  }

  /// Checks a module's name: letters, digits, `_`, `-`.
  public static func checkName(_ name: String) throws(KernelModuleError) {
    let bytes = Array(name.utf8)
    guard !bytes.isEmpty, bytes.count <= longestName, bytes.allSatisfy(isWord(or: [.dash])) else {
      throw KernelModuleError(
        .input, "use the module name", quoted(name),
        reason: "it isn't 1 to \(longestName) letters, digits, '_' or '-'")
    }
  }

  /// Checks a kernel release: one part of a path, letters, digits, `.`, `_`, `+`, `-`, `~`.
  public static func checkRelease(_ release: String) throws(KernelModuleError) {
    let bytes = Array(release.utf8)
    guard !bytes.isEmpty, bytes.count <= longestRelease, bytes.first != .dot,
      bytes.allSatisfy(isWord(or: [.dash, .dot, UInt8(ascii: "+"), UInt8(ascii: "~")]))
    else {
      throw KernelModuleError(
        .input, "use the kernel release", quoted(release),
        reason: "it isn't a name of letters, digits, '.', '_', '+', '~' and '-'")
    }
  }

  /// The release of a host's running kernel.
  public static func runningRelease(of host: HostRoot) throws(KernelModuleError) -> String {
    let release = try translating { () throws(HostFileError) in
      try host.readValue("/proc/sys/kernel/osrelease")
    }
    try checkRelease(release)
    return release
  }

  /// Checks a path: absolute, no `..`, nothing that isn't printable.
  public static func checkPath(_ path: String) throws(KernelModuleError) {
    let problem: String? =
      if !path.hasPrefix("/") {
        "it is not absolute"
      } else if path.utf8.count > longestPath {
        "it is longer than \(longestPath) bytes"
      } else if path.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
        "it holds a control character"
      } else if path.split(separator: "/").contains("..") {
        "it holds '..'"
      } else {
        nil
      }
    if let problem {
      throw KernelModuleError(
        .input, "use the path", quoted(path), reason: problem,
        remedy: "give a plain absolute path, for example /opt/contrail/vrouter-kernel-modules")
    }
  }

  static func isWord(or others: [UInt8]) -> (UInt8) -> Bool {
    { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: others.contains(byte)
      }
    }
  }

  /// A text in quotes, with what can't be printed written as an escape.
  public static func quoted(_ text: String) -> String {
    var result = "'"
    for scalar in text.unicodeScalars {
      if scalar.properties.generalCategory == .control {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result + "'"
  }
}

extension UInt8 {
  static let dash = UInt8(ascii: "-")
  static let dot = UInt8(ascii: ".")
}
