import Foundation
import TestSupport
import Testing

/// each-second of a user who may have few processes: root's number of them has no limit but the machine's.
@Suite(.enabled(if: getuid() == 0, "only root can become a user with a limit of his own"))
struct ShortageTests {
  /// Nobody else's on this machine: the kernel counts by user.
  private static let user: UInt32 = 47115

  /// What a helper does that may have so many processes, itself included, where the tools could be run last so many
  /// seconds ago.
  private func outcome(
    processes: Int, lastWork age: Int, _ world: World
  ) throws -> Outcome {
    try world.script("tool", "echo >>\(world.root.path)/run/runs")
    for folder in ["run", "run/locks"] {
      let url = world.root.appending(path: folder)
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      chown(url.path, Self.user, UInt32.max)
    }
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let last = (now.tv_sec - age) * 1_000_000_000 + now.tv_nsec
    let lock = "run/locks/each-second,tool"
    try world.write(String(format: "%019ld\n", last), to: lock)
    chown(world.root.appending(path: lock).path, Self.user, UInt32.max)
    return world.run(
      "/usr/bin/setpriv",
      [
        "--reuid", "\(Self.user)", "--clear-groups", "prlimit", "--nproc=\(processes)",
        toolsFolder.appending(path: "each-second").path, "--lifetime", "3",
        world.root.appending(path: "tool").path,
      ])
  }

  @Test func `a shortage of less than 20 s is over with the next process`() async throws {
    try await World.with { world in
      let outcome = try outcome(processes: 8, lastWork: 12, world)
      #expect(world.exists("run/runs"))
      #expect(outcome.errors == "")
    }
  }

  @Test func `a longer one is not over while 12 processes cannot be started`() async throws {
    try await World.with { world in
      let outcome = try outcome(processes: 8, lastWork: 25, world)
      #expect(!world.exists("run/runs"))
      #expect(
        outcome.errors == """
          each-second: not running any tool until 12 processes can be started at once: none could be started for more \
          than 20 s

          """)
      // The next helper is to know it too.
      #expect(try self.outcome(processes: 100, lastWork: 25, world).errors == "")
      #expect(world.exists("run/runs"))
    }
  }

  @Test func `the next helper learns since when no tool could be run`() async throws {
    try await World.with { world in
      let outcome = try outcome(processes: 1, lastWork: 15, world)
      #expect(outcome.errors.contains("tool could not be run: Resource temporarily unavailable"))
      var now = timespec()
      clock_gettime(CLOCK_MONOTONIC, &now)
      let note = try #require(
        world.text("run/locks/each-second,tool").flatMap { Int($0.dropLast()) })
      #expect(now.tv_sec - note / 1_000_000_000 >= 15, "the note stays at the last good run")
    }
  }
}
