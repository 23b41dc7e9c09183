import Foundation
import TestSupport
import Testing

/// In place of standing down.
@Suite struct RollBackTests: UnmendableBox {
  /// A box on which five reboots did not help, at its last rung.
  private func atItsEnd(
    _ script: String = "", _ test: (World, inout FakeClock) async throws -> Void
  ) async throws {
    try await with { world, clock in
      world.awaitClerk()
      let reboots = (1...5).map { "\(80_000 + 1000 * $0).000000000 ladder boot\($0)\n" }
      try world.write(
        "boot5 0.000000000 90000.000000000\n\(reboots.joined())", to: "data/reboots")
      try? world.remove("run/reboots")
      try world.script("etc/roll-back", "echo $WATCHDOG_HEART >>\(world.path)/back\n\(script)")
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      #expect(check(world, clock).errors.contains("/roll-back is to be run\n"))
      try await test(world, &clock)
    }
  }

  private func accept(_ world: World, _ clock: FakeClock) -> Outcome {
    world.run("watchdog-chain", "accept", at: clock)
  }

  @Test func `the box goes back, and is left to its device once more`() async throws {
    try await atItsEnd { world, clock in
      clock.advance(1)
      #expect(check(world, clock).code == 0 && !world.exists("run/stood-down"))
      let outcome = accept(world, clock)
      #expect(outcome.code == 0 && world.text("back") == "web\n", "\(outcome.errors)")
      // Again, as if the first one had been killed before it noted that.
      let note = try #require(world.text("run/roll-back")).replacing("done", with: "due")
      try world.write(note, to: "run/roll-back")
      _ = accept(world, clock)
      #expect(world.text("back") == "web\n")
      #expect(world.text("data/rolled-back")?.contains("5 reboots within 86400 s") == true)
      clock.advance(1)
      #expect(await reboot(world, &clock).code == 75)
      #expect(
        world.events().suffix(2) == ["rolled-back", "reboot"] && !world.exists("run/stood-down"))
      #expect(
        world.run("watchdog-chain", "status", at: clock).output.contains("roll-back was run at "))
    }
  }

  @Test func `one that was killed before it ended is run again`() async throws {
    try await atItsEnd("[ -e go ] || kill -9 $PPID") { world, clock in
      try world.script(
        "etc/roll-back",
        "echo x >>\(world.path)/back\n[ -e \(world.path)/go ] || kill -9 $PPID")
      _ = accept(world, clock)
      #expect(!world.exists("data/rolled-back"))
      try world.write("", to: "go")
      _ = accept(world, clock)
      #expect(world.text("back") == "x\nx\n" && world.exists("data/rolled-back"))
    }
  }

  @Test func `one that fails, or did not help before, lets the box stand down`() async throws {
    for isSecond in [false, true] {
      try await atItsEnd("echo no slot; exit 1") { world, clock in
        if isSecond {
          try world.write("boot5 89000.000000000\nthen: why\n", to: "data/rolled-back")
        }
        let outcome = accept(world, clock)
        #expect(outcome.errors.contains(isSecond ? "did not help: then: why" : "no slot"))
        #expect(world.exists("back") == !isSecond)
        clock.advance(1)
        #expect(check(world, clock).errors.contains(": standing down: "))
        #expect(world.text("run/stood-down")?.contains("; roll-back: ") == true)
        #expect(world.events().last == "stood-down")
      }
    }
  }

  @Test func `where nothing runs it the box stands down after five minutes`() async throws {
    try await atItsEnd { world, clock in
      clock.advance(290)
      watch(3, world, &clock)
      #expect(!world.exists("run/stood-down"))
      clock.advance(10)
      watch(6, world, &clock)
      #expect(world.text("run/stood-down")?.contains("; roll-back was not run") == true)
    }
  }

  @Test func `it is not run when the problem is over, during a hold, or after resume`()
    async throws
  {
    try await atItsEnd { world, clock in
      let note = try #require(world.text("run/roll-back"))
      world.run("watchdog-chain", "hold", "10m", at: clock)
      _ = accept(world, clock)
      #expect(!world.exists("run/roll-back"))
      world.run("watchdog-chain", "hold", "--end", at: clock)
      try world.write(note, to: "run/roll-back")
      world.run("watchdog-chain", "resume", at: clock)
      try world.write("x", to: "run/reboot-due")
      world.run("watchdog-chain", "resume", at: clock)
      #expect(!world.exists("run/roll-back"))
      try world.write(note, to: "run/roll-back")
      try world.remove("run/problems/web")
      _ = accept(world, clock)
      #expect(!world.exists("run/roll-back") && !world.exists("back"))
    }
  }
}
