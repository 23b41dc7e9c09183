import Foundation
import TestSupport
import Testing

/// watchdog-chain report, and records that nobody would write on purpose.
@Suite struct ReportRecordTests {
  @Test func `a clock change makes nothing longer`() async throws {
    try await World.with { world in
      try world.promise("web")
      // Set back by an hour while it is down for 30 s, then forward by 56 years.
      try world.remember(
        [
          Past.line(1000, "noticed", "web", clock: -1_767_000_000, ["since": 980]),
          Past.line(1030, "solved", "web", ["noticed": 1000]),
          Past.line(9000, "noticed", "web", clock: 3600, ["since": 8990]),
          Past.line(9005, "solved", "web", ["noticed": 12_600]),
        ])
      let web = try Past.heart(world.report())
      #expect(Past.incidents(web).count == 2)
      #expect(Past.number(web, "availability", "down") == 65)
      #expect(Past.incidents(web).first?["since"] as? String == Past.date(980))
      #expect(Past.incidents(web).last?["since"] as? String == Past.date(8990))
    }
  }

  @Test func `a sleep of the box is not a clock change`() async throws {
    try await World.with { world in
      try world.promise("web")
      // Asleep from 1020 to 50,000: the clock that counts since boot stood still.
      try world.remember([
        Past.line(1000, "noticed", "web", ["since": 990]),
        Past.line(50_010, "solved", "web", uptime: 2030, ["noticed": 1000]),
        Past.line(60_000, "noticed", "web", uptime: 12_020),
        Past.line(60_004, "solved", "web", uptime: 12_024, ["noticed": 60_000]),
      ])
      let report = try world.report(at: FakeClock(realtime: Past.end, monotonic: 38_420))
      let web = try Past.heart(report)
      #expect(Past.incidents(web).last?["since"] as? String == Past.date(60_000))
      #expect(Past.number(web, "availability", "down") == 44, "nobody waits for a box that sleeps")
    }
  }

  @Test func `lines that make no sense are skipped`() async throws {
    try await World.with { world in
      try world.promise("web")
      let date = Past.date(5000)
      try world.remember(
        [
          "torn {\"time\": \"2027", "{}", "[]", "{\"event\": \"solved\", \"name\": \"web\"}",
          Past.line(10, "exploded", "web"), Past.line(10, "noticed", "../web"),
          Past.line(20, "solved", "gone"), Past.line(20, "failed", "gone"),
          "{\"time\": \"\(date)\", \"uptime\": 99999999999.000, \"event\": \"note\"}",
          "{\"time\": \"9999-12-31T23:59:59Z\", \"uptime\": 1.000, \"event\": \"hold\", \"seconds\": 99}",
          "{\"time\": \"1970-01-01T00:00:00Z\", \"event\": \"reboot\"}",
          Past.line(6000, "hold", details: "\"seconds\": 18446744073709551615"),
          Past.line(6000, "hold", details: "\"seconds\": \"for\""),
          Past.line(7000, "noticed", "web", ["since": 9000]),
          Past.line(7010, "solved", "web", ["noticed": 8000, "beat": 9000]),
          "{\"time\"",
        ])
      let web = try Past.heart(world.report())
      #expect(Past.incidents(web).count == 1)
      #expect(Past.number(web, "availability", "down") == 10)
      for words in [["report"], ["report", "--html", "-"]] {
        #expect(world.run("watchdog-chain", words, at: Past.now).code == 0)
      }
    }
  }

  @Test func `the older file counts, and what was compressed ends the record`() async throws {
    try await World.with { world in
      try world.promise("web")
      try world.write(
        [Past.line(1000, "noticed", "web"), Past.line(1010, "solved", "web", ["noticed": 1000])]
          .map { "\($0)\n" }.joined(), to: "data/incidents.jsonl.1")
      try world.write(
        [Past.line(2000, "noticed", "web"), Past.line(2020, "solved", "web", ["noticed": 2000])]
          .map { "\($0)\n" }.joined(), to: "data/incidents.jsonl")
      let whole = try world.report()
      #expect(try Past.number(Past.heart(whole), "availability", "down") == 30)
      #expect(Past.number(whole, "recorded") == 86_400, "since the heart was promised")
      try world.write("", to: "data/incidents.jsonl.2.gz")
      #expect(
        try Past.number(world.report(), "recorded") == 85_400, "since the first line that is left")
    }
  }

  @Test func `times that make no sense are refused`() async throws {
    try await World.with { world in
      for word in [
        "", "0", "-1", "5w", "1h30", "2026-11-31", "2099-01-01", "99999999999999999999d",
      ] {
        let outcome = world.run("watchdog-chain", "report", "--since", word, at: Past.now)
        #expect(outcome.code == 64 && outcome.errors.contains("see watchdog-chain report --help"))
      }
      for word in ["90", "90s", "15m", "24h", "30d", "2027-01-01", "2027-01-15T10:00:00Z"] {
        #expect(
          world.run("watchdog-chain", "report", "--since", word, at: Past.now).code == 0, "\(word)")
      }
      #expect(world.run("watchdog-chain", "report", "--json", "--html", "-").code == 64)
    }
  }
}
