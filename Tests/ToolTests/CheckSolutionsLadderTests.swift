import Foundation
import Testing

/// What check-solutions does when restarting everything does not help, and how people intervene.
@Suite struct CheckSolutionsLadderTests {
  /// A world whose restart-system notes its runs and mends nothing, with a problem that is too old, and a
  /// check-solutions that has been watching for longer than that.
  private func with(
    uptime: Double = 3600, _ test: (World, inout FakeClock) async throws -> Void
  ) async throws {
    try await World.withPrograms { world in
      try world.write("5\n", to: "etc/solve-within")
      try world.write("2\n", to: "etc/restarts-before-reboot")
      try world.script("etc/restart-system", "echo $$ >>\(world.root.path)/runs")
      var clock = FakeClock(monotonic: uptime)
      watch(10, world, &clock)
      try world.problem("web", age: 6, at: clock)
      try await test(world, &clock)
    }
  }

  /// So many runs, a second apart.
  private func watch(_ seconds: Int, _ world: World, _ clock: inout FakeClock) {
    for _ in 0..<seconds {
      world.run("check-solutions", at: clock)
      clock.advance(1)
    }
  }

  @discardableResult
  private func check(_ world: World, _ clock: FakeClock) -> World.Outcome {
    world.run("check-solutions", at: clock)
  }

  /// A run that restarts everything, and time until the problem is too old again.
  private func restart(
    _ number: Int, _ world: World, _ clock: inout FakeClock
  ) async throws {
    #expect(check(world, clock).code == 0)
    #expect(await world.waits(upTo: 10) { world.numbers("runs").count == number })
    #expect(await world.waits(upTo: 10) { !world.numbers("runs").contains { World.runs($0) } })
    // The date that the file system gives is not of the test's clock.
    world.date("run/restart-system", clock.realtime)
    clock.advance(1)
    watch(4, world, &clock)
    clock.advance(0.5)
  }

  private func lines(_ world: World, _ path: String) -> Int {
    world.text(path)?.split(separator: "\n").count ?? 0
  }

  private func inode(_ world: World) -> ino_t? { world.status("run/alive/check-solutions")?.st_ino }

  // MARK: Restarts and the reboot

  @Test func whenRestartsDoNotHelpItIsNoLongerAlive() async throws {
    try await with { world, clock in
      try await restart(1, world, &clock)
      #expect(lines(world, "data/restarts") == 1)
      #expect(world.events() == ["restart"])
      try await restart(2, world, &clock)
      #expect(lines(world, "data/restarts") == 2)
      let alive = inode(world)
      let outcome = check(world, clock)
      #expect(outcome.code == 75)
      let why =
        "2 restarts of the system within 900 s did not help: "
        + "problem web is unsolved for more than 5 s"
      #expect(
        outcome.errors
          == "check-solutions: \(why): waiting for the watchdog device to reboot the box\n")
      #expect(world.text("run/reboot-due") == "\(why)\n")
      world.date("run/reboot-due", clock.realtime)
      #expect(lines(world, "data/reboots") == 1)
      #expect(world.events() == ["restart", "restart", "reboot"])
      #expect(world.incidents().last?["why"] == why)
      // And so it stays, also when the problem is gone: the device has to have its time.
      try FileManager.default.removeItem(at: world.problems.appending(path: "web"))
      for _ in 0..<3 {
        clock.advance(1)
        let later = check(world, clock)
        #expect(later.code == 75 && later.errors == "", "told once")
      }
      #expect(inode(world) == alive)
      #expect(lines(world, "data/reboots") == 1 && lines(world, "runs") == 2)
    }
  }

  /// Where no device is armed nothing reboots the box, and it must not stay without its chain for ever.
  @Test func aRebootThatNeverCameIsForgottenWhenAllIsWell() async throws {
    try await with { world, clock in
      try world.write("10\n", to: "etc/device-timeout")
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      #expect(check(world, clock).code == 75)
      world.date("run/reboot-due", clock.realtime)
      clock.advance(71)
      #expect(check(world, clock).code == 75, "there is a problem")
      try FileManager.default.removeItem(at: world.problems.appending(path: "web"))
      let outcome = check(world, clock)
      #expect(outcome.code == 0)
      #expect(outcome.errors.contains("no device has rebooted the box, and nothing is wrong"))
      #expect(!world.exists("run/reboot-due"))
      #expect(lines(world, "data/reboots") == 1)
    }
  }

  /// It would be no better after a reboot, so that each has to count.
  @Test(arguments: [0o644, nil, 0o775] as [Int?])
  func aRestartSystemThatCannotBeRunIsOneThatDidNotHelp(mode: Int?) async throws {
    try await with { world, clock in
      if let mode {
        chmod(world.root.appending(path: "etc/restart-system").path, mode_t(mode))
      } else {
        try world.remove("etc/restart-system")
      }
      for count in 1...2 {
        let outcome = check(world, clock)
        #expect([66, 77].contains(outcome.code))
        #expect(outcome.errors.contains("problem web is unsolved for more than 5 s: "))
        #expect(lines(world, "data/restarts") == count)
        clock.advance(1)
        #expect(check(world, clock).code == 0, "the problem has its full time once more")
        clock.advance(1)
        watch(3, world, &clock)
        clock.advance(0.5)
      }
      #expect(check(world, clock).code == 75)
      #expect(lines(world, "data/reboots") == 1 && world.exists("run/reboot-due"))
      #expect(world.events() == ["reboot"] && lines(world, "runs") == 0)
    }
  }

  @Test func restartsThatAreLongAgoDoNotCount() async throws {
    try await with { world, clock in
      try world.write("20\n", to: "etc/restarts-window")
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      // The problem is solved for a while.
      try FileManager.default.removeItem(at: world.problems.appending(path: "web"))
      watch(21, world, &clock)
      try world.problem("web", age: 6, at: clock)
      try await restart(3, world, &clock)
      #expect(lines(world, "data/restarts") == 1)
      #expect(!world.exists("run/reboot-due"))
    }
  }

  @Test func rightAfterBootNothingIsRestarted() async throws {
    try await with(uptime: 100) { world, clock in
      #expect(clock.monotonic == 110)
      let outcome = check(world, clock)
      #expect(outcome.code == 0)
      #expect(outcome.errors.contains("not restarting the system within 120 s of boot"))
      clock.advance(1)
      #expect(check(world, clock).errors == "", "told once")
      #expect(!world.exists("run/restart-system") && !world.exists("data/restarts"))
      clock.advance(1)
      watch(7, world, &clock)
      #expect(clock.monotonic == 119)
      #expect(lines(world, "runs") == 0)
      clock.advance(1)
      check(world, clock)
      #expect(await world.waits(upTo: 10) { lines(world, "runs") == 1 })
    }
  }

  /// A box that cannot count its reboots must not reboot for ever.
  @Test func aDiskThatCannotBeReadNeitherKeepsFromRestartsNorLeadsToManyReboots() async throws {
    try await with { world, clock in
      try FileManager.default.removeItem(at: world.root.appending(path: "data"))
      try world.write("a file in place of the folder", to: "data")
      #expect(check(world, clock).errors.contains("unable to open \(world.root.path)/data: "))
      #expect(await world.waits(upTo: 10) { lines(world, "runs") == 1 })
      world.date("run/restart-system", clock.realtime)
      clock.advance(1)
      watch(4, world, &clock)
      clock.advance(0.5)
      try await restart(2, world, &clock)
      #expect(lines(world, "run/restarts") == 2)
      let outcome = check(world, clock)
      #expect(outcome.code == 0)
      #expect(outcome.errors.contains("rebooting not before the box has been up for 17280 s"))
      #expect(!world.exists("run/reboot-due") && lines(world, "runs") == 2)
    }
  }

  @Test func aDryRunNamesTheNextRung() async throws {
    try await with { world, clock in
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      let before = world.snapshot(".")
      let outcome = world.run("check-solutions", "--dry-run", at: clock)
      #expect(outcome.code == 0)
      #expect(outcome.output.hasPrefix("would leave the box to the watchdog device: "))
      #expect(world.snapshot(".") == before)
    }
  }

  // MARK: Standing down

  /// As if the box had been rebooted five times today.
  private func exhaust(_ world: World, _ clock: FakeClock) throws {
    let reboots = (1...5).map { "\(Int(clock.realtime) - 3600 * $0) 200 otherboot\n" }
    try world.write(reboots.joined(), to: "data/reboots")
  }

  @Test func whenRebootsDoNotHelpItStandsDownAndIsAliveAgain() async throws {
    try await with { world, clock in
      try exhaust(world, clock)
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      let alive = inode(world)
      let outcome = check(world, clock)
      #expect(outcome.code == 0)
      #expect(outcome.errors.contains("standing down: problems are only marked, until "))
      #expect(inode(world) != alive, "the device is fed")
      #expect(
        world.text("data/stood-down")?.contains("5 reboots within 86400 s did not help") == true)
      #expect(world.events() == ["restart", "restart", "stood-down"])
      clock.advance(1)
      let told = check(world, clock)
      #expect(told.code == 0 && told.errors.contains("until watchdog-chain resume"))
      for _ in 0..<3 {
        clock.advance(1)
        let later = check(world, clock)
        #expect(later.code == 0 && later.errors == "")
      }
      #expect(lines(world, "runs") == 2 && lines(world, "data/reboots") == 5)
      #expect(!world.exists("run/reboot-due"))
    }
  }

  @Test func aPersonLetsItBeginAtTheLowestRungAgain() async throws {
    try await with { world, clock in
      try exhaust(world, clock)
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      _ = check(world, clock)
      #expect(world.exists("data/stood-down"))
      clock.advance(1)
      let dry = world.run("watchdog-chain", "resume", "--dry-run", at: clock)
      #expect(dry.code == 0 && dry.output.hasPrefix("would solve problems again, after: "))
      #expect(world.exists("data/stood-down"))
      #expect(world.run("watchdog-chain", "resume", at: clock).code == 0)
      #expect(world.names("data") == ["incidents.jsonl"])
      #expect(world.events().last == "resumed")
      watch(5, world, &clock)
      #expect(lines(world, "runs") == 2, "the problem has its full time from then on")
      clock.advance(0.5)
      try await restart(3, world, &clock)
      #expect(lines(world, "data/restarts") == 1)
      let again = world.run("watchdog-chain", "resume", at: clock)
      #expect(again.output.contains("nothing to do") && again.code == 0)
    }
  }

  @Test func aPersonTakesBackAReboot() async throws {
    try await with { world, clock in
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      #expect(check(world, clock).code == 75)
      clock.advance(1)
      #expect(world.run("watchdog-chain", "resume", at: clock).code == 0)
      #expect(!world.exists("run/reboot-due"))
      #expect(check(world, clock).code == 0)
      #expect(lines(world, "runs") == 2)
    }
  }

  // MARK: Hold

  @Test func onHoldNothingIsRestartedAndAfterwardsProblemsHaveTheirFullTime() async throws {
    try await with { world, clock in
      let outcome = world.run("watchdog-chain", "hold", "10s", "new disk", at: clock)
      #expect(
        outcome.code == 0 && outcome.output.hasPrefix("Nothing is restarted for 10 s, until "))
      #expect(world.incidents().map { $0["why"] } == ["for 10 s: new disk"])
      let begun = Int(clock.monotonic)
      #expect(world.text("run/hold") == "\(begun) \(begun + 10)\nnew disk\n")
      for _ in 0..<15 {
        #expect(check(world, clock).code == 0)
        clock.advance(1)
      }
      #expect(lines(world, "runs") == 0)
      clock.advance(0.5)
      check(world, clock)
      #expect(await world.waits(upTo: 10) { lines(world, "runs") == 1 })
    }
  }

  @Test func aHoldCanBeEndedSooner() async throws {
    try await with { world, clock in
      world.run("watchdog-chain", "hold", "24h", at: clock)
      watch(3, world, &clock)
      let dry = world.run("watchdog-chain", "hold", "--end", "--dry-run", at: clock)
      #expect(dry.output == "would end the hold: no reason was given\n")
      let end = world.run("watchdog-chain", "hold", "--end", at: clock)
      #expect(end.code == 0 && end.output == "The hold is over.\n")
      #expect(
        world.run("watchdog-chain", "hold", "--end", at: clock).output == "There is no hold.\n")
      watch(5, world, &clock)
      #expect(lines(world, "runs") == 0)
      clock.advance(0.5)
      check(world, clock)
      #expect(await world.waits(upTo: 10) { lines(world, "runs") == 1 })
    }
  }

  /// Who works on a box that is about to reboot has the time for it.
  @Test func aHoldKeepsABoxFromBeingRebooted() async throws {
    try await with { world, clock in
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      #expect(check(world, clock).code == 75)
      world.run("watchdog-chain", "hold", "60", at: clock)
      clock.advance(1)
      #expect(check(world, clock).code == 0)
    }
  }

  static let times = [
    ("90", "90"), ("90s", "90"), ("15m", "900"), ("2h", "7200"), ("24h", "86400"),
    ("86400", "86400"),
  ]

  @Test(arguments: times)
  func aTimeIsWrittenAsPeopleDo(word: String, seconds: String) async throws {
    try await World.withPrograms { world in
      let outcome = world.run("watchdog-chain", "hold", "--dry-run", word, "why")
      #expect(outcome.output == "would restart nothing for \(seconds) s: why\n")
      #expect(world.names("run") == ["problems"])
    }
  }

  @Test(arguments: [
    [], ["0"], ["-1"], ["25h"], ["86401"], ["1441m"], ["soon"], ["15 m"], ["15mm"], ["1.5h"], ["m"],
    ["99999999999999999999"], ["15m", "a", "b"], ["--end", "15m"],
  ])
  func whatIsNoTimeIsAUsageError(words: [String]) async throws {
    try await World.withPrograms { world in
      #expect(world.run("watchdog-chain", ["hold"] + words).code == 64)
      #expect(world.names("run") == ["problems"])
    }
  }
}
