import Foundation
import TestSupport
import Testing

/// Holds: of the box, or of one heart.
@Suite struct HoldTests {
  private func with(_ body: (World, inout FakeClock) async throws -> Void) async throws {
    try await World.withPrograms { world in
      for name in ["web", "db"] {
        try world.heart(name, "5\n")
        try world.program(name)
      }
      var clock = FakeClock()
      for tool in ["solve-problems", "check-solutions"] { world.run(tool, at: clock) }
      for name in ["web", "db"] { try world.problem(name, at: clock) }
      clock.advance(1)
      try await body(world, &clock)
    }
  }

  @Test func `a hold of one heart holds that one alone`() async throws {
    try await with { world, clock in
      let outcome = world.run("watchdog-chain", "hold", "15m", "web", at: clock)
      #expect(outcome.code == 0 && outcome.output.contains(", web is not restarted."))
      #expect(outcome.output.hasPrefix("For 15 min, until "))
      #expect(world.exists("run/holds/web") && !world.exists("run/hold"))
      let status = world.run("watchdog-chain", "status", at: clock).output
      #expect(status.contains("restart-system in 15 min"), "\(status)")
      world.run("solve-problems", at: clock)
      #expect(await world.waits(upTo: 20) { world.numbers("runs.db").count == 1 })
      #expect(!world.exists("runs.web") && !world.exists("run/attempts/web"))
      let end = world.run("watchdog-chain", "hold", "--end", "web", at: clock)
      #expect(end.code == 0 && end.output == "The hold is over.\n")
      world.run("solve-problems", at: clock)
      #expect(await world.waits(upTo: 20) { world.numbers("runs.web").count == 1 })
    }
  }

  @Test(arguments: [["--", "new disk"], ["new disk"], []])
  func `a hold of the box holds all`(reason: [String]) async throws {
    try await with { world, clock in
      #expect(world.run("watchdog-chain", ["hold", "15m"] + reason, at: clock).code == 0)
      #expect(
        world.text("run/hold")?.hasSuffix(
          "\n\(reason.last ?? "no reason was given")\n") == true)
      world.run("solve-problems", at: clock)
      #expect(world.names(in: "run/attempts").isEmpty && world.names(in: "run/holds").isEmpty)
    }
  }

  /// As it was before there were holds of hearts.
  @Test func `a word that is no heart is a reason, as it always was`() async throws {
    try await with { world, clock in
      let outcome = world.run("watchdog-chain", "hold", "15m", "maintenance", at: clock)
      #expect(outcome.code == 0 && outcome.output.contains("nothing is restarted"), "\(outcome)")
      #expect(world.text("run/hold")?.hasSuffix("\nmaintenance\n") == true)
      #expect(world.names(in: "run/holds").isEmpty)
    }
  }

  /// A box that stood down and waits for a reboot, on hold, with a data folder that takes nothing.
  @Test(arguments: [true, false])
  func `resume needs no disk and leaves a hold alone`(takesNothing: Bool) async throws {
    try await with { world, clock in
      world.run("watchdog-chain", "hold", "15m", "--", "new disk", at: clock)
      world.awaitClerk()
      if takesNothing {
        try world.remove("data")
        try world.write("a file in place of the folder", to: "data")
      }
      try world.write("it did not help\n", to: "run/stood-down")
      try world.write("it did not help\n", to: "run/reboot-due")
      let hold = world.text("run/hold")
      let outcome = world.run("watchdog-chain", "resume", at: clock)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(!world.exists("run/stood-down") && !world.exists("run/reboot-due"))
      #expect(hold != nil && world.text("run/hold") == hold)
      clock.advance(1)
      world.run("solve-problems", at: clock)
      #expect(world.names(in: "run/attempts").isEmpty, "the hold goes on")
    }
  }

  static let times = [
    ("90", "90 s"), ("90s", "90 s"), ("15m", "15 min"), ("2h", "2 h"), ("5400", "1 h 30 min"),
    ("24h", "1 d"), ("86400", "1 d"),
  ]

  @Test(arguments: times)
  func `a time is written as people write it`(word: String, time: String) async throws {
    try await World.withPrograms { world in
      let outcome = world.run("watchdog-chain", "hold", "--dry-run", word, "new disk")
      #expect(outcome.output == "for \(time) nothing is restarted: new disk\n")
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
