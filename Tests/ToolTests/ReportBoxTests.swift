import Foundation
import TestSupport
import Testing

/// How much of the time the box was down, and whose doing it was.
@Suite struct ReportBoxTests {
  @Test func `a reboot counts from its reason until the next boot`() async throws {
    try await World.with { world in
      try world.promise("web")
      try world.promise("db")
      let why = "3 restarts of the system within 900 s did not help: nothing names a problem here"
      try world.remember(
        [
          Past.line(1, "note", boot: "aaaaaaaa", uptime: 1001),
          Past.line(2000, "noticed", "db", boot: "aaaaaaaa", uptime: 3000),
          Past.line(
            2030, "restart", boot: "aaaaaaaa", uptime: 3030, details: "\"problem\": \"db\""),
          Past.line(
            2060, "reboot", boot: "aaaaaaaa", uptime: 3060, why: why,
            details: "\"problem\": \"db\""),
          // The feeder says so too.
          Past.line(2070, "not-fed", boot: "aaaaaaaa", uptime: 3070),
          // 50 s after the kernel of the next boot began, which was at 2150.
          Past.line(2200, "note", uptime: 50),
        ].map { $0 })
      let report = try world.report(at: FakeClock(realtime: Past.end, monotonic: 84_250))
      #expect(
        try Past.number(Past.heart(report), "availability", "down") == 90, "down with the box")
      #expect(try Past.incidents(Past.heart(report)).isEmpty)
      let db = try Past.heart(report, "db")
      #expect(Past.number(db, "availability", "down") == 150)
      #expect(Past.incidents(db).first?["end"] as? String == "reboot")
      let box = try #require(report["box"] as? [String: Any])
      #expect(Past.number(box, "availability", "down") == 90)
      #expect((box["reboots"] as? [[String: Any]])?.last?["until"] as? String == Past.date(2150))
      #expect(
        Past.sentences(report, "db").contains {
          $0.hasPrefix("restart-system was needed once for it: write solutions/db")
        })
      #expect(Past.sentences(report, nil).contains { $0.contains("because nothing mended db") })
    }
  }

  /// Whatever the sentence says: the ladder is to blame for what the ladder did, and the chain for not feeding only.
  @Test func `the ladder is blamed for its reboots, and the chain for its own`() async throws {
    func advice(_ lines: [String]) async throws -> [String] {
      var sentences: [String] = []
      try await World.with { world in
        try world.promise("web")
        try world.remember(
          [Past.line(100, "note", boot: "aaaaaaaa", uptime: 1100)] + lines
            + [Past.line(2200, "note", uptime: 100)])
        let clock = FakeClock(realtime: Past.end, monotonic: 84_300)
        // The record of this test begins in a boot of which nobody wrote down how it ended.
        sentences = try Past.sentences(world.report(at: clock), nil).filter {
          $0.hasPrefix("it was rebooted ")
        }
      }
      return sentences
    }
    let hangs = "restart-system runs for longer than 120 s and was killed"
    let reboot = Past.line(
      2000, "reboot", boot: "aaaaaaaa", uptime: 3000, why: hangs,
      details: "\"problem\": \"web\"")
    let old = Past.line(2000, "reboot", boot: "aaaaaaaa", uptime: 3000, why: hangs)
    let stale = Past.line(
      2010, "not-fed", boot: "aaaaaaaa", uptime: 3010, why: "problem web is a word")
    let ladder = try await advice([reboot, stale])
    #expect(ladder.count == 1 && ladder[0].contains("because nothing mended web"), "\(ladder)")
    let unnamed = try await advice([old, stale])
    #expect(
      unnamed.count == 1 && unnamed[0].contains("because restarting everything did not help"),
      "\(unnamed)")
    let chain = try await advice([stale])
    #expect(chain.count == 1 && chain[0].contains("because its chain was broken"), "\(chain)")
    let earlier = Past.line(1990, "not-fed", boot: "aaaaaaaa", uptime: 2990)
    let both = try await advice([earlier, reboot])
    #expect(both.count == 1 && both[0].contains("because nothing mended web"), "\(both)")
  }

  @Test func `a reboot test is a reason and no broken chain`() async throws {
    try await World.with { world in
      try world.promise("web")
      try world.remember(
        [
          Past.line(100, "note", boot: "aaaaaaaa", uptime: 1100),
          Past.line(2000, "reboot-test", boot: "aaaaaaaa", uptime: 3000, why: "a test"),
          Past.line(2010, "not-fed", boot: "aaaaaaaa", uptime: 3010),
          Past.line(2200, "note", uptime: 100),
        ])
      let report = try world.report(at: FakeClock(realtime: Past.end, monotonic: 84_300))
      let box = try #require(report["box"] as? [String: Any])
      let last = try #require((box["reboots"] as? [[String: Any]])?.last)
      #expect(last["since"] as? String == Past.date(2000))
      #expect(last["why"] as? String == "a test")
      #expect(Past.number(box, "availability", "down") == 100)
      #expect(!Past.sentences(report, nil).contains { $0.contains("chain was broken") })
    }
  }

  @Test func `a boot without a reason is counted but not as down`() async throws {
    try await World.with { world in
      try world.promise("web")
      try world.remember(
        [
          Past.line(100, "not-fed", boot: "aaaaaaaa", uptime: 1100),
          // It was fed again, but that could not be written; the box lived on.
          Past.line(2000, "note", boot: "aaaaaaaa", uptime: 3000),
          Past.line(50_000, "note", uptime: 100),
        ])
      let report = try world.report(at: FakeClock(realtime: Past.end, monotonic: 36_500))
      let box = try #require(report["box"] as? [String: Any])
      let last = try #require((box["reboots"] as? [[String: Any]])?.last)
      #expect(last["since"] is NSNull)
      #expect(Past.number(box, "availability", "down") == 0)
    }
  }

  @Test func `time on hold is downtime and is shown apart`() async throws {
    try await World.with { world in
      try world.promise("web")
      try world.remember(
        [
          Past.line(1000, "hold", why: "new disks", details: "\"seconds\": 900"),
          Past.line(1100, "noticed", "web"),
          Past.line(1500, "hold", why: "new disks", details: "\"seconds\": null"),
          Past.line(1600, "solved", "web", ["noticed": 1100]),
        ])
      let web = try Past.heart(world.report())
      #expect(Past.number(web, "availability", "down") == 500)
      #expect(Past.number(web, "held") == 400)
    }
  }
}
