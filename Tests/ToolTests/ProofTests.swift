import Foundation
import TestSupport
import Testing

/// A problem is over when it is proven over, and not because somebody did something about it.
@Suite struct ProofTests {
  /// A world whose heart web has a program and a problem.
  private func with(
    heart: String = "5 8\n", program: String = "exec sleep 1000",
    _ body: (World, inout FakeClock) async throws -> Void
  ) async throws {
    try await World.withPrograms { world in
      try world.heart("web", heart)
      try world.program("web", program)
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      world.run("solve-problems", at: clock)
      try world.problem("web", by: "mark-problems", at: clock)
      try await body(world, &clock)
    }
  }

  /// Lets solve-problems begin an attempt, and waits until its program is tried.
  private func attempt(_ number: Int, _ world: World, _ clock: inout FakeClock) async {
    #expect(world.run("solve-problems", at: clock).code == 0)
    #expect(
      await world.waits(upTo: 20) {
        world.lastAttempt("web")?.count == number && world.lastAttempt("web")?.phase == "tried"
      }, "\(world.text("run/attempts/web") ?? "none")")
    // The solver's clock went on while it was at work.
    clock.advance(max((world.lastAttempt("web")?.time ?? 0) + 0.1 - clock.monotonic, 0))
  }

  @Test func `a program that never beats is tried again, and its attempts are counted`()
    async throws
  {
    try await with { world, clock in
      for number in 1...3 {
        await attempt(number, world, &clock)
        // Its first beat has this much time, and nothing is begun meanwhile.
        for _ in 0..<8 {
          world.run("solve-problems", at: clock)
          clock.advance(1)
        }
        #expect(world.lastAttempt("web")?.count == number)
        #expect(world.runs("web") && world.exists("run/problems/web"))
        world.run("solve-problems", at: clock)
        clock.advance(1)
        if number < 3 {
          #expect(
            await world.waits(upTo: 20) {
              world.run("solve-problems", at: clock)
              return world.lastAttempt("web")?.count ?? number > number
                || world.numbers("runs.web").count > number
            })
          clock.advance(3)
        }
      }
      #expect(world.events("web") == ["tried", "tried", "tried"])
    }
  }

  @Test func `a beat after its start is the proof`() async throws {
    try await with { world, clock in
      await attempt(1, world, &clock)
      clock.advance(1)
      world.run("solve-problems", at: clock)
      #expect(world.exists("run/problems/web"))
      world.date("run/beats/web", clock.realtime)
      let outcome = world.run("solve-problems", at: clock)
      #expect(outcome.errors.contains("problem web is over: it beats after it was started again"))
      #expect(!world.exists("run/problems/web"))
      #expect(world.events("web") == ["tried", "solved"])
      #expect(world.lastAttempt("web")?.phase == "proven")
    }
  }

  @Test func `a script that says that a heart is well is not believed before it beats`()
    async throws
  {
    try await with { world, clock in
      clock.advance(1)
      let said = world.run("solve-problems", "--solved", "web", "turned on again", at: clock)
      #expect(said.code == 0)
      #expect(world.exists("run/problems/web"))
      #expect(world.events("web") == ["tried"])
      #expect(world.exists("run/starts/web"))
      clock.advance(1)
      world.run("solve-problems", at: clock)
      #expect(world.names(in: "runs.web").isEmpty && !world.exists("runs.web"), "it has its time")
      world.date("run/beats/web", clock.realtime)
      world.run("solve-problems", at: clock)
      #expect(!world.exists("run/problems/web"))
      #expect(world.events("web") == ["tried", "solved"])
    }
  }

  /// Its noted process ends at once, and its work goes on well.
  @Test func `a program that goes to the background and beats is left alone and reported`()
    async throws
  {
    try await World.withPrograms { world in
      try world.heart("web", "5 30\n")
      try world.script(
        "etc/programs/web",
        "(while :; do beat web; sleep 0.3; done) & echo $! >>\(world.root.path)/kids; exit 0")
      world.run("mark-problems")
      #expect(world.run("run-stamped", "--background", "web").code == 0)
      let noted = try #require(world.pid(of: "web"))
      #expect(await world.waits(upTo: 10) { !World.runs(noted) })
      var told = ""
      #expect(
        await world.waits(upTo: 30) {
          told += world.run("mark-problems").errors
          told += world.run("solve-problems").errors
          return told.contains("does its program go to the background?")
            || world.incidents("web").contains { $0["why"]?.contains("to the background?") == true }
        }, "\(told)")
      #expect(
        await world.waits(upTo: 30) {
          world.run("mark-problems")
          world.run("solve-problems")
          return !world.exists("run/problems/web")
        })
      for _ in 0..<3 { world.run("mark-problems") }
      #expect(!world.exists("run/problems/web") && !world.exists("run/pids/web"))
      let kids = world.numbers("kids")
      #expect(kids.count == 1 && kids.allSatisfy { World.runs($0) }, "left alone")
    }
  }
}
