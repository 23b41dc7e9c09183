import Foundation
import TestSupport
import Testing

/// watchdog-chain report: what it counts, to the millisecond.
@Suite struct ReportTests {
  // MARK: Times

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
          "to notice it takes 25.0 s of the 31.5 s that it was down: a smaller limit in "
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

  // MARK: The box

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

  // MARK: Advice

  @Test func `a program that dies regularly is reported as such`() async throws {
    try await World.with { world in
      try world.promise("web")
      try world.remember(
        (1...7).flatMap { number in
          let begin = Double(number) * 10_800 + Double(number % 3) * 200
          return [
            Past.line(begin, "noticed", "web"),
            Past.line(begin + 2, "solved", "web", ["noticed": begin]),
          ]
        })
      let words = try Past.sentences(world.report())
      #expect(words.first?.hasPrefix("it dies about every 3 h, 7 times") == true, "\(words)")
    }
  }

  @Test func `a slow heart is told from a dead one`() async throws {
    try await World.with { world in
      try world.promise("web")
      try world.remember(
        (1...3).flatMap { number in
          let begin = Double(number * number) * 5000
          return [
            Past.line(begin, "noticed", "web", ["since": begin - 11]),
            Past.line(
              begin + 2, "recovered", "web", why: "it beats again by itself", ["noticed": begin]),
          ]
        })
      let words = try Past.sentences(world.report())
      #expect(words.contains { $0.hasPrefix("it beat again by itself 3 of 3 times") }, "\(words)")
    }
  }
}
