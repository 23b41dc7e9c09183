import CLinuxCalls
import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

/// The rungs of the ladder as check-solutions takes them. What starts restart-system forks, and so runs in a process of
/// its own.
@Suite struct ClimbTests {
  private static let tool = Report(tool: "check-solutions")
  private static let noticed: Duration = .seconds(1_795_449_000)

  /// Takes a rung for web.
  private static func take(
    _ rung: Ladder.Rung, in world: World, restarts: Int = 3,
    after last: LastRestart = .none
  ) throws -> String? {
    let run = try Run(world.roots, tool, complains: false)
    let ladder = try LadderState(world.roots, run.state, at: World.hour)
    let web = try #require(Name("web"))
    let climb = Climb(run: run, ladder: ladder, name: web, noticed: noticed, now: World.hour)
    let outcome = try climb.take(rung, "web is broken", restarts: restarts, after: last)
    if case .waits(let why) = outcome { return why }
    return nil
  }

  private func with(_ body: (World, borrowing StateFolder) throws -> Void) throws {
    try World.with { world in
      try world.makeBoot()
      try body(world, StateFolder(world.roots))
    }
  }

  // MARK: Restart

  @Test func `a restart is counted and noted by itself before it runs`() async {
    await #expect(processExitsWith: .success) {
      try World.with { world in
        try world.makeBoot()
        let script = """
          #!/bin/sh
          mkdir -p "$WATCHDOG_DATA"
          cat "$WATCHDOG_STATE/restarts" "$WATCHDOG_STATE/restart-system" >"$WATCHDOG_DATA/seen.new"
          echo $$ >>"$WATCHDOG_DATA/seen.new"
          mv "$WATCHDOG_DATA/seen.new" "$WATCHDOG_DATA/seen"
          """
        try world.write(script, to: "etc/restart-system", mode: 0o755)
        try #require(try ClimbTests.take(.restart, in: world) == nil)
        var patience = Patience(seconds: 20)
        while world.text("data/seen") == nil, patience.lasts() { usleep(10_000) }
        let lines = try #require(world.text("data/seen")).split(separator: "\n")
        try #require(lines.count == 4)
        try #require(lines[0] == "here")
        try #require(lines[1] == "3600.000000000 web 1795449000.000000000 1")
        try #require(lines[2].hasPrefix("\(lines[3]) "))
        try #require(world.events() == ["restart"])
      }
    }
  }

  /// No process can be started, or the count cannot be written: then there was none.
  @Test func `a restart that cannot be counted is not begun`() async {
    await #expect(processExitsWith: .success) {
      try World.with { world in
        try world.makeBoot()
        try world.write(
          "#!/bin/sh\n: >\(world.path)/was-run\n", to: "etc/restart-system", mode: 0o755)
        try world.makeFolder("run/restarts/full")
        let failure = failure { () throws(Failure) in
          do { _ = try ClimbTests.take(.restart, in: world) } catch let error as Failure {
            throw error
          } catch { exit(2) }
        }
        try #require(failure != nil)
        Patience.pause(seconds: 0.2)
        try #require(world.status("run/restart-system") == nil)
        try #require(world.status("was-run") == nil)
      }
    }
  }

  @Test func `a run that sees an old run starts nothing and counts nothing`() throws {
    try with { world, _ in
      try world.write("#!/bin/sh\n", to: "etc/restart-system", mode: 0o755)
      let waits = try ClimbTests.take(.restart, in: world, after: .over(begun: .seconds(5)))
      #expect(waits == nil)
      #expect(world.status("run/restarts") == nil)
      #expect(world.status("run/restart-system") == nil)
    }
  }

  /// As one that did not help, so that the next rung comes, and the last; but it never ran, and that is said.
  @Test func `a restart that cannot be run counts`() throws {
    try with { world, state in
      let waits = try ClimbTests.take(.restart, in: world)
      #expect(waits == nil)
      #expect(world.text("run/restarts") == "here\n3600.000000000 web 1795449000.000000000 0\n")
      #expect(world.text("run/restart-system") == "could not be run\n")
      guard case .over = try LastRestart.read(in: state) else {
        Issue.record("it is over")
        return
      }
      #expect(try world.events() == ["restart"])
      #expect(
        try Incident.lastLines(world.roots).last?.event
          == .restart(problem: Name("web"), ran: false))
    }
  }

  @Test func `right after boot nothing is restarted`() throws {
    try with { world, _ in
      let why = try ClimbTests.take(.wait(.seconds(1)), in: world)
      #expect(why == "web is broken: not restarting the system within 120 s of boot")
      #expect(world.status("run/restarts") == nil)
    }
  }

  @Test func `where the ladder ends, that is said`() throws {
    try with { world, _ in
      for end: Ladder.End in [.lastStep, .noDevice, .rests, .notReadYet] {
        let why = try ClimbTests.take(.end(end), in: world)
        #expect(why?.hasPrefix("web is broken: ") == true)
      }
      #expect(world.status("run/reboot-due") == nil && world.status("run/stood-down") == nil)
    }
  }

  // MARK: Reboot

  @Test func `a reboot is decided, then counted, then left to the device`() throws {
    try with { world, state in
      try world.writeRestarts(3)
      #expect(try ClimbTests.take(.reboot, in: world) == nil)
      let due = try #require(try RebootDueNote.read(in: state))
      #expect(due.why == "3 restarts of the system did not help: web is broken")
      #expect(!due.isTest && !due.isLeft && due.decided == .seconds(3600))
      #expect(due.name == Name("web"))
      // No step of the chain has waited for the disk.
      #expect(world.status("data") == nil)
      #expect(try !LadderState(world.roots, state, at: World.hour).isCounted)
      world.carry()
      #expect(world.text("data/reboots")?.contains(" ladder here\n") == true)
      #expect(try LadderState(world.roots, state, at: World.hour).isCounted)
      // It is none yet.
      #expect(try LadderState(world.roots, state, at: World.hour).reboots == .known(0))
      for _ in 0..<2 {
        let left = try #require(try RebootDueNote.read(in: state))
        let failure = try Climb.leave(left, Run(world.roots, ClimbTests.tool, complains: false))
        #expect(failure.code == .tryLater)
        #expect(
          failure.sentence == "\(due.why): waiting for the watchdog device to reboot the box")
      }
      #expect(try RebootDueNote.read(in: state)?.isLeft == true)
      #expect(try world.events() == ["reboot"], "once")
    }
  }

  @Test func `restarts that could not be run are told apart`() throws {
    try with { world, state in
      try world.writeRestarts(3, ran: 0)
      _ = try ClimbTests.take(.reboot, in: world)
      let why = try RebootDueNote.read(in: state)?.why
      #expect(why == "restart-system could not be run 3 times: web is broken")
    }
  }

  @Test func `a reboot that is called off is not counted`() throws {
    try with { world, state in
      try world.writeRestarts(3)
      _ = try ClimbTests.take(.reboot, in: world)
      world.carry()
      var due = try #require(try RebootDueNote.read(in: state))
      due.isLeft = true
      try Climb.callOff(due, Run(world.roots, ClimbTests.tool, complains: false))
      #expect(try RebootDueNote.read(in: state) == nil)
      #expect(try world.events() == ["called-off"])
      #expect(world.text("data/reboots")?.contains("ladder") == false)
    }
  }

  // MARK: Standing down

  @Test func `when reboots do not help, it stands down`() throws {
    try with { world, state in
      try world.writeReboots(5)
      #expect(try ClimbTests.take(.standDown, in: world) == nil)
      let stood = try #require(try StandingDownNote.read(in: state))
      let why = "Z: 5 reboots within 86400 s of running did not help: web is broken"
      #expect(stood.why.hasSuffix(why))
      #expect(stood.since == .seconds(13_600))
      #expect(world.status("run/reboot-due") == nil)
      #expect(try world.events() == ["stood-down"])
      #expect(world.text("data/stood-down") == world.text("run/stood-down"))
    }
  }

  @Test func `the words of a dry run are those of the rung`() throws {
    try with { world, state in
      let ladder = try LadderState(world.roots, state, at: World.hour)
      func words(_ rung: Ladder.Rung) -> String { rung.words(world.roots, "why", ladder) }
      #expect(
        words(.wait(.seconds(20))) == "would wait for 20.0 s, until minimum-uptime: why")
      #expect(words(.restart) == "would run \(world.roots.config)/restart-system: why")
      #expect(words(.reboot) == "would have the watchdog device reboot the box: why")
      #expect(words(.standDown) == "would stand down: why")
      #expect(words(.end(.rests)).hasPrefix("would do nothing more: why: "))
    }
  }
}
