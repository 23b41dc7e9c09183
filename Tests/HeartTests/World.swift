import Foundation
import TestSupport
import Testing

/// A folder of beats of its own.
extension World {
  /// The file of a heart, which was made long ago and never touched.
  func beat(_ name: String) -> String { path(of: "beats/\(name)") }

  /// Makes a world with hearts of these names, lets `body` use it, and clears it away.
  static func withHearts(
    _ names: String..., isolation: isolated (any Actor)? = #isolation,
    body: (World) async throws -> Void
  ) async throws {
    try await World.with(["beats", "hearts"]) { world in
      for name in names { world.make(name) }
      try await body(world)
    }
  }

  /// Makes the file of a heart.
  func make(_ name: String) {
    close(open(beat(name), O_WRONLY | O_CREAT, 0o644))
    rewind(name)
  }

  /// Dates a beat with 1970.
  func rewind(_ name: String) { utimes(beat(name), [timeval(), timeval()]) }

  /// Whether a heart has beaten since it was made or rewound.
  func hasBeaten(_ name: String) -> Bool {
    var status = stat()
    return stat(beat(name), &status) == 0 && status.st_mtim.tv_sec > 0
  }

  /// Waits until a heart has beaten.
  func waitsForBeat(of name: String, upTo seconds: Double = 20) async -> Bool {
    await waits(upTo: seconds) { hasBeaten(name) }
  }

  /// A process that finds its beats in this world, and is not started yet.
  func process(_ command: [String]) -> Process {
    let process = Process(command)
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["WATCHDOG_STATE": path, "WATCHDOG_CONFIG": path]) { $1 }
    process.currentDirectoryURL = root
    return process
  }

  /// An example of this package.
  static func example(_ name: String) -> String {
    builtFolder.appending(path: "heart-example-\(name)").path
  }
}
