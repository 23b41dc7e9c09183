import Foundation
import TestSupport
import Testing

/// How problems are solved. The solvers outlive the run that began them: hence the waiting.
@Suite struct SolveProblemsTests {
  /// Whether the solver has ended, and left the problem like this.
  private func ends(
    _ world: World, _ name: String = "web", as phase: String
  ) async -> Bool {
    await world.waits(upTo: 20) { world.lastAttempt(name)?.phase == phase }
  }

  /// Whether a solution that has no heart to ask said that all is well again.
  private func isSolved(_ world: World, _ name: String = "web") async -> Bool {
    await world.waits(upTo: 20) {
      !world.exists("run/problems/\(name)") && world.lastAttempt(name) != nil
    }
  }

  // MARK: Programs

  @Test func `without problems it is alive and does nothing`() async throws {
    try await World.withPrograms { world in
      try world.program("web")
      let outcome = world.run("solve-problems")
      #expect(outcome.code == 0 && outcome.errors == "" && outcome.output == "")
      #expect(world.exists("run/alive/solve-problems"))
      #expect(!world.exists("runs.web") && world.names(in: "run/attempts").isEmpty)
    }
  }

  enum Ailment: String, CaseIterable, Sendable { case dead, hung, neverStarted }

  @Test(arguments: Ailment.allCases)
  func `a program is back after one run`(ailment: Ailment) async throws {
    try await World.withPrograms { world in
      try world.program("web")
      var old: Int32 = 0
      if ailment != .neverStarted {
        #expect(world.run("run-stamped", "--background", "web").code == 0)
        old = try #require(world.pid(of: "web"))
        kill(old, ailment == .dead ? SIGKILL : SIGSTOP)
      }
      var clock = FakeClock()
      world.run("solve-problems", at: clock)
      try world.problem("web", at: clock)
      #expect(world.run("solve-problems", at: clock).code == 0)
      #expect(await ends(world, as: "tried"))
      #expect(world.runs("web") && world.pid(of: "web") != old)
      if old != 0 { #expect(!World.runs(old)) }
      #expect(world.exists("run/problems/web"), "that it was started proves nothing yet")
      #expect(await world.waits(upTo: 20) { world.events("web") == ["tried"] })
      // A program without a heart proves by running that it works.
      let seconds = try #require(world.watchUntilProven(at: &clock))
      #expect((10...12).contains(seconds), "\(seconds)")
      let incident = try #require(world.incidents("web").last)
      #expect(incident["event"] == "solved" && incident["by"] == "solve-problems")
      #expect(incident["why"] == "its program has run for 10 s")
    }
  }

  @Test func `what a program left behind is ended before it is started again`() async throws {
    try await World.withPrograms { world in
      try world.program("web", "sleep 1001 & echo $! >>\(world.root.path)/kids; wait")
      #expect(world.run("run-stamped", "--background", "web").code == 0)
      #expect(await world.waits(upTo: 10) { world.numbers("kids").count == 1 })
      kill(try #require(world.pid(of: "web")), SIGKILL)
      // What may be a program that goes to the background is left to its beats, right after the start.
      world.date("run/starts/web", Date().timeIntervalSince1970 - 60)
      world.date("run/pids/web", Date().timeIntervalSince1970 - 60)
      try world.problem("web")
      world.run("solve-problems")
      #expect(await ends(world, as: "tried"))
      #expect(await world.waits(upTo: 10) { world.numbers("kids").count == 2 })
      #expect(world.numbers("kids").map { World.runs($0) } == [false, true])
    }
  }

  @Test(arguments: [
    ("exit 0", "ended with exit code 0 right after its start: it has to stay in the foreground"),
    ("exit 3", "ended with exit code 3 right after its start: LOG may say why"),
    ("kill -SEGV $$", "was ended by signal 11 right after its start: LOG may say why"),
  ])
  func `a program that does not stay is told by its path, how it ended, and where to look`(
    program: String, words: String
  ) async throws {
    try await World.withPrograms { world in
      try world.script("etc/programs/web", program)
      try world.problem("web")
      world.run("solve-problems")
      #expect(await ends(world, as: "failed"))
      let why = "\(world.config.path)/programs/web \(words)"
        .replacing("LOG", with: "\(world.root.path)/logs/web.log")
      #expect(world.incidents("web").last?["why"] == why)
    }
  }

  /// One executable for several programs, told apart by the heart.
  @Test func `a link is a program of its own`() async throws {
    try await World.withPrograms { world in
      try world.script(
        "etc/programs/web", "echo $$ >>\(world.root.path)/runs.$WATCHDOG_HEART\nexec sleep 1000")
      let link = world.config.appending(path: "programs/web-1").path
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "web")
      for name in ["web", "web-1"] {
        #expect(world.run("run-stamped", "--background", name).code == 0)
      }
      let other = try #require(world.pid(of: "web"))
      let old = try #require(world.pid(of: "web-1"))
      try world.problem("web-1")
      world.run("solve-problems")
      #expect(await ends(world, "web-1", as: "tried"))
      #expect(World.runs(other) && !World.runs(old) && world.runs("web-1"))
      #expect(await world.waits(upTo: 10) { world.numbers("runs.web-1").count == 2 })
      #expect(world.numbers("runs.web") == [other])
    }
  }

  // MARK: Solutions

  @Test func `a solution comes before a program`() async throws {
    try await World.withPrograms { world in
      try world.program("web")
      try world.solution("web", "echo \"$WATCHDOG_HEART:$WATCHDOG_STAMP\"")
      try world.problem("web")
      world.run("solve-problems")
      #expect(await isSolved(world))
      #expect(world.numbers("solutions.web").count == 1 && !world.exists("runs.web"))
      #expect(world.text("logs/web.log")?.hasPrefix("web:\n") == true, "it is not the program")
      #expect(
        world.incidents("web").last?["why"] == "solved by \(world.config.path)/solutions/web")
      #expect(world.exists("run/starts/web"))
    }
  }

  @Test func `what a solution starts stays when it is over`() async throws {
    try await World.withPrograms { world in
      try world.solution("web", "run-stamped --background web -- sleep 1000")
      try world.problem("web")
      world.run("solve-problems")
      #expect(await isSolved(world))
      #expect(world.runs("web"))
      let pid = try #require(world.pid(of: "web"))
      #expect(!World.environment(of: pid).contains { $0.hasPrefix("WATCHDOG_SOLVER=") })
    }
  }

  @Test func `a solution that fails is tried again with growing pauses`() async throws {
    try await World.withPrograms { world in
      try world.solution("web", "exit 3")
      var clock = FakeClock()
      world.run("solve-problems", at: clock)
      try world.problem("web", at: clock)
      world.run("solve-problems", at: clock)
      for (count, pause) in [(1, 1.0), (2, 2), (3, 4)] {
        #expect(await world.waits(upTo: 20) { world.lastAttempt("web")?.count == count })
        let ended = try #require(world.lastAttempt("web")).time
        for early in [pause * 0.1, pause - 0.6] {
          clock.advance(ended + early - clock.monotonic)
          #expect(world.run("solve-problems", at: clock).code == 0)
        }
        #expect(world.lastAttempt("web")?.count == count)
        #expect(world.exists("run/problems/web"))
        clock.advance(ended + pause - clock.monotonic)
        world.run("solve-problems", at: clock)
      }
      #expect(await world.waits(upTo: 20) { world.lastAttempt("web")?.count == 4 })
      #expect(world.numbers("solutions.web").count == 4)
      #expect(world.events("web") == Array(repeating: "failed", count: 4))
      #expect(world.incidents("web").first?["why"]?.hasSuffix("web ended with exit code 3") == true)
      #expect(world.text("logs/web.log")?.contains("unable to solve web: ") == true)
    }
  }

  @Test func `a solution that hangs is killed with its group`() async throws {
    try await World.withPrograms { world in
      try world.write("1\n", to: "etc/solve-time")
      try world.solution("web", "sleep 1001 & echo $! >>\(world.root.path)/kids; wait")
      try world.problem("web")
      world.run("solve-problems")
      #expect(await world.waits(upTo: 20) { world.lastAttempt("web")?.count == 1 })
      for pid in world.numbers("solutions.web") + world.numbers("kids") {
        #expect(await world.waits(upTo: 10) { !World.runs(pid) })
      }
      #expect(world.exists("run/problems/web"))
      #expect(world.events("web") == ["failed"])
      #expect(
        world.incidents("web").first?["why"]?.hasSuffix("did not exit within 1 s and was killed")
          == true)
    }
  }

  /// The solver itself hangs, so that it cannot keep to its time.
  @Test func `a solver that hangs is killed with all that it started`() async throws {
    try await World.withPrograms { world in
      try world.solution(
        "web", "set -m; sleep 1001 & echo $! >>\(world.root.path)/kids; wait")
      var clock = FakeClock()
      try world.problem("web", at: clock)
      world.run("solve-problems", at: clock)
      #expect(await world.waits(upTo: 10) { world.numbers("kids").count == 1 })
      let attempt = try #require(world.text("run/attempts/web"))
      let solver = try #require(Int32(attempt.prefix { $0 != " " }))
      #expect(getsid(solver) == solver)
      kill(solver, SIGSTOP)
      clock.advance(21)
      #expect(world.run("solve-problems", at: clock).errors == "")
      #expect(World.runs(solver), "two seconds more are left to it to end itself")
      clock.advance(1.5)
      let outcome = world.run("solve-problems", at: clock)
      #expect(outcome.code == 0)
      #expect(outcome.errors.contains("(process \(solver)) takes longer than 20 s: killed"))
      for pid in [solver] + world.numbers("solutions.web") + world.numbers("kids") {
        #expect(await world.waits(upTo: 10) { !World.runs(pid) })
      }
      #expect(world.events("web") == ["failed"])
      #expect(world.lastAttempt("web")?.count == 1)
      #expect(world.exists("run/problems/web"))
    }
  }

  @Test func `what a crashed solver left behind is ended before the next attempt`() async throws {
    try await World.withPrograms { world in
      try world.solution(
        "web", "set -m; sleep 1001 & echo $! >>\(world.root.path)/kids; wait")
      var clock = FakeClock()
      try world.problem("web", at: clock)
      world.run("solve-problems", at: clock)
      #expect(await world.waits(upTo: 10) { world.numbers("kids").count == 1 })
      let solver = try #require(Int32(world.text("run/attempts/web")?.prefix { $0 != " " } ?? ""))
      kill(solver, SIGKILL)
      let solution = try #require(world.numbers("solutions.web").first)
      #expect(await world.waits(upTo: 10) { !World.runs(solution) })
      #expect(world.numbers("kids").map { World.runs($0) } == [true])
      clock.advance(1.5)
      world.run("solve-problems", at: clock)
      #expect(await world.waits(upTo: 10) { world.numbers("kids").count == 2 })
      #expect(world.numbers("kids").map { World.runs($0) } == [false, true])
      #expect(world.text("run/attempts/web")?.contains(" 2 ") == true)
    }
  }

  // MARK: Many

  @Test func `of many runs at once one begins`() async throws {
    try await World.withPrograms { world in
      try world.solution("web", "sleep 1000")
      try world.problem("web")
      let crowd = (0..<8).map { _ in world.process("solve-problems") }
      for process in crowd { try process.run() }
      for process in crowd { process.waitUntilExit() }
      #expect(crowd.allSatisfy { $0.terminationStatus == 0 })
      #expect(await world.waits(upTo: 10) { !world.numbers("solutions.web").isEmpty })
      for _ in 0..<3 { world.run("solve-problems") }
      let solvers = World.living { pid in
        let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
        return String(decoding: words, as: UTF8.self).hasSuffix("--solve\0web\0")
          && World.environment(of: pid).contains("WATCHDOG_STATE=\(world.state.path)")
      }
      #expect(solvers.count == 1)
      #expect(world.numbers("solutions.web").count == 1)
    }
  }

  @Test func `many problems are solved at the same time`() async throws {
    try await World.withPrograms { world in
      let names = (0..<20).map { "heart-\($0)" }
      // Each waits for all others.
      let wait = """
        : >\(world.root.path)/begun/$WATCHDOG_HEART
        while [ "$(ls \(world.root.path)/begun | wc -l)" -lt 20 ]; do sleep 0.2; done
        """
      try world.makeFolder("begun")
      for name in names {
        try world.solution(name, wait)
        try world.problem(name)
      }
      #expect(world.run("solve-problems").code == 0)
      #expect(await world.waits(upTo: 18) { world.names(in: "run/problems").isEmpty })
      for name in names {
        #expect(await isSolved(world, name))
        #expect(world.events(name) == ["solved"])
      }
    }
  }
}
