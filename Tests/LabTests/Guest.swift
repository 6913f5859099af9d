import Foundation

/// A small virtual machine with a real kernel, for what can't be tried on the machine that runs the tests:
/// loading modules, bonds, VRFs, fragmented memory. `Tests/Lab/README.md` tells what is in it.
///
///     let result = try await Guest(nics: [.peer]).run("lab-net eth0 10.0.2.15/24 10.0.2.2 && vrouter-node-agent detect")
///     #expect(result.exitCode == 0)
///
/// A run costs a boot (some five seconds): group what belongs together into one script.
struct Guest: Sendable {
  /// What a network card is connected to.
  enum NIC: String, Sendable {
    /// A network of its own, where the gateway (10.0.2.2/24 for eth0, 10.0.3.2/24 for eth1, …) answers ARP and ping.
    case peer
    /// A network with nobody on it: there is a carrier, and no answer.
    case lone
    /// Joined with its neighbour, eth0 with eth1: one that is in a network namespace is a peer with everything that Linux has.
    case wire
    /// As peer, by VMware's card, whose driver has LRO.
    case vmxnet3
  }

  /// Where the guest finds the stand-in `vrouter.ko`.
  enum ModulePlacement: String, Sendable {
    /// In the kernel's module tree, so that `modprobe vrouter` finds it.
    case tree
    /// In `/opt/contrail/vrouter-kernel-modules/<release>`.
    case folder
    case none
  }

  /// Where the script runs.
  enum Root: String, Sendable {
    case plain
    /// With NetworkManager, systemd-networkd, ifupdown and dhclient; `. lab-managers` has what starts them.
    case managers
  }

  /// In MiB.
  var memory = 512
  var processors = 1
  /// As QEMU names it; nil for its usual one.
  var processorModel: String?
  /// As many virtual functions a device of the guest can have; there is none for 0.
  var functions = 0
  /// eth0, eth1, … in this order.
  var nics: [NIC] = []
  var module = ModulePlacement.tree
  var root = Root.plain
  /// The path of that root's disk, made where there is none: a second guest with it is the same machine after a reboot. Nil:
  /// what is written there ends with the guest.
  var kept: String?
  /// Paths of programs that go to `/usr/local/bin` with their libraries.
  var programs = Guest.builtPrograms
  var kernelArguments: [String] = []
  /// For the guest's life, boot included.
  var timeout = Duration.seconds(180)

  /// Runs a script as root, in a folder that holds `files` (their names are relative paths).
  ///
  /// A script that fails is a result, not an error. An error says that the guest didn't come to the script's end.
  func run(_ script: String, files: [String: [UInt8]] = [:]) async throws -> GuestResult {
    let folder = try Folder()
    defer { folder.remove() }
    for (name, bytes) in files {
      try folder.write(bytes, to: "share/\(name)")
    }
    try folder.write(Array(script.utf8), to: "script")
    try await GuestSlots.shared.take()
    let ended: Int32
    do {
      ended = try await execute(
        Guest.labFolder.appending(path: "bin/lab-run").path, arguments(folder),
        output: folder.file("stdout"), errors: folder.file("stderr"))
    } catch {
      await GuestSlots.shared.giveBack()
      throw error
    }
    await GuestSlots.shared.giveBack()
    return try result(ended, in: folder)
  }

  private func arguments(_ folder: Folder) -> [String] {
    var arguments = [
      "--quiet", "--memory", "\(memory)", "--cpus", "\(processors)", "--module", module.rawValue,
      "--root", root.rawValue,
      "--timeout", "\(timeout.components.seconds)",
      "--out", folder.path("out"), "--share", folder.path("share"),
      "--kernel-log", folder.path("kernel.log"), "--result", folder.path("result"),
    ]
    if let processorModel { arguments += ["--cpu", processorModel] }
    if functions > 0 { arguments += ["--functions", "\(functions)"] }
    if let kept { arguments += ["--keep", kept] }
    for nic in nics { arguments += ["--nic", nic.rawValue] }
    for program in programs { arguments += ["--program", program] }
    if !kernelArguments.isEmpty { arguments += ["--append", kernelArguments.joined(separator: " ")] }
    return arguments + [folder.path("script")]
  }

  private func result(_ ended: Int32, in folder: Folder) throws -> GuestResult {
    let result = GuestResult(
      output: folder.text("stdout"), errors: folder.text("stderr"), exitCode: ended,
      kernelLog: folder.text("kernel.log").replacing("\r", with: ""), files: try folder.files(below: "out"))
    // The exit code alone doesn't tell a script's 124 from the lab's.
    switch folder.text("result").trimmingCharacters(in: .whitespacesAndNewlines) {
    case "exited \(ended)": return result
    case "timeout": throw LabError.timeout(timeout, result)
    case "panic": throw LabError.panic(result)
    default: throw LabError.failed(result)
    }
  }
}

/// What a guest left.
struct GuestResult: Sendable {
  /// Standard output of the script.
  let output: String
  /// Standard error of the script, or what the lab says about its own failure.
  let errors: String
  let exitCode: Int32
  /// The kernel's log since boot.
  let kernelLog: String
  /// What the script left in `/out`, by path relative to it.
  let files: [String: [UInt8]]

  /// The text of a file in `/out`; nil when there is none.
  func text(_ file: String) -> String? {
    files[file].map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Why a guest didn't come to its script's end.
enum LabError: Error, CustomStringConvertible {
  case timeout(Duration, GuestResult)
  /// An oops counts as a panic.
  case panic(GuestResult)
  case failed(GuestResult)

  var description: String {
    switch self {
    case .timeout(let limit, let result): "the guest was not done after \(limit)\n\(result.errors)"
    case .panic(let result): "the guest's kernel panicked\n\(result.errors)"
    case .failed(let result): "the lab failed with \(result.exitCode)\n\(result.errors)"
    }
  }
}
