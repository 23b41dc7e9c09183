import Foundation
import TestSupport
import Testing

/// `watchdog-chain accept`: a boot in which all is well is accepted, once.
@Suite struct AcceptTests {
  /// A world with a heart that beats, and a boot-good that notes its runs.
  private func with(
    _ script: String = "", _ test: (World, inout FakeClock) throws -> Void
  ) async throws {
    try await World.with { world in
      try world.heart("web", "300 300\n")
      try world.write("60\n", to: "etc/accept-after")
      try world.write("3600\n", to: "etc/chain/mark-problems")
      try world.script("etc/boot-good", "echo x >>\(world.path)/runs\n\(script)")
      var clock = FakeClock(realtime: Date().timeIntervalSince1970)
      world.run("mark-problems", at: clock)
      world.date("run/beats/web", clock.realtime)
      try test(world, &clock)
    }
  }

  @discardableResult
  private func accept(_ world: World, _ clock: FakeClock, _ words: String...) -> Outcome {
    world.run("watchdog-chain", ["accept"] + words, at: clock)
  }

  private func runs(_ world: World) -> Int {
    world.text("runs")?.split(separator: "\n").count ?? 0
  }

  private func status(_ world: World, _ clock: FakeClock) -> String {
    world.run("watchdog-chain", "status", at: clock).output
  }

  @Test func `without either executable nothing is done`() async throws {
    try await World.with { world in
      let outcome = world.run("watchdog-chain", "accept")
      #expect(outcome.code == 0 && !world.exists("run"))
      #expect(!world.run("watchdog-chain", "status").output.contains("accepted"))
    }
  }

  @Test func `a boot is accepted once, when all has been well for a while`() async throws {
    try await with { world, clock in
      accept(world, clock)
      #expect(runs(world) == 0 && status(world, clock).contains("is not accepted yet: all has"))
      clock.advance(59)
      accept(world, clock)
      #expect(runs(world) == 0)
      clock.advance(1.5)
      #expect(accept(world, clock, "--dry-run").output.hasPrefix("would run "))
      #expect(runs(world) == 0)
      accept(world, clock)
      clock.advance(60)
      accept(world, clock)
      #expect(runs(world) == 1 && world.events() == ["accepted"])
      #expect(status(world, clock).contains("this boot was accepted\n"))
      let json = world.run("watchdog-chain", "status", "--json", at: clock).output
      #expect(json.contains("\"accepted\": true") && json.contains("\"not-accepted\": null"))
      #expect(
        world.run("watchdog-chain", "metrics", at: clock).output
          .contains("watchdog_chain_boot_accepted 1\n"))
    }
  }

  @Test func `another boot is another matter`() async throws {
    try await with { world, clock in
      accept(world, clock)
      clock.advance(61)
      accept(world, clock)
      try world.write("other 0.000000000\n", to: "run/boot")
      accept(world, clock)
      #expect(runs(world) == 1 && status(world, clock).contains("is not accepted yet"))
      clock.advance(61)
      accept(world, clock)
      #expect(runs(world) == 2)
    }
  }

  @Test func `what is wrong in between begins the time anew, also unseen`() async throws {
    try await with { world, clock in
      accept(world, clock)
      clock.advance(50)
      world.run("mark-problems", "--mark", "disk", "it is full", at: clock)
      accept(world, clock)
      #expect(status(world, clock).contains("is not accepted yet: problem disk, for "))
      try world.remove("run/problems/disk")
      clock.advance(20)
      accept(world, clock)
      clock.advance(50)
      // One that nobody sees.
      world.run("mark-problems", "--mark", "disk", "it is full", at: clock)
      try world.remove("run/problems/disk")
      clock.advance(20)
      accept(world, clock)
      clock.advance(59)
      accept(world, clock)
      #expect(runs(world) == 0)
      clock.advance(2)
      accept(world, clock)
      #expect(runs(world) == 1)
    }
  }

  @Test func `a heart that has not beaten, and a hold, are waited for`() async throws {
    try await with { world, clock in
      world.date("run/beats/web", 0)
      for _ in 0..<2 {
        accept(world, clock)
        clock.advance(61)
      }
      #expect(status(world, clock).contains("is not accepted yet: web has not beaten yet"))
      world.date("run/beats/web", clock.realtime)
      world.run("watchdog-chain", "hold", "10m", at: clock)
      for _ in 0..<2 {
        accept(world, clock)
        clock.advance(61)
      }
      #expect(runs(world) == 0)
    }
  }

  @Test func `one that refuses, hangs or was killed is asked again`() async throws {
    try await with("[ -e ../go ] || { echo no; exit 3; }") { world, clock in
      try world.script(
        "etc/boot-good",
        "echo x >>\(world.path)/runs\n[ -e \(world.path)/go ] || { echo not now; exit 3; }")
      accept(world, clock)
      clock.advance(61)
      let outcome = accept(world, clock)
      #expect(outcome.code == 75 && outcome.errors.contains("ended with exit code 3: not now"))
      #expect(status(world, clock).contains("ended with exit code 3: not now"))
      try world.write("", to: "go")
      accept(world, clock)
      #expect(runs(world) == 2 && world.events() == ["accepted"])
    }
    try await with("sleep 1000") { world, clock in
      try world.write("1\n", to: "etc/accept-time")
      accept(world, clock)
      clock.advance(61)
      #expect(accept(world, clock).errors.contains("did not exit within 1 s and was killed"))
      #expect(world.events().isEmpty)
    }
  }

  @Test func `one that others could have written is not run, and check says so`() async throws {
    try await with { world, clock in
      world.setPermissions("etc/boot-good", 0o777)
      accept(world, clock)
      clock.advance(61)
      #expect(accept(world, clock).code == 77 && runs(world) == 0)
      let check = world.run("watchdog-chain", "check", at: clock).output
      #expect(check.contains("boot-good: ") && check.contains("others can write to it"))
    }
  }
}
