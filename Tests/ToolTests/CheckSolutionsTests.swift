import Foundation
import TestSupport
import Testing

@Suite struct CheckSolutionsTests {
  /// A world with a problem that check-solutions, whose next look is the body's, has watched for `age` seconds, and a
  /// restart-system that notes its runs and does `body`.
  private func with(
    problemAge age: Int, restart body: String = ":",
    _ test: (World, inout FakeClock) async throws -> Void
  ) async throws {
    try await World.with { world in
      try world.write("5\n", to: "etc/solve-within")
      try world.write("3\n", to: "etc/restart-within")
      try world.script("etc/restart-system", "echo $$ >>\(world.root.path)/runs\n\(body)")
      // Nobody here could mend what is only noted, and nothing would be restarted for it.
      try world.makeFolder("etc/programs")
      try world.script("etc/programs/web", "exec sleep 1000")
      var clock = FakeClock()
      for _ in 0..<10 {
        world.run("check-solutions", at: clock)
        clock.advance(1)
      }
      try world.write("somebody\nsomething\n", to: "run/problems/web")
      world.date("run/problems/web", clock.realtime)
      watch(age, world, &clock)
      try await test(world, &clock)
    }
  }

  /// So many looks, a second apart, of which none restarts anything.
  private func watch(_ seconds: Int, _ world: World, _ clock: inout FakeClock) {
    let before = runs(world)
    for _ in 0..<seconds {
      #expect(world.run("check-solutions", at: clock).code == 0)
      clock.advance(1)
    }
    #expect(runs(world) == before)
  }

  private func runs(_ world: World) -> Int { world.text("runs")?.split(separator: "\n").count ?? 0 }

  /// Whether restart-system ends.
  private func ends(_ world: World) async -> Bool {
    await world.waits(upTo: 10) {
      (world.text("runs") ?? "").split(separator: "\n").compactMap { Int32($0) }
        .allSatisfy { !World.runs($0) }
    }
  }

  /// The date that the file system gives is not of the test's clock.
  private func dateRestart(_ world: World, _ clock: FakeClock) {
    world.date("run/restart-system", clock.realtime)
  }

  @Test func `without problems it is alive and starts nothing`() async throws {
    try await with(problemAge: 0) { world, clock in
      try FileManager.default.removeItem(at: world.problems.appending(path: "web"))
      #expect(world.run("check-solutions", at: clock).code == 0)
      #expect(world.exists("run/alive/check-solutions"))
      #expect(runs(world) == 0)
    }
  }

  @Test func `a young problem is left to the solver`() async throws {
    try await with(problemAge: 4) { world, clock in
      #expect(world.run("check-solutions", at: clock).code == 0)
      #expect(runs(world) == 0)
    }
  }

  @Test func `an old problem means that everything is restarted once`() async throws {
    try await with(problemAge: 6) { world, clock in
      let outcome = world.run("check-solutions", at: clock)
      #expect(outcome.code == 0)
      #expect(outcome.errors.contains("problem web has been unsolved for more than 5 s"))
      #expect(await world.waits(upTo: 5) { runs(world) == 1 })
      #expect(await ends(world))
      dateRestart(world, clock)
      clock.advance(1)
      // After a restart the problem has the full time again.
      watch(6, world, &clock)
      world.run("check-solutions", at: clock)
      #expect(await world.waits(upTo: 5) { runs(world) == 2 })
    }
  }

  @Test(arguments: [true, false])
  func `a heart that beats again by itself is no reason to restart everything`(beats: Bool)
    async throws
  {
    try await with(problemAge: 0) { world, clock in
      try world.heart("web", "5\n")
      try world.write("mark-problems\nno beat\n", to: "run/problems/web")
      world.date("run/problems/web", clock.realtime)
      try world.makeFolder("run/beats")
      try world.write("", to: "run/beats/web")
      world.date("run/beats/web", clock.realtime - 1)
      watch(6, world, &clock)
      if beats { world.date("run/beats/web", clock.realtime - 1) }
      let outcome = world.run("check-solutions", at: clock)
      #expect(outcome.code == 0)
      #expect(world.exists("run/problems/web") == !beats)
      #expect(outcome.errors.contains("beats again by itself") == beats)
      if beats {
        #expect(!world.exists("run/restart-system"))
      } else {
        #expect(await world.waits(upTo: 5) { runs(world) == 1 })
      }
    }
  }

  @Test func `a problem does not age while nothing watches`() async throws {
    try await with(problemAge: 3) { world, clock in
      clock.realtime += 3600
      watch(1, world, &clock)
      // Of an hour in which nobody looked, two seconds count.
      clock.advance(3599)
      watch(1, world, &clock)
      world.run("check-solutions", at: clock)
      #expect(await world.waits(upTo: 5) { runs(world) == 1 }, "and what was watched before does")
    }
  }

  @Test
  func
    `while restart-system runs nothing else is started, and past its limit it is killed and run again`()
    async throws
  {
    try await with(problemAge: 6, restart: "sleep 1000 & wait") { world, clock in
      world.run("check-solutions", at: clock)
      #expect(await world.waits(upTo: 5) { runs(world) == 1 })
      let first = try #require(Int32(world.text("runs")!.split(separator: "\n")[0]))
      dateRestart(world, clock)
      clock.advance(1)
      watch(4, world, &clock)
      let outcome = world.run("check-solutions", at: clock)
      #expect(outcome.errors.contains("did not exit within 3 s"))
      #expect(await world.waits(upTo: 5) { runs(world) == 2 })
      #expect(World.living { getsid($0) == first }.isEmpty, "with all that it started")
      let second = try #require(Int32(world.text("runs")!.split(separator: "\n")[1]))
      kill(-second, SIGKILL)
    }
  }

  @Test func `a heart that is held is no reason to run it again after it was killed`() async throws
  {
    try await with(problemAge: 6, restart: "sleep 1000 & wait") { world, clock in
      world.run("check-solutions", at: clock)
      #expect(await world.waits(upTo: 5) { runs(world) == 1 })
      let first = try #require(Int32(world.text("runs")!.split(separator: "\n")[0]))
      dateRestart(world, clock)
      let begin = Int(clock.monotonic)
      try world.makeFolder("run/holds")
      try world.write("\(begin) \(begin + 300)\nof one\n", to: "run/holds/web")
      clock.advance(1)
      watch(4, world, &clock)
      let outcome = world.run("check-solutions", at: clock)
      #expect(outcome.code == 0 && outcome.errors.contains("did not exit within 3 s"))
      #expect(World.living { getsid($0) == first }.isEmpty)
      watch(4, world, &clock)
      #expect(runs(world) == 1)
    }
  }

  @Test func `it leads a session of its own and holds no lock`() async throws {
    let body = """
      ls -l /proc/$$/fd >"$WATCHDOG_DATA/new"; mv "$WATCHDOG_DATA/new" "$WATCHDOG_DATA/fds"
      sleep 1000
      """
    try await with(problemAge: 6, restart: body) { world, clock in
      world.run("check-solutions", at: clock)
      #expect(await world.waits(upTo: 5) { world.text("data/fds") != nil })
      let pid = try #require(Int32(world.text("runs")!.split(separator: "\n")[0]))
      #expect(getsid(pid) == pid)
      let files = try #require(world.text("data/fds"))
      #expect(files.contains("/dev/null") && !files.contains("/run/"), "\(files)")
      kill(-pid, SIGKILL)
    }
  }

  /// It would be no better after a reboot, and what is told is what somebody can mend.
  @Test func `a restart that cannot be run is reported and takes its turn`() async throws {
    try await with(problemAge: 6) { world, clock in
      let restart = world.config.appending(path: "restart-system")
      func look() -> Outcome {
        let outcome = world.run("check-solutions", at: clock)
        dateRestart(world, clock)
        clock.advance(1)
        return outcome
      }
      chmod(restart.path, 0o775)
      let unsafe = look()
      #expect(unsafe.code == 0)
      #expect(unsafe.errors.contains("others can write to it: chmod go-w"))
      chmod(restart.path, 0o755)
      chmod(world.config.path, 0o777)
      watch(6, world, &clock)
      #expect(look().errors.contains("chmod go-w \(world.config.path)\n"))
      chmod(world.config.path, 0o755)
      try FileManager.default.removeItem(at: restart)
      watch(6, world, &clock)
      let missing = look()
      #expect(missing.code == 0 && missing.errors.contains("/restart-system: "))
      #expect(runs(world) == 0)
      let counted = world.text("run/restarts")?.split(separator: "\n").dropFirst() ?? []
      #expect(counted.count == 3 && counted.allSatisfy { $0.hasSuffix(" 0") }, "none ever ran")
    }
  }

  @Test func `several runs at once start one restart`() async throws {
    try await with(problemAge: 6, restart: "sleep 1000") { world, clock in
      // The file system dates the first one by its own clock, by which it is too old for the later ones.
      try world.write("1000\n", to: "etc/restart-within")
      let crowd = (0..<8).map { _ in world.process("check-solutions", at: clock) }
      for process in crowd {
        process.standardError = FileHandle.nullDevice
        try process.run()
      }
      for process in crowd { process.waitUntilExit() }
      #expect(await world.waits(upTo: 5) { runs(world) >= 1 })
      Patience.pause(seconds: 0.2)
      let pids = try #require(world.text("runs")).split(separator: "\n").compactMap { Int32($0) }
      for pid in pids { kill(-pid, SIGKILL) }
      #expect(pids.count == 1)
    }
  }

  @Test func `a dry run says what it would do`() async throws {
    try await with(problemAge: 6) { world, clock in
      let before = world.snapshot("run")
      #expect(world.run("check-solutions", "--dry-run", at: clock).output.contains("would run "))
      #expect(world.snapshot("run") == before)
      #expect(runs(world) == 0)
    }
  }

  @Test func `what is not a file among the problems is reported and skipped`() async throws {
    try await with(problemAge: 0) { world, clock in
      try FileManager.default.createDirectory(
        at: world.problems.appending(path: "folder"), withIntermediateDirectories: true)
      mkfifo(world.problems.appending(path: "fifo").path, 0o644)
      let outcome = world.run("check-solutions", at: clock)
      #expect(outcome.code == 0)
      #expect(outcome.errors.split(separator: "\n").count == 2)
    }
  }
}
