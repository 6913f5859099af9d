import Foundation
import KernelModule
import TestSupport
import Testing

struct LoadedModuleTests {
  @Test func readsALiveModule() throws {
    try withTemporaryRoot { host, path in
      let folder = "\(path)/sys/module/vrouter"
      try writeFile("live\n", to: "\(folder)/initstate")
      try writeFile("1.0\n", to: "\(folder)/version")
      try writeFile("0123ABCD\n", to: "\(folder)/srcversion")
      try writeFile("2\n", to: "\(folder)/refcnt")
      try writeFile("524288\n", to: "\(folder)/parameters/vr_nexthops")
      try writeFile("N\n", to: "\(folder)/parameters/vr_force_ipv6_underlay_enabled")
      try FileManager.default.createDirectory(
        atPath: "\(folder)/holders/other", withIntermediateDirectories: true)
      #expect(
        try LoadedModule.observe("vrouter", on: host)
          == LoadedModule(
            name: "vrouter", phase: .live, version: "1.0", sourceVersion: "0123ABCD",
            parameters: ["vr_nexthops": "524288", "vr_force_ipv6_underlay_enabled": "N"], references: 2,
            holders: ["other"]))
    }
  }

  /// What the kernel shows and lists, and what it means. /proc/modules: kernel/module/procfs.c.
  @Test(
    arguments: [
      (nil, "", nil), ("live", "vrouter 946176 0 - Live 0x0\n", LoadedModule.Phase.live),
      ("coming", "vrouter 946176 1 - Loading 0x0\n", .coming),
      ("going", "vrouter 946176 0 - Unloading 0x0\n", .going),
      ("", "vrouter 946176 1 - Loading 0x0\n", .coming), ("", "vrouter_other 1 0 - Live 0x0\n", .builtIn),
      ("", nil, .builtIn),
    ] as [(String?, String?, LoadedModule.Phase?)])
  func tellsThePhase(state: String?, list: String?, expected: LoadedModule.Phase?) throws {
    try withTemporaryRoot { host, path in
      if let state {
        try writeFile("", to: "\(path)/sys/module/vrouter/uevent")
        if !state.isEmpty { try writeFile(state + "\n", to: "\(path)/sys/module/vrouter/initstate") }
      }
      if let list { try writeFile(list, to: "\(path)/proc/modules") }
      #expect(try LoadedModule.observe("vrouter", on: host)?.phase == expected)
    }
  }

  @Test func refusesAnUnknownState() throws {
    try withTemporaryRoot { host, path in
      try writeFile("dancing\n", to: "\(path)/sys/module/vrouter/initstate")
      #expect(throws: KernelModuleError.self) { try LoadedModule.observe("vrouter", on: host) }
    }
  }

  @Test(arguments: ["../x", "", "a/b"]) func refusesNames(name: String) throws {
    try withTemporaryRoot { host, _ in
      _ = #expect(throws: KernelModuleError.self) { try LoadedModule.observe(name, on: host) }
    }
  }

  @Test(
    arguments: [
      ("a=16", ["a": "16"], []), ("a=0x10", ["a": "16"], []), ("a=020", ["a": "16"], []),
      ("a=+7", ["a": "7"], []),
      ("a=-5", ["a": "-5"], []), ("a=1", ["a": "Y"], []), ("a=off", ["a": "N"], []),
      ("a=text", ["a": "text"], []),
      ("a=5", ["a": "6"], ["a was asked to be 5 and is 6"]),
      ("a=1", ["a": "N"], ["a was asked to be 1 and is N"]),
      ("a=5 b=1", ["a": "5"], ["b was asked to be 1 and is not a parameter of the loaded module"]),
    ])
  func comparesParameters(wanted: String, inEffect: [String: String], expected: [String]) throws {
    let found = ParameterMismatch.compare(wanted: try ModuleOptions(parsing: wanted), inEffect: inEffect)
    #expect(found.map(\.description) == expected)
  }

  @Test(
    arguments: [
      ("0", 0), ("10", 10), ("-1", -1), ("0x1F", 31), ("010", 8), ("", nil), ("-", nil), ("1k", nil),
      ("0x", nil),
      ("--1", nil), ("+-1", nil), ("09", nil), ("1.5", nil), ("99999999999999999999", nil),
    ] as [(String, Int64?)])
  func readsNumbersAsTheKernelDoes(text: String, expected: Int64?) {
    #expect(ParameterMismatch.kernelInteger(text) == expected)
  }
}
