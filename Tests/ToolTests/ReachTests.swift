import Foundation
import TestSupport
import Testing

/// of/NAME/SETTING: what counts for one heart alone, at work.
@Suite struct ReachTests {
  /// A world with a program, whose problem somebody else noticed.
  private func with(
    _ settings: [String: String],
    _ body: (World, inout FakeClock) async throws -> Void
  ) async throws {
    try await World.withPrograms { world in
      try world.program("web")
      try world.script("etc/restart-system", "echo $$ >>\(world.root.path)/restarts")
      for (name, text) in settings { try world.setting("web", name, text) }
      var clock = FakeClock()
      for tool in ["solve-problems", "check-solutions"] { world.run(tool, at: clock) }
      try world.problem("web", at: clock)
      try await body(world, &clock)
    }
  }

  /// - Returns: what check-solutions says in so many looks, a second apart.
  private func check(_ seconds: Int, _ world: World, _ clock: inout FakeClock) -> String {
    var told = ""
    for _ in 0..<seconds {
      let outcome = world.run("check-solutions", at: clock)
      #expect(outcome.code == 0)
      told += outcome.errors
      clock.advance(1)
    }
    return told
  }

  private func restarts(_ world: World) -> Int { world.numbers("restarts").count }

  @Test func `with last-step mark nothing is done but marking`() async throws {
    try await with(["last-step": "mark"]) { world, clock in
      let outcome = world.run("solve-problems", at: clock)
      #expect(outcome.code == 0 && outcome.errors == "")
      #expect(check(40, world, &clock) == "")
      #expect(!world.exists("run/attempts/web") && restarts(world) == 0)
      #expect(
        world.run("solve-problems", "--dry-run", at: clock).output
          == "web: it is only marked: its last-step is mark\n")
    }
  }

  @Test func `with last-step solve it is mended, and nothing else is restarted`() async throws {
    try await with(["last-step": "solve"]) { world, clock in
      world.run("solve-problems", at: clock)
      #expect(await world.waits(upTo: 20) { world.lastAttempt("web")?.phase == "tried" })
      _ = check(40, world, &clock)
      #expect(world.runs("web") && restarts(world) == 0)
    }
  }

  @Test func `with last-step restart the box is not rebooted`() async throws {
    try await with(["last-step": "restart", "solve-within": "3"]) { world, clock in
      try world.write("1\n", to: "etc/restarts-before-reboot")
      try world.write("stand-in x\n", to: "run/armed-device")
      _ = check(5, world, &clock)
      #expect(await world.waits(upTo: 20) { restarts(world) == 1 })
      world.date("run/restart-system", clock.realtime)
      let told = check(10, world, &clock)
      #expect(told.contains("its ladder goes no further (last-step)"))
      #expect(restarts(world) == 1 && !world.exists("run/reboot-due"))
    }
  }

  /// Nobody here can mend what somebody merely notes, and so nothing that is well is restarted for it.
  @Test func `what nothing can mend is only marked unless the administrator says more`()
    async throws
  {
    try await with([:]) { world, clock in
      try world.remove("run/problems/web")
      let mark = ["--mark", "backup", "--detector", "cron", "it failed"]
      #expect(world.run("mark-problems", mark, at: clock).code == 0)
      #expect(check(40, world, &clock) == "")
      #expect(restarts(world) == 0)
      try world.setting("backup", "last-step", "restart")
      _ = check(1, world, &clock)
      #expect(await world.waits(upTo: 20) { restarts(world) == 1 })
    }
  }

  @Test func `a heart's own solve-within counts for it alone`() async throws {
    try await with(["solve-within": "3"]) { world, clock in
      try world.program("db")
      let all = check(4, world, &clock)
      #expect(restarts(world) == 0, "\(all)")
      let told = check(1, world, &clock)
      #expect(told.contains("problem web has been unsolved for more than 3 s"))
      #expect(await world.waits(upTo: 20) { restarts(world) == 1 })
    }
  }

  @Test func `a heart's own solve-time ends its solution`() async throws {
    try await with(["solve-time": "1"]) { world, clock in
      try world.solution("web", "sleep 1001")
      world.run("solve-problems", at: clock)
      #expect(await world.waits(upTo: 20) { world.lastAttempt("web")?.phase == "failed" })
      #expect(
        world.incidents("web").first?["why"]?.hasSuffix("did not exit within 1 s and was killed")
          == true)
    }
  }

  /// A program that is asked by a signal of its own, and needs longer than others to end.
  private let slow = """
    trap 'sleep 1.5; echo USR1 >>ended; exit' USR1
    trap 'echo TERM >>ended; exit' TERM
    : >ready
    while :; do sleep 0.1; done
    """

  @Test func `a heart's own end-signal and grace end its program`() async throws {
    try await with(["end-signal": "USR1", "grace": "20"]) { world, clock in
      try world.program("web", "cd \(world.root.path)\n\(slow)")
      #expect(world.run("run-stamped", "--background", "web").code == 0)
      #expect(await world.waits(upTo: 10) { world.exists("ready") })
      let old = try #require(world.pid(of: "web"))
      world.run("solve-problems", at: clock)
      #expect(await world.waits(upTo: 25) { world.lastAttempt("web")?.phase == "tried" })
      #expect(!World.runs(old) && world.text("ended") == "USR1\n")
    }
  }

  @Test func `a wrong setting is reported, and the default holds`() async throws {
    let wrong = [
      "last-step": "sometimes", "end-signal": "LOUD", "solve-time": "soon", "solve-within": "0",
      "grace": "-1",
    ]
    try await with(wrong) { world, clock in
      try world.program("web", "cd \(world.root.path)\n\(slow)")
      #expect(world.run("run-stamped", "--background", "web").code == 0)
      #expect(await world.waits(upTo: 10) { world.exists("ready") })
      let told = world.run("solve-problems", at: clock).errors
      #expect(
        told.contains(
          "of/web/last-step: \"sometimes\" is no step: write mark, solve, restart or reboot"),
        "\(told)")
      #expect(told.contains("of/web/solve-time: \"soon\""), "\(told)")
      #expect(await world.waits(upTo: 25) { world.lastAttempt("web")?.phase == "tried" })
      #expect(world.text("ended") == "TERM\n")
      #expect(
        world.text("logs/web.log")?.contains("of/web/end-signal: \"LOUD\" is no signal") == true)
      #expect(world.text("logs/web.log")?.contains("of/web/grace: \"-1\"") == true)
      let again = world.run("solve-problems", at: clock).errors
      #expect(!again.contains("of/web/"), "told once")
      #expect(check(30, world, &clock).contains("problem web has been unsolved") == false)
      #expect(check(2, world, &clock).contains("problem web has been unsolved for more than 30 s"))
    }
  }
}
