import Foundation
import TestSupport
import Testing

/// What check-solutions does when restarting everything does not help, and how people intervene.
@Suite struct CheckSolutionsLadderTests {
  /// A world with an armed device whose restart-system notes its runs and mends nothing, with a problem that is too old
  /// at the next look of check-solutions.
  private func with(
    uptime: Double = 3600, _ test: (World, inout FakeClock) async throws -> Void
  ) async throws {
    try await World.withPrograms { world in
      try world.write("5\n", to: "etc/solve-within")
      try world.write("2\n", to: "etc/restarts-before-reboot")
      try world.script("etc/restart-system", "echo $$ >>\(world.root.path)/runs")
      try world.program("web")
      // As a feeder notes it that feeds what only stands in for a device.
      try world.write("stand-in \(world.root.path)/device\n", to: "run/armed-device")
      var clock = FakeClock(monotonic: uptime)
      watch(10, world, &clock)
      try world.problem("web", at: clock)
      watch(6, world, &clock)
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
  private func check(_ world: World, _ clock: FakeClock) -> Outcome {
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
    watch(6, world, &clock)
    world.awaitClerk()
  }

  private func lines(_ world: World, _ path: String) -> Int {
    world.text(path)?.split(separator: "\n").count ?? 0
  }

  /// The restarts of everything that are counted.
  private func restarts(_ world: World) -> Int { max(lines(world, "run/restarts") - 1, 0) }

  /// The reboots that stand on the disk.
  private func reboots(_ world: World) -> Int { max(lines(world, "data/reboots") - 1, 0) }

  /// The run that decides on a reboot, and the one that leaves the box to the device once that is counted.
  private func reboot(_ world: World, _ clock: inout FakeClock) async -> Outcome {
    let decision = check(world, clock)
    #expect(decision.code == 0)
    #expect(decision.errors.contains(": leaving the box to its device once this is counted\n"))
    #expect(await world.waits(upTo: 20) { world.text("run/counted") == "ladder\n" })
    clock.advance(1)
    return check(world, clock)
  }

  // MARK: Restarts and the reboot

  @Test func `when restarts do not help, it is no longer alive`() async throws {
    try await with { world, clock in
      try await restart(1, world, &clock)
      #expect(restarts(world) == 1)
      #expect(world.events() == ["restart"])
      try await restart(2, world, &clock)
      #expect(restarts(world) == 2)
      let outcome = await reboot(world, &clock)
      let alive = world.status("run/alive/check-solutions")?.st_mtim.tv_nsec
      #expect(outcome.code == 75)
      let why =
        "2 restarts of the system did not help: problem web is unsolved for more than 5 s"
      #expect(
        outcome.errors
          == "check-solutions: \(why): waiting for the watchdog device to reboot the box\n")
      #expect(world.text("run/reboot-due")?.hasPrefix("\(why)\n") == true)
      #expect(reboots(world) == 1)
      #expect(world.events() == ["restart", "restart", "reboot"])
      #expect(world.incidents().last?["why"] == why)
      for _ in 0..<3 {
        clock.advance(1)
        let later = check(world, clock)
        #expect(later.code == 75 && later.errors == "", "told once")
      }
      #expect(world.status("run/alive/check-solutions")?.st_mtim.tv_nsec == alive)
      #expect(reboots(world) == 1 && lines(world, "runs") == 2)
    }
  }

  /// A box that came back by itself is not rebooted, and what did not happen does not count.
  @Test func `a reboot that nothing asks for any more is called off`() async throws {
    try await with { world, clock in
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      #expect(await reboot(world, &clock).code == 75)
      clock.advance(71)
      #expect(check(world, clock).code == 75, "there is a problem")
      try FileManager.default.removeItem(at: world.problems.appending(path: "web"))
      clock.advance(1)
      let outcome = check(world, clock)
      #expect(outcome.code == 0)
      #expect(outcome.errors.contains("the reboot is called off, for nothing asks for it any more"))
      #expect(!world.exists("run/reboot-due"))
      #expect(await world.waits(upTo: 20) { world.text("run/counted") == "none\n" })
      #expect(reboots(world) == 0)
    }
  }

  /// It would be no better after a reboot, so that each has to count.
  @Test(arguments: [0o644, nil, 0o775] as [Int?])
  func `a restart-system that cannot be run counts as one that did not help`(mode: Int?)
    async throws
  {
    try await with { world, clock in
      if let mode {
        chmod(world.root.appending(path: "etc/restart-system").path, mode_t(mode))
      } else {
        try world.remove("etc/restart-system")
      }
      for count in 1...2 {
        let outcome = check(world, clock)
        #expect(outcome.code == 0)
        #expect(outcome.errors.contains("problem web is unsolved for more than 5 s: "))
        #expect(restarts(world) == count)
        world.date("run/restart-system", clock.realtime)
        clock.advance(1)
        watch(6, world, &clock)
        #expect(restarts(world) == count, "the problem has its full time once more")
      }
      world.awaitClerk()
      let outcome = await reboot(world, &clock)
      #expect(outcome.code == 75)
      #expect(outcome.errors.contains("restart-system could not be run 2 times: "))
      #expect(reboots(world) == 1 && world.exists("run/reboot-due"))
      #expect(lines(world, "runs") == 0)
    }
  }

  @Test func `restarts that are long ago do not count`() async throws {
    try await with { world, clock in
      try world.write("20\n", to: "etc/restarts-window")
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      // The problem is solved for a while.
      try FileManager.default.removeItem(at: world.problems.appending(path: "web"))
      watch(21, world, &clock)
      try world.problem("web", at: clock)
      watch(6, world, &clock)
      try await restart(3, world, &clock)
      #expect(!world.exists("run/reboot-due"))
    }
  }

  @Test func `right after boot nothing is restarted`() async throws {
    try await with(uptime: 100) { world, clock in
      #expect(clock.monotonic == 116)
      let outcome = check(world, clock)
      #expect(outcome.code == 0)
      #expect(outcome.errors.contains("not restarting the system within 120 s of boot"))
      clock.advance(1)
      #expect(check(world, clock).errors == "", "told once")
      #expect(!world.exists("run/restart-system") && restarts(world) == 0)
      clock.advance(1)
      watch(2, world, &clock)
      #expect(clock.monotonic == 120)
      #expect(lines(world, "runs") == 0)
      check(world, clock)
      #expect(await world.waits(upTo: 10) { lines(world, "runs") == 1 })
    }
  }

  /// A box that cannot count its reboots must not reboot for ever.
  @Test func `an unreadable disk neither prevents restarts nor leads to many reboots`() async throws
  {
    try await with { world, clock in
      try FileManager.default.removeItem(at: world.root.appending(path: "data"))
      try world.write("a file in place of the folder", to: "data")
      try world.remove("run/reboots")
      for number in 1...2 {
        #expect(check(world, clock).code == 0)
        #expect(await world.waits(upTo: 10) { lines(world, "runs") == number })
        #expect(
          await world.waits(upTo: 10) { !world.numbers("runs").contains { World.runs($0) } })
        world.date("run/restart-system", clock.realtime)
        clock.advance(1)
        watch(6, world, &clock)
      }
      #expect(restarts(world) == 2)
      #expect(
        await world.waits(upTo: 20) { world.text("run/counted")?.hasPrefix("cannot\n") == true })
      let outcome = check(world, clock)
      #expect(outcome.code == 0)
      #expect(
        outcome.errors.contains(
          "no reboot before the box has been up for 17280 s, because reboots cannot be counted: unable to open "
        ),
        "\(outcome.errors)")
      clock.advance(1)
      #expect(check(world, clock).errors == "", "told once")
      #expect(!world.exists("run/reboot-due") && lines(world, "runs") == 2)
    }
  }

  @Test func `a dry run names the next rung`() async throws {
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

  /// As if the box had been rebooted five times in its last day of running.
  private func exhaust(_ world: World, _ clock: FakeClock) throws {
    world.awaitClerk()
    let reboots = (1...5).map { "\(80_000 + 1000 * $0).000000000 ladder boot\($0)\n" }
    try world.write(
      "boot5 0.000000000 90000.000000000\n\(reboots.joined())", to: "data/reboots")
    // As if no clerk had read the disk yet.
    try? world.remove("run/reboots")
  }

  @Test func `when reboots do not help, it stands down and is alive again`() async throws {
    try await with { world, clock in
      try exhaust(world, clock)
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      let outcome = check(world, clock)
      #expect(outcome.code == 0, "the device is fed")
      #expect(
        outcome.errors.contains(
          ": standing down: single programs are still mended, a minute apart\n"))
      #expect(world.events() == ["restart", "restart", "stood-down"])
      #expect(await world.waits(upTo: 20) { world.exists("data/stood-down") })
      #expect(
        world.text("data/stood-down")?.contains("5 reboots within 86400 s of running did not help")
          == true)
      clock.advance(1)
      let told = check(world, clock)
      #expect(told.code == 0 && told.errors.contains("the box stood down; single attempts go on"))
      for _ in 0..<3 {
        clock.advance(1)
        let later = check(world, clock)
        #expect(later.code == 0 && later.errors == "")
      }
      #expect(lines(world, "runs") == 2 && reboots(world) == 5)
      #expect(!world.exists("run/reboot-due"))
    }
  }

  @Test func `a person can let it begin at the lowest rung again`() async throws {
    try await with { world, clock in
      try exhaust(world, clock)
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      _ = check(world, clock)
      #expect(await world.waits(upTo: 20) { world.exists("data/stood-down") })
      clock.advance(1)
      let dry = world.run("watchdog-chain", "resume", "--dry-run", at: clock)
      #expect(dry.code == 0 && dry.output.hasPrefix("would solve problems again, after: "))
      #expect(world.exists("data/stood-down"))
      #expect(world.run("watchdog-chain", "resume", at: clock).code == 0)
      #expect(!world.exists("run/stood-down"))
      #expect(
        await world.waits(upTo: 20) { !world.exists("data/stood-down") && reboots(world) == 0 })
      #expect(world.events().last == "resumed")
      world.date("run/resumed", clock.realtime)
      watch(6, world, &clock)
      #expect(lines(world, "runs") == 2, "the problem has its full time from then on")
      try await restart(3, world, &clock)
      #expect(restarts(world) == 1)
      let again = world.run("watchdog-chain", "resume", at: clock)
      #expect(again.output.contains("nothing to do") && again.code == 0)
    }
  }

  @Test func `a person can take back a reboot`() async throws {
    try await with { world, clock in
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      #expect(await reboot(world, &clock).code == 75)
      clock.advance(1)
      #expect(world.run("watchdog-chain", "resume", at: clock).code == 0)
      #expect(!world.exists("run/reboot-due"))
      world.date("run/resumed", clock.realtime)
      #expect(check(world, clock).code == 0)
      #expect(lines(world, "runs") == 2)
    }
  }

  // MARK: Hold

  @Test func `on hold nothing is restarted, and afterwards problems have their full time`()
    async throws
  {
    try await with { world, clock in
      let outcome = world.run("watchdog-chain", "hold", "10s", "new disk", at: clock)
      #expect(outcome.code == 0 && outcome.output.hasPrefix("For 10 s, until "))
      #expect(outcome.output.contains(", nothing is restarted."))
      #expect(world.incidents().map { $0["why"] } == ["new disk"])
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

  @Test func `a hold can be ended sooner`() async throws {
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
  @Test func `a hold keeps a box from being rebooted`() async throws {
    try await with { world, clock in
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      #expect(await reboot(world, &clock).code == 75)
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
  func `a time is written as people write it`(word: String, seconds: String) async throws {
    try await World.withPrograms { world in
      let outcome = world.run("watchdog-chain", "hold", "--dry-run", word, "new disk")
      #expect(outcome.output == "for \(seconds) s nothing is restarted: new disk\n")
      #expect(world.names(in: "run") == ["problems"])
    }
  }

  @Test(arguments: [
    [], ["0"], ["-1"], ["25h"], ["86401"], ["1441m"], ["soon"], ["15 m"], ["15mm"], ["1.5h"], ["m"],
    ["99999999999999999999"], ["15m", "a", "b"], ["--end", "15m", "a"],
  ])
  func `an invalid time is a usage error`(words: [String]) async throws {
    try await World.withPrograms { world in
      #expect(world.run("watchdog-chain", ["hold"] + words).code == 64)
      #expect(world.names(in: "run") == ["problems"])
    }
  }
}
