import Foundation
import Testing

/// A folder of beats of its own.
struct World {
  let root: URL

  /// The file of a heart, which was made long ago and never touched.
  func beat(_ name: String) -> String { root.appending(path: "beats/\(name)").path }

  /// Makes a world with hearts of these names, lets `body` use it, and clears it away.
  static func with(
    _ names: String..., isolation: isolated (any Actor)? = #isolation,
    body: (World) async throws -> Void
  ) async throws {
    let root = FileManager.default.temporaryDirectory
      .appending(path: "heart-test-\(UUID().uuidString.prefix(8))")
    let world = World(root: root)
    defer { try? FileManager.default.removeItem(at: root) }
    for folder in ["beats", "hearts"] {
      try FileManager.default.createDirectory(
        at: root.appending(path: folder), withIntermediateDirectories: true)
    }
    for name in names { world.make(name) }
    try await body(world)
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
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      if hasBeaten(name) { return true }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return false
  }

  /// A process that finds its beats in this world, and is not started yet.
  func process(_ command: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["WATCHDOG_STATE": root.path, "WATCHDOG_CONFIG": root.path]) { $1 }
    process.currentDirectoryURL = root
    return process
  }

  /// Runs a command to its end, and returns its exit code.
  func run(_ command: [String]) throws -> Int32 {
    let process = process(command)
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// An example of this package, beside the test bundle.
  static func example(_ name: String) -> String {
    URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "heart-example-\(name)").path
  }

  /// Whether PATH has a command.
  static func has(_ tool: String) -> Bool {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").contains { access("\($0)/\(tool)", X_OK) == 0 }
  }
}

extension Process {
  /// Ends it and waits for that.
  func end() {
    if isRunning { kill(processIdentifier, SIGKILL) }
    waitUntilExit()
  }
}
