import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

@Suite struct CheckSolutionsTests {
  @Test func `without problems it is alive`() throws {
    try World.with { world throws in
      #expect(try world.check() == .success)
      #expect(world.isCheckAlive)
    }
  }

  @Test func `a young problem is left to its solver`() throws {
    try World.with { world in
      try world.makeProblem("web")
      #expect(try world.check(unsolved: ["web": 29]) == .success)
      #expect(world.isCheckAlive)
      #expect(world.status("run/restart-system") == nil)
    }
  }

  /// What counts is for how long somebody looked, and not its date.
  @Test func `an old problem that is seen for the first time is young`() throws {
    try World.with { world in
      try world.makeProblem("web", secondsAgo: 86_400)
      #expect(try world.check() == .success)
      #expect(world.status("run/restart-system") == nil)
      let text = try #require(world.text("run/vigils/check-solutions"))
      #expect(text.contains("\nweb "), "from now on it is watched")
    }
  }

  /// A restart that is not to be had counts as one that did not help. The tool itself has done its work.
  @Test func `an old problem without a restart takes the rung`() throws {
    try World.with { world in
      try world.makeProblem("web")
      #expect(try world.check(unsolved: ["web": 31]) == .success)
      #expect(world.isCheckAlive)
      #expect(world.text("run/restart-system") == "could not be run\n")
      #expect(world.restarts == 1)
    }
  }

  @Test func `a restart-system that others can write is not run`() throws {
    try World.with { world in
      try world.makeProblem("web")
      try world.write(
        "#!/bin/sh\n: > \(world.path)/was-run\n", to: "etc/restart-system", mode: 0o777)
      _ = try world.check(unsolved: ["web": 31])
      #expect(world.text("run/restart-system") == "could not be run\n")
      #expect(world.status("was-run") == nil)
    }
  }

  @Test func `the administrator says what is old, for all and for one`() throws {
    try World.with { world in
      try world.makeProblem("web")
      try world.write("120\n", to: "etc/solve-within")
      _ = try world.check(unsolved: ["web": 100])
      #expect(world.restarts == 0)
      try world.makeFolder("etc/of/web")
      try world.write("90\n", to: "etc/of/web/solve-within")
      _ = try world.check(unsolved: ["web": 100])
      #expect(world.restarts == 1)
    }
  }

  @Test(arguments: ["mark", "solve"])
  func `the administrator says how far a ladder goes`(step: String) throws {
    try World.with { world in
      try world.makeProblem("web")
      try world.makeFolder("etc/of/web")
      try world.write("\(step)\n", to: "etc/of/web/last-step")
      #expect(try world.check(unsolved: ["web": 5000]) == .success)
      #expect(world.restarts == 0)
    }
  }

  /// What a script notes, and nobody here can mend.
  @Test func `a mere note never restarts anything`() throws {
    try World.with { world in
      try world.makeProblem("backup")
      try world.remove("etc/programs/backup")
      #expect(try world.check(unsolved: ["backup": 86_400]) == .success)
      #expect(world.restarts == 0 && world.status("run/reboot-due") == nil)
    }
  }

  @Test func `a restart gives each problem its full time once more`() throws {
    try World.with { world in
      try world.makeProblem("web")
      let date = Clock.realtime - .seconds(35)
      try world.write("garbage\n", to: "run/restart-system", dated: date)
      _ = try world.check(unsolved: ["web": 31])
      #expect(world.restarts == 0)
      let noted = try #require(world.status("run/restart-system")).modified
      _ = try world.check(unsolved: ["web": 31], since: noted)
      #expect(world.restarts == 1)
    }
  }

  @Test func `a restart that runs is waited for`() throws {
    try World.with { world in
      try world.makeProblem("web")
      // It is this very process, which must not come to be killed.
      try world.write("31536000\n", to: "etc/restart-within")
      let own = try ProcessIdentity.own()
      try world.write(own.text, to: "run/restart-system")
      #expect(try world.check(unsolved: ["web": 5000]) == .success)
      #expect(world.isCheckAlive)
      #expect(world.restarts == 0)
      #expect(world.text("run/vigils/check-solutions")?.contains("\n.restart ") == true)
    }
  }

  @Test func `during a hold no rung is taken, and it is alive`() throws {
    try World.with { world in
      try world.makeProblem("web")
      let now = Int(Clock.monotonic.components.seconds)
      try world.write("\(now) \(now + 100)\nwhy\n", to: "run/hold")
      #expect(try world.check(unsolved: ["web": 5000]) == .success)
      #expect(world.isCheckAlive && world.restarts == 0)
      try world.remove("run/hold")
      try world.makeFolder("run/holds")
      try world.write("\(now) \(now + 100)\nwhy\n", to: "run/holds/web")
      #expect(try world.check(unsolved: ["web": 5000]) == .success)
      #expect(world.restarts == 0)
    }
  }

  // MARK: Problems

  /// Where nobody runs solve-problems, which closes them else.
  @Test func `a problem that is proven over is closed`() throws {
    try World.with { world in
      for folder in ["run/problems", "run/beats", "etc/hearts"] { try world.makeFolder(folder) }
      try world.write("30\n", to: "etc/hearts/web")
      let before = Clock.realtime - .seconds(100)
      let problem = Problem(detector: "mark-problems", reason: "why", beat: .some(before))
      try world.write(problem.text, to: "run/problems/web")
      try world.write("", to: "run/beats/web", dated: before)
      #expect(try world.check() == .success)
      #expect(world.names(in: "run/problems") == ["web"])
      try world.write("", to: "run/beats/web", dated: Clock.realtime)
      #expect(try world.check() == .success)
      #expect(world.names(in: "run/problems") == [])
      #expect(try world.events() == ["recovered"])
    }
  }

  @Test func `a directory among the problems is reported and skipped`() throws {
    try World.with { world in
      try world.makeFolder("run/problems/web")
      #expect(try world.check() == .success)
      #expect(world.complaintOfCheck(about: "problems-web")?.contains("it is a directory") == true)
    }
  }

  @Test func `leftovers among the problems are skipped`() throws {
    try World.with { world in
      try world.makeProblem("web~")
      #expect(try world.check(unsolved: [:]) == .success)
      #expect(world.restarts == 0)
    }
  }
}
