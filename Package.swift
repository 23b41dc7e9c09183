// swift-tools-version: 6.3

import PackageDescription

// The tick path is built in two ways from the same sources: ordinarily, and with `--traits Tiny` in
// Embedded mode, where it starts as fast as C and needs libc only. A release build has the whole-module
// optimisation that Embedded mode asks for. etc/build says it all in one place.
let isTiny = BuildSettingCondition.when(traits: ["Tiny"])
let floor: [SwiftSetting] = [.enableExperimentalFeature("Embedded", isTiny)]

// For executables the same has to be said in flags: SwiftPM hands the features of an executable to its
// link step without looking at their condition (ProductBuildDescription.linkArguments in 6.3), and an
// ordinary build would be linked without the runtime.
let embedded = ["-enable-experimental-feature", "Embedded"]

/// - Parameters:
///   - libraries: what it is a main.swift over.
///   - tools: those that have to be there when it is run.
///   - manuals: the sections that it has a page in, which lies beside its source.
func tool(
  _ name: String, over libraries: [Target.Dependency] = ["Watchdog", "Rules"],
  tools: [Target.Dependency] = [], manuals: [Int] = [8]
) -> Target {
  .executableTarget(
    name: name, dependencies: libraries + tools,
    exclude: manuals.map { "\(name).\($0)" },
    swiftSettings: [.unsafeFlags(embedded, isTiny)],
    linkerSettings: [.unsafeFlags(embedded, isTiny)])
}

/// What tests run and nobody installs.
func testTool(_ name: String, over libraries: [Target.Dependency] = ["CrashSafe"]) -> Target {
  .executableTarget(
    name: name, dependencies: libraries, path: "Tests/\(name)",
    swiftSettings: [.unsafeFlags(embedded, isTiny)],
    linkerSettings: [.unsafeFlags(embedded, isTiny)])
}

/// A program that shows how `Heart` is used. It stays an ordinary build with `Tiny` too, as `Heart` does: they
/// need Swift's concurrency.
func example(_ name: String) -> Target {
  .executableTarget(
    name: "heart-example-\(name)", dependencies: ["Heart"], path: "Sources/Heart/Examples/\(name)")
}

/// A program that shows how `CrashSafe` is used.
func storageExample(_ name: String) -> Target {
  .executableTarget(
    name: "crash-safe-example-\(name)", dependencies: ["CrashSafe"],
    path: "Sources/CrashSafe/Examples/\(name)", swiftSettings: [.unsafeFlags(embedded, isTiny)],
    linkerSettings: [.unsafeFlags(embedded, isTiny)])
}

let package = Package(
  name: "watchdog-chain",
  // What `Heart` needs of a Mac, where it does nothing; all else here is for Linux only.
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Heart", targets: ["Heart"]),
    .library(name: "CrashSafe", targets: ["CrashSafe"]),
  ],
  traits: [.trait(name: "Tiny", description: "Embedded Swift: small, quick to start, libc only")],
  targets: [
    .target(name: "CLinuxCalls", cSettings: [.define("TINY", isTiny)]),
    .target(name: "LinuxCalls", dependencies: ["CLinuxCalls"], swiftSettings: floor),
    .target(name: "Heart", exclude: ["Examples"]),
    example("server"),
    example("hourly-job"),
    example("worker-per-core"),
    .target(
      name: "CrashSafe", dependencies: ["LinuxCalls"], exclude: ["Examples"], swiftSettings: floor),
    storageExample("counter"),
    storageExample("key-value-store"),
    storageExample("cache"),
    // Values and decisions. It imports nothing, so it can read no file, no clock and no process.
    .target(name: "Rules", swiftSettings: floor),
    .target(name: "Watchdog", dependencies: ["Rules", "LinuxCalls"], swiftSettings: floor),
    // The people's half: what a box tells about itself, what is wrong with it, and how that is shown.
    .target(
      name: "Overview", dependencies: ["Watchdog", "Rules", "LinuxCalls"],
      resources: [
        .embedInCode("Views/Report/page.css"), .embedInCode("Commands/completion.bash"),
        .embedInCode("Commands/completion.zsh"), .embedInCode("Commands/completion.fish"),
      ], swiftSettings: floor),
    tool("beat", manuals: [1]),
    tool("mark-problems"),
    tool("check-solutions"),
    tool("solve-problems"),
    tool("run-stamped"),
    tool("kill-stamped"),
    tool("kwatchdog-feeder"),
    tool("each-second"),
    // Depends on the others so that `swift run watchdog-chain drill` builds what it puts to the test.
    tool(
      "watchdog-chain", over: ["Overview", "Watchdog", "Rules"],
      tools: [
        "beat", "mark-problems", "check-solutions", "kwatchdog-feeder", "each-second",
        "solve-problems", "run-stamped", "kill-stamped",
      ], manuals: [5, 7, 8]),
    // What tests have in common: worlds of their own, and running executables in them.
    .target(
      name: "TestSupport", dependencies: ["Rules"], path: "Tests/TestSupport",
      swiftSettings: [.define("TINY", isTiny)]),
    // Tests are never Embedded: Swift Testing needs the whole language, and so they see the ordinary build.
    .testTarget(
      name: "LinuxCallsTests", dependencies: ["LinuxCalls", "CLinuxCalls", "TestSupport"]),
    testTool("crash-safe-exerciser"),
    testTool("storage-benchmark"),
    // What may differ from one machine to another: Tests/architectures builds it for each, and runs it there.
    testTool("architecture-facts", over: ["LinuxCalls", "CLinuxCalls"]),
    // The rules in a world that is made up, with a seed: Tests/simulate runs it. Nobody installs it, and in the Tiny
    // build it is empty.
    .executableTarget(
      name: "simulator", dependencies: ["Rules"], path: "Tests/Simulator",
      swiftSettings: [.define("TINY", isTiny)]),
    .testTarget(
      name: "CrashSafeTests",
      dependencies: [
        "CrashSafe", "crash-safe-exerciser", "crash-safe-example-counter",
        "crash-safe-example-key-value-store", "crash-safe-example-cache", "TestSupport",
      ]),
    .testTarget(
      name: "HeartTests",
      dependencies: [
        "Heart", "heart-example-server", "heart-example-hourly-job",
        "heart-example-worker-per-core", "TestSupport",
      ]),
    .testTarget(name: "RulesTests", dependencies: ["Rules", "TestSupport"]),
    .testTarget(
      name: "WatchdogTests",
      dependencies: ["Watchdog", "Rules", "LinuxCalls", "CLinuxCalls", "TestSupport"]),
    .testTarget(
      name: "OverviewTests", dependencies: ["Overview", "Watchdog", "Rules", "LinuxCalls"]),
    // Runs the built executables; WATCHDOG_TOOLS names the folder of another build of them.
    .testTarget(name: "ToolTests", dependencies: ["TestSupport"]),
  ]
)
