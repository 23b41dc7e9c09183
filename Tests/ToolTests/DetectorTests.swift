import Foundation
import TestSupport
import Testing

/// detectors/NAME, which mark-problems has run.
@Suite struct DetectorTests {
  func detector(_ world: World, _ body: String, _ name: String = "disk") throws {
    try world.makeFolder("etc/detectors")
    try world.script("etc/detectors/\(name)", body)
  }

  /// What a problem says: who noticed it and why.
  func problem(_ world: World, _ name: String = "disk") async -> [String]? {
    _ = await world.waits(upTo: 30) { world.exists("run/problems/\(name)") }
    return world.text("run/problems/\(name)")?.split(separator: "\n").map(String.init)
  }

  /// Waits until nothing of a run is left: the next one would not join it.
  func rests(_ world: World, _ name: String) async {
    let lock = world.path(of: "run/locks/\(name).detector")
    #expect(
      await world.waits(upTo: 20) { TestSupport.run(["flock", "-n", lock, "true"]).code == 0 })
  }

  @Test func `without any nothing is noted of them`() async throws {
    try await World.withPrograms { world in
      #expect(world.run("mark-problems").code == 0)
      #expect(!world.exists("run/detectors"))
    }
  }

  @Test func `what it says becomes a problem, and its success ends that`() async throws {
    try await World.withPrograms { world in
      try detector(world, "[ -e \(world.path)/well ] || { echo '/: 97 % used|used=97'; exit 2; }")
      var clock = FakeClock()
      #expect(world.run("mark-problems", at: clock).code == 0)
      #expect(await problem(world) == ["detectors/disk", "/: 97 % used"])
      #expect(world.events("disk") == ["noticed"])
      // Nobody here can mend it: it is only marked.
      #expect(world.run("solve-problems", at: clock).code == 0)
      #expect(world.run("solve-problems", "--dry-run", at: clock).output.contains("only marked"))

      try world.write("", to: "well")
      clock.advance(59)
      world.run("mark-problems", at: clock)
      Patience.pause(seconds: 0.3)
      #expect(world.exists("run/problems/disk"), "it is not due yet")
      clock.advance(1)
      world.run("mark-problems", at: clock)
      #expect(await world.waits(upTo: 30) { !world.exists("run/problems/disk") })
      #expect(await world.waits(upTo: 30) { world.events("disk") == ["noticed", "recovered"] })
      #expect(world.incidents("disk").last?["how"] == "detector")
    }
  }

  @Test func `it is run every so many seconds, in its own`() async throws {
    try await World.withPrograms { world in
      try detector(world, "echo $WATCHDOG_HEART >>\(world.path)/runs")
      try world.setting("disk", "every", "7")
      var clock = FakeClock()
      for _ in 0..<15 {
        world.run("mark-problems", at: clock)
        clock.advance(1)
        // A run that is still at work would be no second one.
        await rests(world, "disk")
      }
      #expect(
        await world.waits(upTo: 30) { world.text("runs") == "disk\ndisk\ndisk\n" },
        "\(world.text("runs") ?? "")")
    }
  }

  @Test func `how often it is to be run is asked again soon where that cannot be read`()
    async throws
  {
    try await World.withPrograms { world in
      try detector(world, "echo >>\(world.path)/runs")
      // "of/disk/every" cannot be looked at: it leads in a circle (ELOOP).
      try world.symbolicLink("etc/of", to: "of")
      var clock = FakeClock()
      #expect(world.run("mark-problems", at: clock).errors.contains("using 5 s"))
      await rests(world, "disk")
      clock.advance(5)
      world.run("mark-problems", at: clock)
      #expect(await world.waits(upTo: 30) { world.text("runs") == "\n\n" })
    }
  }

  @Test(arguments: [0o666, 0o777, 0o644])
  func `one that must not be run is a problem, and is not run`(mode: Int) async throws {
    try await World.withPrograms { world in
      try detector(world, "touch \(world.path)/ran")
      world.setPermissions("etc/detectors/disk", mode_t(mode))
      world.run("mark-problems")
      #expect(await problem(world)?.last?.hasPrefix("unable to run ") == true)
      #expect(!world.exists("ran"))
      let check = world.run("watchdog-chain", "check")
      #expect(check.code != 0 && check.output.contains("detectors/disk"))
    }
  }

  @Test func `two never run at the same time`() async throws {
    try await World.withPrograms { world in
      try detector(world, "echo $$ >>\(world.path)/runs; exec sleep 1000")
      var clock = FakeClock()
      for _ in 0..<3 {
        world.run("mark-problems", at: clock)
        #expect(await world.waits(upTo: 30) { !world.numbers("runs").isEmpty })
        clock.advance(61)
      }
      Patience.pause(seconds: 0.3)
      #expect(world.numbers("runs").count == 1)
    }
  }

  @Test func `a crowd is begun a few at a time`() async throws {
    try await World.withPrograms { world in
      for number in 0..<25 {
        try detector(world, "touch \(world.path)/ran.$WATCHDOG_HEART", "d\(number)")
      }
      func ran() -> Int { world.names(in: ".").filter { $0.hasPrefix("ran.") }.count }
      var clock = FakeClock()
      for count in [10, 20, 25] {
        world.run("mark-problems", at: clock)
        #expect(await world.waits(upTo: 30) { ran() == count })
        clock.advance(1)
      }
    }
  }

  @Test func `what counts as too much stands in of, in files that the detector reads`() async throws
  {
    try await World.withPrograms { world in
      try detector(world, "read -r most <$WATCHDOG_CONFIG/of/$WATCHDOG_HEART/percent")
      try world.setting("disk", "percent", "90")
      try world.setting("disk", "every", "5")
      try world.setting("disk", "detect-time", "2")
      func check() -> String { world.run("watchdog-chain", "check").output }
      #expect(!check().contains("of/disk"), "\(check())")
      try world.setting("disk", "perce", "90")
      #expect(check().contains("of/disk/perce: no tool reads this"))
      try world.remove("etc/detectors/disk")
      #expect(check().contains("of/disk: there is no heart, program, solution, detector"))
    }
  }

  @Test func `what keeps detectors from being run keeps no heart from being watched`() async throws
  {
    try await World.withPrograms { world in
      try detector(world, "exit 1", "disk")
      try world.makeFolder("run/detectors/in-the-way")
      let outcome = world.run("mark-problems")
      #expect(outcome.code == 0 && outcome.errors.contains("run/detectors"), "\(outcome)")
      #expect(world.exists("run/alive/mark-problems"))
    }
  }

  // MARK: Mending

  @Test func `a solution has not solved it before the detector says so`() async throws {
    try await World.withPrograms { world in
      try detector(world, "[ -e \(world.path)/well ] || { echo down; exit 1; }", "network")
      try world.solution("network")
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      #expect(await problem(world, "network") == ["detectors/network", "down"])
      world.run("solve-problems", at: clock)
      #expect(await world.waits(upTo: 30) { world.lastAttempt("network")?.phase == "tried" })
      #expect(world.exists("run/problems/network"))
      #expect(await world.waits(upTo: 30) { world.events("network").last == "tried" })
      try world.write("", to: "well")
      clock.advance(60)
      world.run("mark-problems", at: clock)
      #expect(await world.waits(upTo: 30) { !world.exists("run/problems/network") })
      #expect(
        await world.waits(upTo: 30) { world.events("network").last == "solved" },
        "\(world.incidents("network")) \(world.text("run/attempts/network") ?? "")")
    }
  }

  @Test func `what was mended at once is seen before everything is restarted`() async throws {
    try await World.withPrograms { world in
      try detector(world, "[ -e \(world.path)/well ] || { echo down; exit 1; }", "network")
      try world.solution("network", "touch \(world.path)/well")
      try world.script("etc/restart-system", "echo >>\(world.path)/restarts")
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      #expect(await problem(world, "network") == ["detectors/network", "down"])
      for second in 0..<60 where world.exists("run/problems/network") {
        for tool in ["mark-problems", "solve-problems", "check-solutions"] {
          world.run(tool, at: clock)
          await rests(world, "network")
        }
        if second == 0 { #expect(await world.waits(upTo: 30) { world.exists("well") }) }
        clock.advance(1)
      }
      #expect(!world.exists("run/problems/network") && !world.exists("restarts"))
    }
  }

  @Test func `while somebody mends it, it is asked again soon`() async throws {
    try await World.withPrograms { world in
      try detector(world, "echo >>\(world.path)/runs; echo down; exit 1", "network")
      try world.solution("network")
      var clock = FakeClock()
      var runs = "\n"
      world.run("mark-problems", at: clock)
      _ = await problem(world, "network")
      // The second in which that is seen, and those until it is due.
      for _ in 0..<3 {
        await rests(world, "network")
        for _ in 0...5 {
          clock.advance(1)
          world.run("mark-problems", at: clock)
        }
        runs += "\n"
        #expect(await world.waits(upTo: 30) { world.text("runs") == runs })
      }
    }
  }

  @Test(arguments: ["etc/detectors/disk", "etc/detectors"])
  func `the problem of a detector that was taken away is over`(path: String) async throws {
    try await World.withPrograms { world in
      try detector(world, "echo full; exit 1")
      world.run("mark-problems")
      #expect(await problem(world) != nil)
      try world.problem("other")
      try world.remove(path)
      world.run("mark-problems")
      #expect(!world.exists("run/problems/disk") && world.exists("run/problems/other"))
    }
  }

  @Test func `a heart that beats does not end what a detector of its name found`() async throws {
    try await World.withPrograms { world in
      try world.heart("web", "30\n")
      try world.program("web", "while :; do touch \(world.state.path)/beats/web; sleep 0.1; done")
      world.run("mark-problems")
      #expect(world.run("run-stamped", "--background", "web").code == 0)
      try detector(world, "echo 'no page'; exit 1", "web")
      var clock = FakeClock(realtime: Date().timeIntervalSince1970)
      world.run("mark-problems", at: clock)
      #expect(await problem(world, "web") == ["detectors/web", "no page"])
      world.run("solve-problems", at: clock)
      #expect(await world.waits(upTo: 20) { world.lastAttempt("web")?.phase == "tried" })
      clock.advance(2)
      world.run("solve-problems", at: clock)
      #expect(world.exists("run/problems/web"))
    }
  }
}
