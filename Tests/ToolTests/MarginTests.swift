import Foundation
import TestSupport
import Testing

/// How close something came to its limit, from the vigil in which it is noted to the sentences about it.
@Suite struct MarginTests {
  /// A heart that beat each eight of its ten seconds, in the last seconds of a day; and one that beats well.
  private func with(_ test: (World, inout FakeClock) throws -> Void) async throws {
    try await World.with { world in
      for name in ["web", "well"] { try world.heart(name, "10\n") }
      // 23:59:30 on 2027-01-15.
      var clock = FakeClock(realtime: 1_800_057_570, monotonic: 500)
      world.run("mark-problems", at: clock)
      for second in 0..<18 {
        clock.advance(1)
        if second % 8 == 0 { world.date("run/beats/web", clock.realtime - 0.25) }
        world.date("run/beats/well", clock.realtime - 0.25)
        #expect(world.run("mark-problems", at: clock).code == 0)
      }
      try test(world, &clock)
    }
  }

  @Test func `the largest age of a day is noted, and nothing of a heart that is far from late`()
    async throws
  {
    try await with { world, _ in
      let lines = try #require(world.text("run/vigils/mark-problems")).split(separator: "\n")
      #expect(lines.dropFirst().map { $0.prefix(14) } == [".web 20833 7.2"], "\(lines)")
      #expect(world.names(in: "run/problems").isEmpty)
    }
  }

  @Test func `status tells it to programs`() async throws {
    try await with { world, clock in
      let json = world.run("watchdog-chain", "status", "--json", at: clock).output
      #expect(json.contains("\"closest-today\": 7.2"), "\(json)")
      #expect(json.contains("\"closest-today\": null"))
    }
  }

  @Test func `a day that is over is carried to the disk, and told when nothing here knows it`()
    async throws
  {
    try await with { world, clock in
      #expect(!world.exists("data/margins-hearts"))
      for _ in 0..<14 {
        clock.advance(1)
        for name in ["web", "well"] { world.date("run/beats/\(name)", clock.realtime - 0.25) }
        world.run("mark-problems", at: clock)
      }
      #expect(world.text("data/margins-hearts")?.hasPrefix("web 20833 7.2") == true)
      try world.remove("run/vigils/mark-problems")
      let words = world.run("watchdog-chain", "report", at: clock).output
      #expect(words.contains("  web came to 7.2 of its 10 s on 2027-01-15\n"), "\(words)")
    }
  }

  @Test func `check speaks of what was nearly too late, as long as the limit is the same`()
    async throws
  {
    try await World.withBox { world in
      let today = Int(Date().timeIntervalSince1970) / 86_400
      let lines = ["web \(today) 27.0", "web \(today) 20.0"].map { "\($0)00000000 30.000000000\n" }
      for (line, isSaid) in zip(lines, [true, false]) {
        try world.write(line, to: "data/margins-hearts")
        #expect(world.check().output.contains("web came to 27.0 of its 30 s on ") == isSaid)
      }
      try world.write(lines[0], to: "data/margins-hearts")
      try world.heart("web", "60 120\n")
      #expect(!world.check().output.contains("came to"))
      try world.write(
        "device \(today) 70.500000000 75.000000000\nmark-problems \(today) 9.000000000 10.000000000\n",
        to: "data/margins-chain")
      let words = world.check().output
      #expect(words.contains("the device came to 70.5 of its 75 s on "), "\(words)")
      #expect(words.contains("chain/mark-problems: mark-problems came to 9.0 of its 10 s on "))
    }
  }

  @Test(arguments: ["web\n", "web x 1 2\n", "web 99999999999 1.000000000 2.000000000\n", "\u{0}"])
  func `rubbish is no margin`(text: String) async throws {
    try await World.with { world in
      try world.write(text, to: "data/margins-hearts")
      let outcome = world.run("watchdog-chain", "report")
      #expect(outcome.code == 0 && !outcome.output.contains("came to"))
    }
  }
}
