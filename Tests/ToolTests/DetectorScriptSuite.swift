import Foundation
import TestSupport

/// Where the scripts of detectors that come with the tools are.
let detectorScripts = checkout.appending(path: "etc/watchdog/detectors.available").path

/// Runs these scripts with a made-up /proc, /sys and PATH.
protocol DetectorScriptSuite {}

extension DetectorScriptSuite {
  func run(_ script: String, _ world: World) -> Outcome {
    // When it was over is written down: what it leaves behind may hold up who waits for it here.
    let process = Process([
      "sh", "-c", "sh \"$0\"; code=$?; date +%s >\"$1\"; exit $code",
      "\(detectorScripts)/\(script)",
      world.path(of: "ended"),
    ])
    var environment = world.environment()
    environment["WATCHDOG_HEART"] = script
    environment["PROC"] = world.path(of: "proc")
    environment["SYS"] = world.path(of: "sys")
    environment["DEV"] = world.path(of: "dev")
    environment["FSTAB"] = world.path(of: "fstab")
    environment["PATH"] = "\(world.path)/bin:/usr/bin:/bin"
    process.environment = environment
    return process.outcome()
  }

  /// A command of that name that does this.
  func command(_ name: String, _ body: String, _ world: World) throws {
    try world.makeFolder("bin")
    try world.script("bin/\(name)", body)
  }

  func with(_ body: (World) async throws -> Void) async throws {
    try await World.with(["etc", "run", "proc", "sys/class/thermal", "dev"]) { try await body($0) }
  }
}
