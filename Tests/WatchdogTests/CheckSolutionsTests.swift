import Linux
import Testing

@testable import Watchdog

@Suite struct CheckSolutionsTests {
  /// A run in a world in which it has been watching for an hour.
  private func run(in world: World) throws -> ExitCode {
    let now = Moment.now()
    let vigil = Vigil(
      lastLook: now.monotonic, clockOffset: now.clockOffset,
      watchingSince: now.realtime - .seconds(3600))
    try world.makeFolder("run/alive")
    try world.write("run/alive/check-solutions", vigil.text, dated: .seconds(5))
    var checking = try CheckSolutions(world.roots, Report(tool: "check-solutions"), isDry: false)
    return try checking.run()
  }

  /// Whether the run counted as a sign of life.
  private func isAlive(in world: World) -> Bool {
    world.status("run/alive/check-solutions")?.modified != .seconds(5)
  }

  private func complaint(in world: World, about subject: String = "restart-system") -> String? {
    world.text("run/complaints/check-solutions/\(subject)")
  }

  private func makeProblem(_ name: String, secondsAgo: Int, in world: World) throws {
    try world.makeFolder("run/problems")
    try world.write(
      "run/problems/\(name)", "who\nwhy\n", dated: Moment.now().realtime - .seconds(secondsAgo))
  }

  @Test func withoutProblemsItIsAlive() throws {
    try World.with { world throws in
      #expect(try run(in: world) == .success)
      #expect(isAlive(in: world))
    }
  }

  @Test func aYoungProblemIsLeftToItsSolver() throws {
    try World.with { world in
      try makeProblem("web", secondsAgo: 25, in: world)
      #expect(try run(in: world) == .success)
      #expect(isAlive(in: world))
      #expect(complaint(in: world) == nil)
    }
  }

  /// A restart that is not to be had is the next rung of the ladder.
  @Test func anOldProblemWithoutARestartIsNoSignOfLife() throws {
    try World.with { world in
      try makeProblem("web", secondsAgo: 31, in: world)
      #expect(try run(in: world) == .noInput)
      #expect(!isAlive(in: world))
      let words = "unable to run \(world.config)/restart-system"
      #expect(complaint(in: world)?.contains(words) == true)
    }
  }

  @Test func aRestartThatOthersCanWriteIsNotRun() throws {
    try World.with { world in
      try makeProblem("web", secondsAgo: 31, in: world)
      try world.write(
        "etc/restart-system", "#!/bin/sh\n: > \(world.path)/was-run\n", mode: 0o777)
      #expect(try run(in: world) == .notPermitted)
      #expect(!isAlive(in: world))
      #expect(world.text("run/restart-system") == "could not be run\n")
      #expect(world.status("was-run") == nil)
    }
  }

  @Test func theAdministratorSaysWhatIsOld() throws {
    try World.with { world in
      try makeProblem("web", secondsAgo: 100, in: world)
      try world.write("etc/solve-within", "120\n")
      #expect(try run(in: world) == .success)
      try world.write("etc/solve-within", "90\n")
      #expect(try run(in: world) == .noInput)
    }
  }

  @Test func aRestartGivesEachProblemItsFullTimeOnceMore() throws {
    try World.with { world in
      try makeProblem("web", secondsAgo: 1000, in: world)
      let now = Moment.now().realtime
      try world.write("run/restart-system", "garbage\n", dated: now - .seconds(25))
      #expect(try run(in: world) == .success)
      try world.write("run/restart-system", "garbage\n", dated: now - .seconds(35))
      #expect(try run(in: world) == .noInput)
    }
  }

  @Test func aRestartThatRunsIsWaitedFor() throws {
    try World.with { world in
      try makeProblem("web", secondsAgo: 1000, in: world)
      // It is this very process, which must not come to be killed.
      try world.write("etc/restart-within", "31536000\n")
      let own = try ProcessIdentity.own()
      try world.write(
        "run/restart-system", own.text, dated: Moment.now().realtime - .seconds(55))
      #expect(try run(in: world) == .success)
      #expect(isAlive(in: world))
    }
  }

  @Test func aFolderAmongTheProblemsIsComplainedOfAndPassedOver() throws {
    try World.with { world in
      try world.makeFolder("run/problems/web")
      #expect(try run(in: world) == .success)
      #expect(complaint(in: world, about: "problems-web")?.contains("it is a folder") == true)
    }
  }

  @Test func leftoversAmongTheProblemsArePassedOver() throws {
    try World.with { world in
      try makeProblem("web~", secondsAgo: 1000, in: world)
      #expect(try run(in: world) == .success)
    }
  }
}

@Suite struct SystemRestartTests {
  private func lastRun(in world: World) throws -> SystemRestart.LastRun {
    try SystemRestart.lastRun(in: StateFolder(world.roots))
  }

  @Test func withoutANoteThereWasNone() throws {
    try World.with { world in
      let last = try lastRun(in: world)
      #expect(last == .none)
      #expect(last.begun == .zero)
    }
  }

  @Test func aNoteOfAProcessThatRunsIsARunThatIsNotOver() throws {
    try World.with { world in
      try world.makeFolder("run")
      let own = try ProcessIdentity.own()
      try world.write("run/restart-system", "\(own.text)\n", dated: .seconds(7))
      #expect(try lastRun(in: world) == .runs(own, begun: .seconds(7)))
      // The same number, but another process.
      let other = ProcessIdentity(pid: own.pid, startTime: own.startTime + 1)
      try world.write("run/restart-system", "\(other.text)\n", dated: .seconds(7))
      #expect(try lastRun(in: world) == .over(begun: .seconds(7)))
    }
  }

  @Test(arguments: ["", "garbage\n", "2147483647 1\n"])
  func aNoteOfNobodyIsARunThatIsOver(text: String) throws {
    try World.with { world in
      try world.makeFolder("run")
      try world.write("run/restart-system", text, dated: .seconds(7))
      let last = try lastRun(in: world)
      #expect(last == .over(begun: .seconds(7)))
      #expect(last.begun == .seconds(7))
    }
  }
}
