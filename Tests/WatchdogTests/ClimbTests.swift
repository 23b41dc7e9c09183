import CLinux
import Linux
import Testing

@testable import Watchdog

/// The ladder as check-solutions climbs it. What starts restart-system forks, and so runs in a process of its own.
@Suite struct ClimbTests {
  private static let tool = Report(tool: "check-solutions")
  /// An hour after boot.
  private static let now = Moment(realtime: .seconds(1_795_449_600), monotonic: .seconds(3600))

  /// One step up.
  private static func step(
    in world: World, roots: Roots? = nil, after last: SystemRestart.LastRun = .none,
    at now: Moment = now, on ladder: Ladder = usualLadder
  ) throws(Failure) -> Climb.Outcome {
    let state = try StateFolder(world.roots)
    let drafts = try Drafts(of: "check-solutions", in: state)
    var climb = try Climb(ladder, roots ?? world.roots, state, tool)
    return try climb.step("web is broken", after: last, at: now, state, drafts)
  }

  /// As if this had happened in this boot, a minute apart, until now.
  private static func write(_ count: Int, to file: String, in world: World) throws {
    try world.makeFolder("var")
    let lines = (0..<count).map { index in
      "\(1_795_449_600 - 60 * index) \(3600 - 60 * index) \(Counter.bootName())\n"
    }
    try world.write("var/\(file)", lines.joined())
  }

  /// Roots whose data folder can neither be opened nor made.
  private static func withoutData(_ world: World) -> Roots {
    Roots(
      config: world.config, state: world.state, data: "\(world.path)/no/var",
      logs: world.roots.logs)
  }

  private func events(_ world: World) throws -> [String?] {
    try Incident.lastLines(world.roots).map { $0.member("event") }
  }

  // MARK: Restart

  @Test func aRestartIsCountedAndNotedBeforeItRuns() async {
    await #expect(processExitsWith: .success) {
      try World.with { world in
        let script = """
          #!/bin/sh
          cat "$WATCHDOG_DATA/restarts" "$WATCHDOG_DATA/incidents.jsonl" >"$WATCHDOG_DATA/seen.new"
          mv "$WATCHDOG_DATA/seen.new" "$WATCHDOG_DATA/seen"
          """
        try world.write("etc/restart-system", script, mode: 0o755)
        guard case .restarted = try ClimbTests.step(in: world) else { exit(2) }
        let end = Moment.now().monotonic + .seconds(20)
        while world.text("var/seen") == nil, Moment.now().monotonic < end { usleep(10_000) }
        let seen = try #require(world.text("var/seen"))
        try #require(seen.hasPrefix("1795449600 3600 \(Counter.bootName())\n"))
        try #require(seen.contains("\"event\": \"restart\""))
        try #require(seen.contains("web is broken"))
      }
    }
  }

  @Test func whereTheDiskDoesNotTakeItTheStateFolderDoes() async {
    await #expect(processExitsWith: .success) {
      try World.with { world in
        try world.write("etc/restart-system", "#!/bin/sh\n", mode: 0o755)
        let roots = ClimbTests.withoutData(world)
        for _ in 0..<3 {
          let last = try SystemRestart.lastRun(in: StateFolder(roots))
          guard case .restarted = try ClimbTests.step(in: world, roots: roots, after: last) else {
            exit(2)
          }
        }
        let lines = try #require(world.text("run/restarts")).split(separator: "\n")
        try #require(lines.count == 3)
        // So the next rung is reached all the same.
        let failure = failure { () throws(Failure) in
          let late = Moment(realtime: ClimbTests.now.realtime, monotonic: .seconds(17_280))
          let last = try SystemRestart.lastRun(in: StateFolder(roots))
          _ = try ClimbTests.step(
            in: world, roots: roots, after: last, at: late, on: wideLadder)
        }
        try #require(failure?.code == .tryLater)
        try #require(world.text("run/reboot-due") != nil)
      }
    }
  }

  /// As on a disk that has become read-only.
  @Test func aFolderThatCanOnlyBeReadIsReadAndTheStateFolderIsWritten() async {
    await #expect(processExitsWith: .success) {
      // Root may write everywhere.
      if getuid() == 0, setgid(65_534) != 0 || setuid(65_534) != 0 { exit(2) }
      try World.with { world in
        try ClimbTests.write(1, to: "restarts", in: world)
        try world.setPermissions("var", 0o555)
        defer { chmod("\(world.path)/var", 0o755) }
        let state = try StateFolder(world.roots)
        let drafts = try Drafts(of: "tool", in: state)
        var counters = try Counters(world.roots, state)
        let later = Moment(realtime: ClimbTests.now.realtime, monotonic: .seconds(3601))
        try counters.countRestart(at: later, on: usualLadder, state, drafts)
        try #require(world.text("var/restarts")?.split(separator: "\n").count == 1)
        try #require(world.text("run/restarts")?.split(separator: "\n").count == 2)
        let again = try Counters(world.roots, state)
        try #require(again.restarts.entries.count == 2)
      }
    }
  }

  @Test func whatCannotBeReadIsAsIfItWereNotThere() throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      try world.write("var", "a file in place of the folder")
      try world.write("run/restarts", "1 2 3\n")
      let counters = try Counters(world.roots, state)
      #expect(counters.restarts.text == "1 2 3\n")
      #expect(counters.reboots.text == "")
    }
  }

  @Test func whoSeesAnOldRunStartsNothingAndCountsNothing() throws {
    try World.with { world in
      try world.write("etc/restart-system", "#!/bin/sh\n", mode: 0o755)
      guard case .othersWere = try ClimbTests.step(in: world, after: .over(begun: .seconds(5)))
      else {
        Issue.record("somebody else was at it")
        return
      }
      #expect(world.status("var") == nil)
      #expect(world.status("run/restart-system") == nil)
    }
  }

  /// As one that did not help, so that the next rung comes, and the last.
  @Test func aRestartThatIsNotToBeHadCounts() throws {
    try World.with { world in
      let failure = failure { () throws(Failure) in _ = try ClimbTests.step(in: world) }
      #expect(failure?.code == .noInput)
      #expect(failure?.sentence.hasPrefix("web is broken: unable to run ") == true)
      #expect(world.text("var/restarts") == "1795449600 3600 \(Counter.bootName())\n")
      let last = try SystemRestart.lastRun(in: StateFolder(world.roots))
      #expect(last == .over(begun: ClimbTests.now.realtime))
    }
  }

  @Test func aRestartThatCannotBeCountedIsNotBegun() throws {
    try World.with { world in
      try world.write("etc/restart-system", "#!/bin/sh\n", mode: 0o755)
      try world.makeFolder("run/restarts")
      let roots = ClimbTests.withoutData(world)
      let failure = failure { () throws(Failure) in _ = try ClimbTests.step(in: world, roots: roots)
      }
      #expect(failure?.sentence == "unable to write \(world.state)/restarts: Is a directory")
      #expect(world.status("run/restart-system") == nil)
    }
  }

  @Test func rightAfterBootNothingIsRestarted() throws {
    try World.with { world in
      try world.write("etc/restart-system", "#!/bin/sh\n", mode: 0o755)
      let early = Moment(realtime: ClimbTests.now.realtime, monotonic: .seconds(119))
      guard case .waits(let why) = try ClimbTests.step(in: world, at: early) else {
        Issue.record("it waits")
        return
      }
      #expect(why == "web is broken: not restarting the system within 120 s of boot")
      #expect(world.status("var") == nil)
    }
  }

  // MARK: Reboot

  @Test func theRebootIsCountedNotedAndDue() throws {
    try World.with { world in
      try ClimbTests.write(3, to: "restarts", in: world)
      let failure = failure { () throws(Failure) in _ = try ClimbTests.step(in: world) }
      #expect(failure?.code == .tryLater)
      let why = "3 restarts of the system within 900 s did not help: web is broken"
      #expect(failure?.sentence == "\(why): waiting for the watchdog device to reboot the box")
      #expect(world.text("var/reboots") == "1795449600 3600 \(Counter.bootName())\n")
      #expect(try events(world) == ["reboot"])
      #expect(try RebootDue.read(in: StateFolder(world.roots)) == why)
      #expect(world.names(in: "var") == ["incidents.jsonl", "reboots", "restarts"])
    }
  }

  @Test func restartsOfAnotherBootAreNoReasonToReboot() throws {
    try World.with { world in
      try world.makeFolder("var")
      try world.write("var/restarts", String(repeating: "1795449500 10 other\n", count: 9))
      let failure = failure { () throws(Failure) in _ = try ClimbTests.step(in: world) }
      #expect(failure?.code == .noInput, "a restart is tried, and there is none")
    }
  }

  @Test func aRebootThatCannotBeCountedWaitsUntilTheBoxHasBeenUpForLong() throws {
    try World.with { world in
      _ = try StateFolder(world.roots)
      let roots = ClimbTests.withoutData(world)
      let boot = Counter.bootName()
      func step(uptime: Int) throws(Failure) -> Climb.Outcome {
        let now = Moment(realtime: ClimbTests.now.realtime, monotonic: .seconds(uptime))
        return try ClimbTests.step(in: world, roots: roots, at: now)
      }
      try world.write("run/restarts", String(repeating: "1 17279 \(boot)\n", count: 3))
      guard case .waits(let why) = try step(uptime: 17_279) else {
        Issue.record("it waits")
        return
      }
      #expect(why.contains("rebooting not before the box has been up for 17280 s"))
      #expect(world.status("run/reboot-due") == nil)
      let failure = failure { () throws(Failure) in _ = try step(uptime: 17_280) }
      #expect(failure?.code == .tryLater)
      #expect(world.status("run/reboot-due") != nil)
    }
  }

  // MARK: Standing down

  @Test func whenRebootsDoNotHelpItStandsDown() throws {
    try World.with { world in
      try ClimbTests.write(3, to: "restarts", in: world)
      try world.write("var/reboots", String(repeating: "1795440000 130 other\n", count: 5))
      guard case .othersWere = try ClimbTests.step(in: world) else {
        Issue.record("nothing is restarted")
        return
      }
      let why = try #require(try StandDown.read(world.roots))
      #expect(why.hasSuffix("Z: 5 reboots within 86400 s did not help: web is broken"))
      #expect(try events(world) == ["stood-down"])
      #expect(world.status("run/reboot-due") == nil)
    }
  }

  @Test func whereTheDiskDoesNotTakeItStandingDownHoldsUntilTheNextBoot() throws {
    try World.with { world in
      try ClimbTests.write(3, to: "restarts", in: world)
      try world.write("var/reboots", String(repeating: "1795440000 130 other\n", count: 5))
      // Others could take the note away again.
      try world.setPermissions("var", 0o777)
      _ = try ClimbTests.step(in: world)
      #expect(world.status("var/stood-down") == nil)
      #expect(world.status("run/stood-down") != nil)
      #expect(try StandDown.read(world.roots)?.contains("did not help") == true)
    }
  }

  @Test func theWordsOfADryRunAreThoseOfTheRung() throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      func words(uptime: Int = 3600) throws -> String {
        let climb = try Climb(usualLadder, world.roots, state, ClimbTests.tool)
        let now = Moment(realtime: ClimbTests.now.realtime, monotonic: .seconds(uptime))
        return climb.describe("why", at: now)
      }
      #expect(try words(uptime: 100) == "would wait for 20.0 s, until minimum-uptime: why")
      #expect(try words() == "would run \(world.config)/restart-system: why")
      try ClimbTests.write(3, to: "restarts", in: world)
      #expect(try words() == "would leave the box to the watchdog device: why")
      try ClimbTests.write(5, to: "reboots", in: world)
      #expect(try words() == "would stand down: why")
    }
  }

  @Test func resumingForgetsEverythingButTheIncidents() throws {
    try World.with { world in
      try ClimbTests.write(3, to: "restarts", in: world)
      try ClimbTests.write(5, to: "reboots", in: world)
      let state = try StateFolder(world.roots)
      let drafts = try Drafts(of: "tool", in: state)
      try StandDown.begin(world.roots, state, drafts, why: "why")
      try world.write("run/restarts", "1 2 3\n")
      try RebootDue.note("why", in: state, drafts) {}
      try Resumption.run(world.roots, state, ClimbTests.tool)
      #expect(world.names(in: "var") == ["incidents.jsonl"])
      #expect(world.status("run/restarts") == nil)
      #expect(try RebootDue.read(in: state) == nil)
      #expect(try StandDown.read(world.roots) == nil)
      let now = Moment.now().monotonic
      let hold = try #require(try Hold.read(in: state, now: now))
      #expect(hold.rest(at: now) == nil && now - hold.end < .seconds(5))
      #expect(try events(world) == ["resumed"])
      // A second time there is nothing to forget.
      try Resumption.run(world.roots, state, ClimbTests.tool)
    }
  }
}

/// One whose restarts count for as long as an uncounted reboot has to wait.
private let wideLadder = Ladder(
  minimumUptime: .seconds(120), restartsBeforeReboot: 3, restartsWindow: .seconds(86_400),
  rebootsBeforeStandingDown: 5, rebootsWindow: .seconds(86_400))

@Suite struct StandDownTests {
  @Test func withoutAFolderNobodyStoodDown() throws {
    try World.with { world in
      #expect(try StandDown.read(world.roots) == nil)
      try world.makeFolder("var")
      #expect(try StandDown.read(world.roots) == nil)
    }
  }

  @Test(arguments: ["why\nmore\n", "why"])
  func theFirstLineSaysWhy(text: String) throws {
    try World.with { world in
      try world.makeFolder("var")
      try world.write("var/stood-down", text)
      #expect(try StandDown.read(world.roots) == "why")
    }
  }

  @Test func anEmptyFileIsStandingDownToo() throws {
    try World.with { world in
      try world.makeFolder("var")
      try world.write("var/stood-down", "")
      #expect(try StandDown.read(world.roots)?.isEmpty == true)
      let state = try StateFolder(world.roots)
      try StandDown.end(world.roots, state)
      #expect(try StandDown.read(world.roots) == nil)
      try StandDown.end(world.roots, state)
    }
  }
}

@Suite struct RebootDueTests {
  @Test func itIsNotedReadAndCleared() throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let drafts = try Drafts(of: "tool", in: state)
      #expect(try RebootDue.read(in: state) == nil)
      try RebootDue.clear(in: state)
      try RebootDue.note("three\u{1B}restarts", in: state, drafts) {}
      #expect(try RebootDue.read(in: state) == "three\\x1brestarts")
      try RebootDue.clear(in: state)
      #expect(try RebootDue.read(in: state) == nil)
    }
  }

  /// Where the note cannot be had nothing is counted: else a full /run would count a reboot each second.
  @Test func itIsCountedBeforeItIsNotedAndOnlyWhenItCanBe() throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let drafts = try Drafts(of: "tool", in: state)
      try RebootDue.note("why", in: state, drafts) { () throws(Failure) in
        #expect(world.status("run/reboot-due") == nil)
      }
      #expect(world.status("run/reboot-due") != nil)
      try RebootDue.clear(in: state)
      // What has the name of the draft stands in its way.
      try world.makeFolder("run/drafts/tool.\(ThisProcess.pid)")
      var counted = false
      let failure = failure { () throws(Failure) in
        try RebootDue.note("why", in: state, drafts) { () throws(Failure) in counted = true }
      }
      #expect(failure != nil && !counted)
    }
  }
}
