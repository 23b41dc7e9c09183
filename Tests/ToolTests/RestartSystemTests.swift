import Foundation
import TestSupport
import Testing

/// The restart-system that is shipped, as check-solutions and cron's @reboot run it.
@Suite struct RestartSystemTests {
  private func with(_ body: (World) async throws -> Void) async throws {
    try await World.withPrograms { world in
      let shipped = checkout.appending(path: "etc/watchdog/restart-system")
      try FileManager.default.copyItem(at: shipped, to: restart(world))
      try await body(world)
    }
  }

  private func restart(_ world: World) -> URL { world.config.appending(path: "restart-system") }

  private func restartRuns(_ world: World) -> Bool {
    let pid = world.text("run/restart-system").flatMap { Int32($0.prefix { $0 != " " }) }
    return pid.map { World.runs($0) } ?? false
  }

  private func run(_ world: World) -> Outcome { world.run(restart(world).path) }

  @Test func `it starts all programs in the order of their names`() async throws {
    try await with { world in
      // The next one is started when the one before is noted, whatever that does.
      let names = ["10-database", "20-web", "A", "_last", "b"]
      for name in names.reversed() { try world.program(name) }
      for name in ["web~", "web.example", "web.dpkg-new"] { try world.program(name) }
      let outcome = run(world)
      #expect(outcome.code == 0 && outcome.errors == "" && outcome.output == "", "\(outcome)")
      for name in names { #expect(world.runs(name), "\(name)") }
      #expect(world.names(in: "run/pids") == names)
      let starts = names.compactMap { name in
        world.status("run/starts/\(name)").map { ($0.st_mtim.tv_sec, $0.st_mtim.tv_nsec) }
      }
      #expect(starts.count == names.count)
      #expect(zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 })
    }
  }

  @Test func `a second time everything is started anew`() async throws {
    try await with { world in
      try world.program("web", "sleep 1001 & echo $! >>\(world.root.path)/kids; wait")
      try world.program("stubborn", "trap '' TERM; while :; do sleep 0.1; done")
      #expect(run(world).code == 0)
      let old = try ["web", "stubborn"].map { try #require(world.pid(of: $0)) }
      #expect(await world.waits(upTo: 10) { world.numbers("kids").count == 1 })
      let straggler = try #require(world.numbers("kids").first)
      // Its program is gone, and it is there still.
      kill(old[0], SIGKILL)
      #expect(run(world).code == 0)
      for pid in old + [straggler] { #expect(!World.runs(pid)) }
      #expect(world.runs("web") && world.runs("stubborn"))
    }
  }

  @Test func `a link is a program with a heart of its own`() async throws {
    try await with { world in
      try world.script(
        "etc/programs/web", "echo $WATCHDOG_HEART >>\(world.root.path)/hearts\nexec sleep 1000")
      for name in ["web-1", "web-2"] {
        symlink("web", world.config.appending(path: "programs/\(name)").path)
      }
      #expect(run(world).code == 0)
      let names = ["web", "web-1", "web-2"]
      #expect(
        await world.waits(upTo: 10) { world.text("hearts")?.split(separator: "\n").count == 3 })
      #expect(world.text("hearts")?.split(separator: "\n").sorted() == names.map { $0[...] })
      for name in names {
        let pid = try #require(world.pid(of: name))
        #expect(World.environment(of: pid).contains("WATCHDOG_HEART=\(name)"))
      }
    }
  }

  /// That a program was started again proves nothing: its problem stays until it beats, or has run for a while.
  @Test func `problems of programs stay until these have proven that they work`() async throws {
    try await with { world in
      try world.program("web")
      try world.solution("web")
      try world.problem("web")
      try world.problem("unknown")
      #expect(run(world).code == 0)
      #expect(world.names(in: "run/problems") == ["unknown", "web"])
      #expect(world.runs("web"))
      #expect(!world.exists("solutions.web"), "it has a program")
      #expect(world.events("web").isEmpty)
    }
  }

  @Test func `what is only marked is not restarted`() async throws {
    try await with { world in
      for name in ["web", "optional"] { try world.program(name) }
      try world.setting("optional", "last-step", "mark")
      #expect(run(world).code == 0)
      let old = try ["web", "optional"].map { try #require(world.pid(of: $0)) }
      #expect(run(world).code == 0)
      #expect(!World.runs(old[0]) && world.runs("web"))
      #expect(World.runs(old[1]) && world.pid(of: "optional") == old[1])
      kill(old[1], SIGKILL)
      #expect(await world.waits(upTo: 10) { !World.runs(old[1]) })
      #expect(run(world).code == 0)
      #expect(world.runs("optional"), "where it does not run it is started as at boot")
    }
  }

  @Test func `everything that has only a solution is solved at once`() async throws {
    try await with { world in
      try world.makeFolder("begun")
      let wait = """
        : >\(world.root.path)/begun/$WATCHDOG_HEART
        while [ "$(ls \(world.root.path)/begun | wc -l)" -lt 3 ]; do sleep 0.1; done
        """
      for name in ["one", "two", "three"] {
        try world.solution(name, wait)
        try world.problem(name)
      }
      try world.solution("broken", "exit 1")
      try world.problem("broken")
      try world.solution("well")
      #expect(run(world).code == 0)
      #expect(world.names(in: "run/problems") == ["broken"])
      #expect(!world.exists("solutions.well"), "it has no problem")
      for name in ["one", "two", "three"] { #expect(world.events(name) == ["solved"]) }
    }
  }

  @Test func `a program that cannot be started does not keep the others from starting`()
    async throws
  {
    try await with { world in
      for name in ["1", "2", "3", "4"] { try world.program(name) }
      chmod(world.config.appending(path: "programs/2").path, 0o775)
      chmod(world.config.appending(path: "programs/3").path, 0o644)
      for name in ["1", "2"] { try world.problem(name) }
      let outcome = run(world)
      #expect(outcome.code == 1)
      #expect(outcome.errors.split(separator: "\n").filter { $0.contains("unable") }.count == 2)
      #expect(outcome.errors.contains("others can write to it: chmod go-w"))
      #expect(world.runs("1") && world.runs("4"))
      #expect(!world.runs("2") && !world.runs("3"))
      #expect(world.names(in: "run/problems") == ["1", "2"], "nothing is proven yet")
    }
  }

  @Test func `without programs there is nothing to do`() async throws {
    try await with { world in
      #expect(run(world).code == 0)
      try FileManager.default.removeItem(at: world.config.appending(path: "programs"))
      try FileManager.default.removeItem(at: world.state)
      let outcome = run(world)
      #expect(outcome.code == 0 && outcome.errors == "")
    }
  }

  @Test func `it is what check-solutions runs when a problem is too old`() async throws {
    try await with { world in
      try world.write("5\n", to: "etc/solve-within")
      try world.program("web")
      var clock = FakeClock()
      for _ in 0..<10 {
        world.run("check-solutions", at: clock)
        clock.advance(1)
      }
      try world.problem("web", at: clock)
      for _ in 0..<7 {
        #expect(world.run("check-solutions", at: clock).code == 0)
        clock.advance(1)
      }
      #expect(await world.waits(upTo: 20) { world.runs("web") })
      #expect(await world.waits(upTo: 20) { !restartRuns(world) })
      #expect(world.events() == ["restart"])
      // The date that the file system gives is not of the test's clock.
      world.date("run/restart-system", clock.realtime - 1)
      let seconds = try #require(world.watchUntilProven(at: &clock))
      #expect((10...13).contains(seconds), "\(seconds)")
      #expect(world.events("web") == ["solved"])
      let outcome = world.run("check-solutions", at: clock)
      #expect(outcome.code == 0 && outcome.errors == "")
    }
  }
}
