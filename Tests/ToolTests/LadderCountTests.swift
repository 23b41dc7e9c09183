import Foundation
import TestSupport
import Testing

/// The ladder counts what happened, and nothing else.
@Suite struct LadderCountTests {
  private func with(
    restartsBeforeReboot: Int = 1, isArmed: Bool = false,
    _ body: (World, inout FakeClock) async throws -> Void
  ) async throws {
    try await World.withPrograms { world in
      try world.write("3\n", to: "etc/solve-within")
      try world.write("\(restartsBeforeReboot)\n", to: "etc/restarts-before-reboot")
      try world.script("etc/restart-system", "echo $$ >>\(world.root.path)/restarts")
      try world.program("web")
      if isArmed { try world.write("stand-in x\n", to: "run/armed-device") }
      var clock = FakeClock()
      for tool in ["solve-problems", "check-solutions"] { world.run(tool, at: clock) }
      try world.problem("web", at: clock)
      try await body(world, &clock)
    }
  }

  @discardableResult
  private func check(_ seconds: Int, _ world: World, _ clock: inout FakeClock) -> String {
    var told = ""
    for _ in 0..<seconds {
      told += world.run("check-solutions", at: clock).errors
      clock.advance(1)
    }
    return told
  }

  /// Lets everything be restarted once, and dates that by the test's clock.
  private func restart(_ world: World, _ clock: inout FakeClock) async {
    let before = world.numbers("restarts").count
    check(5, world, &clock)
    #expect(await world.waits(upTo: 20) { world.numbers("restarts").count == before + 1 })
    #expect(
      await world.waits(upTo: 20) { !world.numbers("restarts").contains { World.runs($0) } })
    world.date("run/restart-system", clock.realtime - 1)
    world.awaitClerk()
  }

  private func counted(_ world: World) -> Int {
    max((world.text("run/restarts")?.split(separator: "\n").count ?? 0) - 1, 0)
  }

  @Test(.enabled(if: access("/usr/bin/strace", X_OK) == 0, "needs strace"))
  func `a restart that cannot get a process is not counted`() async throws {
    try await with { world, clock in
      check(4, world, &clock)
      var told = ""
      for _ in 0..<3 {
        let log = world.root.appending(path: "strace").path
        let outcome = world.run(
          "/usr/bin/strace",
          [
            "-o", log, "-e", "trace=clone,clone3,fork,vfork", "-e",
            "inject=clone,clone3,fork,vfork:error=EAGAIN",
            toolsFolder.appending(path: "check-solutions").path,
          ], at: clock)
        #expect(outcome.code != 0)
        told += outcome.errors
        clock.advance(1)
      }
      let lines = told.split(separator: "\n").filter { $0.contains("unable to run ") }
      #expect(lines.count == 1, "once: \(told)")
      #expect(counted(world) == 0 && !world.exists("run/reboot-due"))
      check(1, world, &clock)
      #expect(await world.waits(upTo: 20) { world.numbers("restarts").count == 1 })
      #expect(counted(world) == 1 && !world.exists("run/reboot-due"))
    }
  }

  @Test func `without an armed device no reboot is noted or counted`() async throws {
    try await with { world, clock in
      await restart(world, &clock)
      let told = check(20, world, &clock)
      #expect(told.contains("no watchdog device is armed that could reboot the box"), "\(told)")
      #expect(!world.exists("run/reboot-due"))
      world.awaitClerk()
      #expect(world.text("data/reboots")?.contains("ladder") != true)
      #expect(!world.events().contains("reboot"))
      #expect(world.numbers("restarts").count == 1)
    }
  }

  /// A problem that a restart of everything has mended says nothing against the next restart.
  @Test func `a restart that helped does not count against another problem`() async throws {
    try await with(isArmed: true) { world, clock in
      await restart(world, &clock)
      try world.remove("run/problems/web")
      check(3, world, &clock)
      try world.program("db")
      try world.problem("db", at: clock)
      await restart(world, &clock)
      #expect(world.numbers("restarts").count == 2 && !world.exists("run/reboot-due"))
    }
  }

  // MARK: Rest

  @Test
  func
    `a box that stood down mends single programs, and goes on when all problems are proven over`()
    async throws
  {
    try await with(isArmed: true) { world, clock in
      try world.heart("web", "5 20\n")
      try world.write("it did not help\n90000.000000000\n", to: "run/stood-down")
      world.run("solve-problems", at: clock)
      #expect(await world.waits(upTo: 20) { world.lastAttempt("web")?.phase == "tried" })
      #expect(world.runs("web"), "it is mended on")
      let told = check(20, world, &clock)
      #expect(world.numbers("restarts").isEmpty && !world.exists("run/reboot-due"), "\(told)")
      #expect(world.exists("run/stood-down"))
      // It beats after its start.
      world.run("mark-problems", at: clock)
      world.date("run/beats/web", clock.realtime)
      world.run("solve-problems", at: clock)
      #expect(!world.exists("run/problems/web"))
      clock.advance(1)
      #expect(check(1, world, &clock).contains("the ladder goes on"))
      #expect(!world.exists("run/stood-down"))
      #expect(world.events().contains("rested"))
    }
  }

  @Test func `while it rests, attempts are a minute apart`() async throws {
    try await with { world, clock in
      try world.write("it did not help\n90000.000000000\n", to: "run/stood-down")
      try world.solution("web", "exit 1")
      world.run("solve-problems", at: clock)
      #expect(await world.waits(upTo: 20) { world.lastAttempt("web")?.phase == "failed" })
      let ended = try #require(world.lastAttempt("web")).time
      clock.advance(ended + 59 - clock.monotonic)
      world.run("solve-problems", at: clock)
      #expect(world.lastAttempt("web")?.count == 1)
      clock.advance(1.1)
      world.run("solve-problems", at: clock)
      #expect(await world.waits(upTo: 20) { world.lastAttempt("web")?.count == 2 })
    }
  }
}
