import Foundation
import TestSupport
import Testing

/// watchdog-chain report: what it counts, to the millisecond.
@Suite struct ReportTests {
  @Test func `an incident counts from the last beat until the next one`() async throws {
    try await World.with { world in
      try world.promise("web")
      try world.remember(
        [
          Past.line(1025, "noticed", "web", ["since": 1000, "deadline": 1010]),
          Past.line(
            1032, "solved", "web",
            ["noticed": 1025, "began": 1026, "started": 1028, "beat": 1031.5]),
        ])
      let report = try world.report()
      let web = try Past.heart(report)
      #expect(Past.number(report, "recorded") == 86_400)
      #expect(Past.number(web, "to-notice", "median") == 25)
      #expect(Past.number(web, "to-recover", "worst") == 6.5)
      #expect(Past.number(web, "availability", "down") == 31.5)
      // 31.5 of 86,400 seconds; 5 - log10(31.5) is 3.5017.
      #expect(Past.number(web, "availability", "percent") == 99.9635)
      #expect(Past.number(web, "availability", "nines") == 3.5)
      let incident = try #require(Past.incidents(web).first)
      #expect(incident["since"] as? String == "2027-01-15T08:16:40.000Z")
      #expect(incident["until"] as? String == "2027-01-15T08:17:11.500Z")
      #expect(incident["end"] as? String == "solved")
      #expect(
        Past.sentences(report) == [
          "noticing takes 25.0 s of the 31.5 s that it was down: a smaller limit in "
            + "hearts/web (now 10 s)"
        ])
    }
  }

  /// 5 - log10(seconds down per day), cut off: 10 s a day are four nines, a millisecond more is less.
  @Test(arguments: [
    (1, 5.0), (1.001, 4.9), (10, 4.0), (10.001, 3.9), (100, 3.0), (864, 2.0), (31.622, 3.5),
    (31.623, 3.4), (0.001, 8.0), (43_200, 0.3),
  ])
  func `nines are counted as the talk does`(down: Double, nines: Double) async throws {
    try await World.with { world in
      try world.promise("web")
      try world.remember(
        [
          Past.line(1000, "noticed", "web"),
          Past.line(1000 + down, "solved", "web", ["noticed": 1000]),
        ])
      let web = try Past.heart(world.report())
      #expect(Past.number(web, "availability", "down") == down)
      #expect(Past.number(web, "availability", "nines") == nines)
    }
  }

  @Test func `the median is the middle, and the worst is the longest`() async throws {
    try await World.with { world in
      try world.promise("web")
      let times: [Double] = [4, 1, 100, 2]
      try world.remember(
        times.enumerated().flatMap { number, time in
          let begin = Double(number + 1) * 5000
          return [
            Past.line(begin, "noticed", "web"),
            Past.line(begin + time, "solved", "web", ["noticed": begin]),
          ]
        })
      let web = try Past.heart(world.report())
      #expect(Past.number(web, "to-recover", "median") == 3)
      #expect(Past.number(web, "to-recover", "worst") == 100)
      #expect(Past.number(web, "availability", "down") == 107)
    }
  }

  @Test func `time that two incidents share counts once`() async throws {
    try await World.with { world in
      try world.promise("web")
      // It was started at 1008, counted as solved at 1010, and never beat.
      try world.remember(
        [
          Past.line(1000, "noticed", "web"),
          Past.line(1010, "solved", "web", ["noticed": 1000, "started": 1008]),
          Past.line(1108, "noticed", "web", ["since": 1008]),
          Past.line(1120, "solved", "web", ["noticed": 1108]),
        ])
      let web = try Past.heart(world.report())
      #expect(Past.incidents(web).count == 2)
      #expect(Past.number(web, "availability", "down") == 120)
    }
  }

  @Test func `what is not solved counts until now`() async throws {
    try await World.with { world in
      try world.promise("web")
      try world.remember([Past.line(86_000, "noticed", "web", ["since": 85_900])])
      let unknown = try Past.heart(world.report())
      #expect(Past.number(unknown, "availability", "down") == 500, "nobody could look")
      #expect(unknown["down-now"] as? Bool == true)
      // The chain runs, and knows of no problem: somebody removed it without a word.
      try FileManager.default.createDirectory(
        at: world.problems, withIntermediateDirectories: true)
      let removed = try Past.heart(world.report())
      #expect(removed["down-now"] as? Bool == false)
      #expect(Past.number(removed, "availability", "down") == 100, "only what is known")
      try world.write("mark-problems\nlate\n", to: "run/problems/web")
      #expect(try Past.number(Past.heart(world.report()), "availability", "down") == 500)
      // A problem whose line was lost, because the disk was full.
      try world.write("smart\nill\n", to: "run/problems/disk")
      world.date("run/problems/disk", Past.end - 60)
      let disk = try Past.heart(world.report(), "disk")
      #expect(Past.number(disk, "availability", "down") == 60)
      #expect(disk["heart"] as? Bool == false)
    }
  }

  @Test func `only the part within the time counts`() async throws {
    try await World.with { world in
      try world.promise("web")
      try world.remember(
        [
          Past.line(100, "noticed", "web"), Past.line(110, "solved", "web", ["noticed": 100]),
          Past.line(82_700, "noticed", "web"),
          Past.line(82_900, "solved", "web", ["noticed": 82_700]),
        ])
      let report = try world.report("--since", "1h")
      #expect(report["since"] as? String == "2027-01-16T07:00:00.000Z")
      let web = try Past.heart(report)
      #expect(Past.incidents(web).count == 1)
      #expect(Past.number(web, "availability", "down") == 100)
      #expect(Past.number(web, "to-recover", "worst") == 200, "how long it took is told whole")
      #expect(try Past.incidents(Past.heart(world.report("--since", "2027-01-15"))).count == 2)
    }
  }

  @Test func `a heart that never failed has no number of nines`() async throws {
    try await World.with { world in
      try world.promise("web")
      let report = try world.report()
      let web = try Past.heart(report)
      #expect(Past.number(web, "availability", "percent") == 100)
      #expect((web["availability"] as? [String: Any])?["nines"] is NSNull)
      // Nothing was ever written down: it is known since the heart was promised, or since the boot.
      #expect(try #require(Past.number(report, "recorded")) <= 86_400)
      #expect(
        world.run("watchdog-chain", "report", at: Past.now).output.contains("Nothing was down."))
    }
  }
}
