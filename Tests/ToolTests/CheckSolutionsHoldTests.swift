import Foundation
import TestSupport
import Testing

/// On hold the ladder is not climbed.
@Suite struct CheckSolutionsHoldTests: UnmendableBox {
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
}
