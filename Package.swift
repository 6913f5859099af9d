// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target of this package is compiled with.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

/// Tests are as strict, but for the `unsafe` markers, which the testing library's macros don't write.
let strictTests: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "vrouter-node-agent",
  products: [
    .executable(name: "vrouter-node-agent", targets: ["NodeAgent"]),
    .executable(name: "vrouter-probe", targets: ["Probe"]),
    .library(name: "Netlink", targets: ["Netlink"]),
    .library(name: "VRouter", targets: ["VRouter"]),
  ],
  // Exact versions, as there is no Package.resolved: what runs as root on every node is not to change by itself.
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
  ],
  targets: [
    .systemLibrary(name: "CMnl", pkgConfig: "libmnl", providers: [.apt(["libmnl-dev"])]),
    .systemLibrary(name: "CKmod", pkgConfig: "libkmod", providers: [.apt(["libkmod-dev"])]),

    .target(name: "HostFiles", dependencies: [system], swiftSettings: strict),
    .target(name: "Netlink", dependencies: ["CMnl", system], swiftSettings: strict),
    .target(name: "KernelModule", dependencies: ["CKmod", "HostFiles", system], swiftSettings: strict),
    .target(
      name: "VRouter", dependencies: ["HostFiles", "KernelModule", "Netlink", system],
      swiftSettings: strict),
    .target(name: "Readiness", dependencies: ["HostFiles", system], swiftSettings: strict),
    // Runs before Swift does, in the probe alone.
    .target(name: "CProbeStart"),
    .executableTarget(
      name: "Probe", dependencies: ["CProbeStart", "HostFiles", "Readiness"], swiftSettings: strict,
      // Runs in any container, also an empty one: nothing is looked up at run time.
      linkerSettings: [.unsafeFlags(["-static-executable"])]),
    .executableTarget(
      name: "NodeAgent",
      dependencies: [
        "HostFiles", "KernelModule", "Netlink", "Readiness", "VRouter", system,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["CMnl", "HostFiles", system], path: "Tests/TestSupport",
      swiftSettings: strictTests),
    // Boost's readers, which the vRouter agent reads its configuration with: for tests alone.
    .target(
      name: "AgentReader", path: "Tests/AgentReader",
      linkerSettings: [.linkedLibrary("boost_program_options")]),
    // A process that is killed while it writes files together.
    .executableTarget(
      name: "FileSetWriter", dependencies: ["HostFiles", "TestSupport"], path: "Tests/FileSetWriter",
      swiftSettings: strictTests),
    .testTarget(
      name: "HostFilesTests", dependencies: ["FileSetWriter", "HostFiles", "TestSupport", system],
      swiftSettings: strictTests),
    .testTarget(
      name: "NetlinkTests", dependencies: ["CMnl", "Netlink", "TestSupport", system],
      swiftSettings: strictTests),
    .testTarget(
      name: "KernelModuleTests", dependencies: ["HostFiles", "KernelModule", "TestSupport", system],
      swiftSettings: strictTests),
    .testTarget(
      name: "VRouterTests",
      dependencies: ["HostFiles", "KernelModule", "Netlink", "TestSupport", "VRouter", system],
      resources: [.copy("Golden")], swiftSettings: strictTests),
    .testTarget(
      name: "ReadinessTests", dependencies: ["HostFiles", "Readiness", "TestSupport", system],
      swiftSettings: strictTests),
    .testTarget(
      name: "NodeAgentTests",
      dependencies: [
        "AgentReader", "CMnl", "HostFiles", "KernelModule", "Netlink", "NodeAgent", "Readiness",
        "TestSupport", "VRouter", system,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      resources: [.copy("Fixtures")],
      swiftSettings: strictTests),
    .testTarget(name: "LabTests", swiftSettings: strictTests),
  ]
)
