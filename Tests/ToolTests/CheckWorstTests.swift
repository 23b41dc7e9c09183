import Foundation
import TestSupport
import Testing

/// How long everything takes at the worst, as `check` tells it.
@Suite struct CheckWorstTests {
  @Test func `the worst case is given in seconds`() async throws {
    try await World.withBox { world in
      try world.link("check-solutions", "20\n")
      let output = world.check().output
      #expect(
        output.contains(
          "reset 95 s after a tool of the chain stopped working (chain 20 s + device 75 s)"))
      // 120 + 30 and a look; 30 and three first-beat limits; three times 30, one such limit and 60.
      for line in [
        "program of web, the slowest heart", "  152 s until that is noticed",
        "  550 s until restart-system is run for the first time (never within 120 s of boot)",
        "  1319 s until the box is reset, after 3 runs of restart-system.",
      ] { #expect(output.contains(line), "\(line): \(output)") }
    }
  }

  @Test func `the worst case is that of the slowest heart, by its own settings`() async throws {
    try await World.withBox { world in
      try world.heart("db", "30 119\n")
      try world.script("etc/programs/db", "exec sleep 1000")
      #expect(world.check().output.contains("program of web, the slowest heart"))
      try world.put("40\n", at: "etc/of/db/solve-within")
      let slower = world.check().output
      #expect(slower.contains("program of db, the slowest heart"), "\(slower)")
      #expect(slower.contains("  556 s until restart-system"), "\(slower)")
      // One that stops before counts for what is done for it.
      try world.put("restart\n", at: "etc/of/db/last-step")
      let restarted = world.check().output
      #expect(restarted.contains("  556 s until restart-system"), "\(restarted)")
      #expect(restarted.contains("  1309 s until the box is reset"), "\(restarted)")
      #expect(restarted.contains("runs of restart-system, for web."), "\(restarted)")
      try world.write("restart\n", to: "etc/last-step")
      #expect(world.check().output.contains("and the box is never rebooted for it"))
      try world.write("mark\n", to: "etc/last-step")
      try world.remove("etc/of/db/last-step")
      #expect(world.check().output.contains("No heart has everything restarted"))
      #expect(world.check().code == 0)
    }
  }
}
