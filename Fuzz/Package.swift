// swift-tools-version: 6.2
import PackageDescription

/// As the tests of the package above: strict but for the `unsafe` markers.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

// Built by `Fuzz/run`, which adds the fuzzer's instrumentation to every module: a package can't ask for it in the
// ones that it depends on.
let package = Package(
  name: "vrouter-node-agent-fuzz",
  dependencies: [
    .package(name: "vrouter-node-agent", path: ".."),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
  ],
  targets: [
    .target(name: "CLibFuzzer"),
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "CLibFuzzer",
        .product(name: "Netlink", package: "vrouter-node-agent"),
        .product(name: "VRouter", package: "vrouter-node-agent"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
  ]
)
