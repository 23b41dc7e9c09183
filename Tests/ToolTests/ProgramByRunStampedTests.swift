import Foundation
import TestSupport
import Testing

/// Executables of programs/ as `watchdog-chain guard` writes them: they become their program by run-stamped, which finds
/// them noted already.
@Suite struct ProgramByRunStampedTests {
  private func world(
    running words: String, _ body: (borrowing World) async throws -> Void
  ) async throws {
    try await World.withPrograms { world in
      try world.script("etc/programs/web", "exec \(toolsFolder.path)/run-stamped \(words)")
      try world.problem("web")
      world.run("solve-problems")
      #expect(
        await world.waits(upTo: 20) {
          ["tried", "failed"].contains(world.lastAttempt("web")?.phase)
        })
      try await body(world)
    }
  }

  @Test func `it is started at once, as one process`() async throws {
    try await world(running: "--keep-output web -- sleep 1000") { world in
      #expect(world.lastAttempt("web")?.phase == "tried")
      let program = try #require(world.pid(of: "web"))
      let command = try String(contentsOfFile: "/proc/\(program)/cmdline", encoding: .utf8)
      #expect(command.hasPrefix("sleep\0"))
    }
  }

  @Test func `one that cannot start is told at once, and not believed to run`() async throws {
    try await world(running: "--keep-output web -- /no/such/program") { world in
      #expect(world.lastAttempt("web")?.phase == "failed")
      #expect(world.incidents("web").last?["why"]?.contains("right after its start") == true)
    }
  }

  @Test func `background is refused there, and not taken for a second instance`() async throws {
    try await world(running: "--background web -- sleep 1000") { world in
      #expect(world.lastAttempt("web")?.phase == "failed")
      let log = try #require(world.text("logs/web.log"))
      #expect(
        log.contains("this process is the program of web already: leave --background out"))
    }
  }
}
