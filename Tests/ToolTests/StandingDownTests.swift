import Foundation
import TestSupport
import Testing

/// When reboots do not help either, and how people let the ladder begin again.
@Suite struct StandingDownTests: UnmendableBox {
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
}
