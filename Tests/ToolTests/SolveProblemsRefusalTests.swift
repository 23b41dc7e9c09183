import Foundation
import TestSupport
import Testing

/// When solve-problems begins nothing, what it does at the word of a person or a script, and what ends a problem
/// without it.
@Suite struct SolveProblemsRefusalTests {
  // MARK: Trust

  @Test(arguments: ["solutions/web", "solutions", "programs/web", "programs"])
  func `what others could write is not run`(path: String) async throws {
    try await World.withPrograms { world in
      if path.hasPrefix("programs") {
        try world.program("web")
        #expect(world.run("run-stamped", "--background", "web").code == 0)
        #expect(await world.waits(upTo: 10) { world.numbers("runs.web").count == 1 })
      } else {
        try world.solution("web")
      }
      let place = world.config.appending(path: path).path
      chmod(place, 0o775)
      try world.problem("web")
      #expect(world.run("solve-problems").code == 0)
      #expect(await world.waits(upTo: 20) { world.lastAttempt("web")?.count == 1 })
      #expect(world.events("web") == ["failed"])
      #expect(world.incidents("web").first?["why"]?.contains(": chmod go-w \(place)") == true)
      #expect(world.exists("run/problems/web"))
      #expect(!world.exists("solutions.web"))
      let outcome = world.run("solve-problems", "--solve", "web")
      #expect(outcome.code == 77)
      #expect(outcome.errors.hasPrefix("solve-problems: unable to solve web: unable to run "))
      if path.hasPrefix("programs") {
        #expect(world.runs("web"), "what cannot be started again is not ended")
        #expect(world.numbers("runs.web").count == 1)
      }
    }
  }

  @Test func `what nothing can solve is reported once`() async throws {
    try await World.withPrograms { world in
      try world.problem("web")
      #expect(world.run("solve-problems").errors == "", "what somebody merely noted is only marked")
      try world.setting("web", "last-step", "reboot")
      let first = world.run("solve-problems")
      #expect(first.code == 0)
      #expect(
        first.errors
          == "solve-problems: nothing can solve web: write \(world.config.path)/programs/web, which runs "
          + "it, or \(world.config.path)/solutions/web, which mends it\n")
      #expect(world.run("solve-problems").errors == "")
      #expect(world.names(in: "run/attempts").isEmpty)
      #expect(world.exists("run/problems/web"))
    }
  }

  // MARK: Standstill

  enum Standstill: CaseIterable, Sendable {
    case hold, restart

    var words: String {
      switch self {
      case .hold: "on hold (new disk): solving nothing"
      case .restart: "the system is being restarted: solving nothing meanwhile"
      }
    }
  }

  @Test(arguments: Standstill.allCases)
  func `nothing is begun`(standstill: Standstill) async throws {
    try await World.withPrograms { world in
      try world.solution("web")
      try world.problem("web")
      switch standstill {
      case .hold: #expect(world.run("watchdog-chain", "hold", "15m", "new disk").code == 0)
      case .restart:
        let stat = try String(contentsOfFile: "/proc/self/stat", encoding: .utf8)
        let start = try #require(stat.split(separator: ")").last).split(separator: " ")[19]
        try world.write("\(getpid()) \(start)\n", to: "run/restart-system")
      }
      try world.problem("db", by: "mark-problems")
      try world.heart("db", "5\n")
      try world.solution("db")
      var clock = FakeClock(realtime: Date().timeIntervalSince1970, monotonic: World.uptime)
      let outcome = world.run("solve-problems", at: clock)
      #expect(outcome.code == 0)
      #expect(outcome.errors == "solve-problems: \(standstill.words)\n")
      for _ in 0..<3 {
        clock.advance(1)
        #expect(world.run("solve-problems", at: clock).errors == "", "told once")
      }
      #expect(world.exists("run/alive/solve-problems"), "it is alive all the same")
      #expect(world.names(in: "run/attempts").isEmpty)
      switch standstill {
      case .hold: world.run("watchdog-chain", "hold", "--end")
      case .restart: try world.write("1 1\n", to: "run/restart-system")
      }
      world.run("solve-problems")
      #expect(await world.waits(upTo: 20) { !world.exists("run/problems/web") })
      #expect(world.numbers("solutions.web").count == 1)
    }
  }

  @Test func `a restart of everything ends the solvers that are at work`() async throws {
    try await World.withPrograms { world in
      try world.solution("web", "sleep 1000")
      try world.problem("web")
      world.run("solve-problems")
      #expect(await world.waits(upTo: 10) { world.numbers("solutions.web").count == 1 })
      #expect(world.run("kill-stamped").code == 0)
      let solution = try #require(world.numbers("solutions.web").first)
      #expect(await world.waits(upTo: 10) { !World.runs(solution) })
      #expect(world.exists("run/problems/web"))
    }
  }

  @Test func `an unreadable disk keeps no problem from being solved`() async throws {
    try await World.withPrograms { world in
      try FileManager.default.removeItem(at: world.root.appending(path: "data"))
      try world.write("a file in place of the folder", to: "data")
      try world.solution("web")
      try world.problem("web")
      let outcome = world.run("solve-problems")
      #expect(outcome.code == 0)
      #expect(await world.waits(upTo: 20) { !world.exists("run/problems/web") })
      #expect(world.exists("run/alive/solve-problems"))
    }
  }

  // MARK: What ends a problem by itself

  /// Whether the last attempt comes to the point where only a beat can tell.
  private func isTried(_ world: World) async -> Bool {
    await world.waits(upTo: 20) { world.lastAttempt("web")?.phase == "tried" }
  }

  @Test(arguments: [true, false])
  func `a heart that beats again is left alone`(beats: Bool) async throws {
    try await World.withPrograms { world in
      try world.heart("web", "100\n")
      try world.solution("web")
      world.run("mark-problems")
      try world.problem("web", by: "mark-problems", age: 10)
      if beats {
        world.run("beat", "web")
      } else {
        world.date("run/beats/web", Date().timeIntervalSince1970 - 20)
      }
      let outcome = world.run("solve-problems")
      #expect(outcome.errors.contains("problem web is over: it beats again by itself") == beats)
      if !beats {
        #expect(await isTried(world))
        #expect(world.exists("run/problems/web"), "whether that helped is for a beat to say")
        world.run("beat", "web")
        #expect(
          world.run("solve-problems").errors.contains(
            "problem web is over: it beats after it was started again"))
      }
      #expect(!world.exists("run/problems/web"))
      #expect(world.events("web") == (beats ? ["recovered"] : ["tried", "solved"]))
      #expect(world.exists("solutions.web") != beats)
    }
  }

  @Test func `what somebody else detected is not for a heart to answer`() async throws {
    try await World.withPrograms { world in
      try world.heart("web", "100\n")
      try world.solution("web")
      world.run("mark-problems")
      try world.problem("web", by: "disk-check", age: 10)
      world.run("beat", "web")
      world.run("solve-problems")
      #expect(await isTried(world))
      #expect(world.exists("run/problems/web"), "it beat before")
      world.run("beat", "web")
      world.run("solve-problems")
      #expect(world.events("web") == ["tried", "solved"])
    }
  }

  @Test func `a heart that is no longer wanted has no problem`() async throws {
    try await World.withPrograms { world in
      try world.solution("web")
      try world.problem("web", by: "mark-problems", age: 10)
      let outcome = world.run("solve-problems")
      #expect(outcome.errors.contains("problem web is over: its heart is gone"))
      #expect(!world.exists("run/problems/web") && !world.exists("solutions.web"))
      #expect(world.events("web") == ["recovered"])
    }
  }

  // MARK: At the word of somebody

  @Test func `a person can have a problem solved now`() async throws {
    try await World.withPrograms { world in
      try world.solution("web")
      try world.problem("web")
      let outcome = world.run("solve-problems", "--solve", "web")
      #expect(outcome.code == 0 && outcome.errors.contains("problem web is over: solved by "))
      #expect(!world.exists("run/problems/web"))
      #expect(world.lastAttempt("web")?.count == 1)
      try world.solution("web", "exit 3")
      try world.problem("web")
      #expect(world.run("solve-problems", "--solve", "web").code == 70)
      #expect(world.exists("run/problems/web"))
      #expect(world.lastAttempt("web")?.count == 2)
      #expect(world.events("web") == ["solved", "failed"])
      #expect(world.run("solve-problems", "--solve", "db").code == 78)
    }
  }

  @Test func `a person does not disturb the solver that is at it`() async throws {
    try await World.withPrograms { world in
      try world.solution("web", "sleep 1000")
      try world.problem("web")
      world.run("solve-problems")
      #expect(await world.waits(upTo: 10) { world.numbers("solutions.web").count == 1 })
      let outcome = world.run("solve-problems", "--solve", "web")
      #expect(outcome.code == 75)
      #expect(outcome.errors.contains(" is at it already"))
      #expect(world.numbers("solutions.web").count == 1)
    }
  }

  @Test func `a script can say that a problem is solved`() async throws {
    try await World.withPrograms { world in
      try world.problem("web")
      #expect(world.run("solve-problems", "--solved", "web", "turned on again").code == 0)
      #expect(!world.exists("run/problems/web"))
      #expect(world.incidents("web").map { $0["why"] } == ["turned on again"])
      let again = world.run("solve-problems", "--solved", "web")
      #expect(again.code == 0 && again.errors == "")
      #expect(world.events("web") == ["solved"])
    }
  }

  @Test func `a dry run changes nothing`() async throws {
    try await World.withPrograms { world in
      try world.program("web")
      try world.solution("db")
      world.run("solve-problems")
      try world.problem("web")
      try world.problem("db")
      for folder in ["run/beats", "run/pids"] { try world.makeFolder(folder) }
      try world.problem("gone", by: "mark-problems")
      let before = world.snapshot(".")
      let outcome = world.run("solve-problems", "--dry-run")
      #expect(outcome.code == 0)
      #expect(outcome.output.contains("web: next: attempt 1 now\n"))
      #expect(outcome.output.contains("db: next: attempt 1 now\n"))
      #expect(outcome.output.contains("gone: over: its heart is gone\n"))
      #expect(
        world.run("solve-problems", "--solve", "web", "--dry-run").output
          == "would end all of web and start \(world.config.path)/programs/web\n")
      #expect(
        world.run("solve-problems", "--solve", "db", "--dry-run").output
          == "would run \(world.config.path)/solutions/db\n")
      #expect(
        world.run("solve-problems", "--solved", "db", "how", "--dry-run").output
          == "would remove problem db: how\n")
      #expect(world.snapshot(".") == before)
    }
  }

  @Test func `problems that are not files are skipped`() async throws {
    try await World.withPrograms { world in
      for name in ["folder", "fifo", "link", "web~"] { try? world.solution(name) }
      try world.makeFolder("run/problems/folder")
      mkfifo(world.problems.appending(path: "fifo").path, 0o644)
      try world.write("who\nwhy\n", to: "elsewhere")
      symlink("../../elsewhere", world.problems.appending(path: "link").path)
      try world.problem("web~")
      let outcome = world.run("solve-problems")
      #expect(outcome.code == 0)
      for (name, kind) in [("folder", "directory"), ("fifo", "FIFO"), ("link", "symbolic link")] {
        let words = "problems/\(name) is passed over: it is a \(kind): remove it\n"
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
      }
      #expect(outcome.errors.split(separator: "\n").count == 3)
      #expect(world.run("solve-problems").errors == "", "told once")
      #expect(world.names(in: "run/attempts").isEmpty)
      #expect(world.names(in: "run/problems").count == 4)
    }
  }
}
