import Foundation
import TestSupport
import Testing

/// What check-solutions does when restarting everything does not help.
@Suite struct CheckSolutionsLadderTests: UnmendableBox {
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
        "2 restarts of the system did not help: problem web has been unsolved for more than 5 s"
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
      #expect(
        outcome.errors.contains("the reboot is called off, because nothing needs it any more"))
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
        #expect(outcome.errors.contains("problem web has been unsolved for more than 5 s: "))
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
      #expect(outcome.output.hasPrefix("would have the watchdog device reboot the box: "))
      #expect(world.snapshot(".") == before)
    }
  }
}
