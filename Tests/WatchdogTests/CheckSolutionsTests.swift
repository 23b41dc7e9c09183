import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

@Suite struct CheckSolutionsTests {
  /// Whose problems have been unsolved for so many seconds when the run begins, by name.
  private func run(
    in world: World, unsolved: [String: Int] = [:], since: Duration? = nil, lines: String = "",
    limits: Trouble.Limits? = nil
  ) throws -> ExitCode {
    let now = Moment.now()
    // It has been watching for an hour.
    let vigil = Vigil(
      lastLook: now.monotonic, clockOffset: now.clockOffset, watched: .seconds(3600), begun: .zero)
    var text = vigil.line + lines
    for (name, seconds) in unsolved.sorted(by: { $0.key < $1.key }) {
      let noticed = try #require(world.status("run/problems/\(name)")).modified
      let one = Unsolved(
        noticed: noticed, time: .seconds(seconds), tries: 0, attempt: -1, waited: .zero,
        restart: since, resumed: nil, isAfterRestart: since != nil, restarts: 0,
        limits: limits)
      text += "\(name) \(one.fields)\n"
    }
    for folder in ["run/alive", "run/vigils"] { try world.makeFolder(folder) }
    try world.write(text, to: "run/vigils/check-solutions")
    try world.write("", to: "run/alive/check-solutions", dated: .seconds(5))
    let checking = try CheckSolutions(world.roots, Report(tool: "check-solutions"), isDry: false)
    return try checking.check()
  }

  /// Whether the run counted as a sign of life.
  private func isAlive(in world: World) -> Bool {
    world.status("run/alive/check-solutions")?.modified != .seconds(5)
  }

  private func complaint(in world: World, about subject: String) -> String? {
    world.text("run/complaints/check-solutions/\(subject)")
  }

  /// A problem that somebody here could mend.
  private func makeProblem(_ name: String, in world: World, secondsAgo: Int = 1000) throws {
    for folder in ["run/problems", "etc/programs"] { try world.makeFolder(folder) }
    try world.write("#!/bin/sh\n", to: "etc/programs/\(name)", mode: 0o755)
    try world.write("1\n", to: "etc/minimum-uptime")
    let date = Clock.realtime - .seconds(secondsAgo)
    try world.write("who\nwhy\n", to: "run/problems/\(name)", dated: date)
  }

  private func restarts(_ world: World) -> Int {
    (world.text("run/restarts") ?? "\n").split(separator: "\n").dropFirst().count
  }

  @Test func `without problems it is alive`() throws {
    try World.with { world throws in
      #expect(try run(in: world) == .success)
      #expect(isAlive(in: world))
    }
  }

  @Test func `a young problem is left to its solver`() throws {
    try World.with { world in
      try makeProblem("web", in: world)
      #expect(try run(in: world, unsolved: ["web": 29]) == .success)
      #expect(isAlive(in: world))
      #expect(world.status("run/restart-system") == nil)
    }
  }

  /// What counts is for how long somebody looked, and not its date.
  @Test func `an old problem that is seen for the first time is young`() throws {
    try World.with { world in
      try makeProblem("web", in: world, secondsAgo: 86_400)
      #expect(try run(in: world) == .success)
      #expect(world.status("run/restart-system") == nil)
      let text = try #require(world.text("run/vigils/check-solutions"))
      #expect(text.contains("\nweb "), "from now on it is watched")
    }
  }

  /// A restart that is not to be had counts as one that did not help. The tool itself has done its work.
  @Test func `an old problem without a restart takes the rung`() throws {
    try World.with { world in
      try makeProblem("web", in: world)
      #expect(try run(in: world, unsolved: ["web": 31]) == .success)
      #expect(isAlive(in: world))
      #expect(world.text("run/restart-system") == "could not be run\n")
      #expect(restarts(world) == 1)
    }
  }

  @Test func `a restart-system that others can write is not run`() throws {
    try World.with { world in
      try makeProblem("web", in: world)
      try world.write(
        "#!/bin/sh\n: > \(world.path)/was-run\n", to: "etc/restart-system", mode: 0o777)
      _ = try run(in: world, unsolved: ["web": 31])
      #expect(world.text("run/restart-system") == "could not be run\n")
      #expect(world.status("was-run") == nil)
    }
  }

  @Test func `the administrator says what is old, for all and for one`() throws {
    try World.with { world in
      try makeProblem("web", in: world)
      try world.write("120\n", to: "etc/solve-within")
      _ = try run(in: world, unsolved: ["web": 100])
      #expect(restarts(world) == 0)
      try world.makeFolder("etc/of/web")
      try world.write("90\n", to: "etc/of/web/solve-within")
      _ = try run(in: world, unsolved: ["web": 100])
      #expect(restarts(world) == 1)
    }
  }

  @Test(arguments: ["mark", "solve"])
  func `the administrator says how far a ladder goes`(step: String) throws {
    try World.with { world in
      try makeProblem("web", in: world)
      try world.makeFolder("etc/of/web")
      try world.write("\(step)\n", to: "etc/of/web/last-step")
      #expect(try run(in: world, unsolved: ["web": 5000]) == .success)
      #expect(restarts(world) == 0)
    }
  }

  /// What a script notes, and nobody here can mend.
  @Test func `a mere note never restarts anything`() throws {
    try World.with { world in
      try makeProblem("backup", in: world)
      try world.remove("etc/programs/backup")
      #expect(try run(in: world, unsolved: ["backup": 86_400]) == .success)
      #expect(restarts(world) == 0 && world.status("run/reboot-due") == nil)
    }
  }

  @Test func `a restart gives each problem its full time once more`() throws {
    try World.with { world in
      try makeProblem("web", in: world)
      let date = Clock.realtime - .seconds(35)
      try world.write("garbage\n", to: "run/restart-system", dated: date)
      _ = try run(in: world, unsolved: ["web": 31])
      #expect(restarts(world) == 0)
      let noted = try #require(world.status("run/restart-system")).modified
      _ = try run(in: world, unsolved: ["web": 31], since: noted)
      #expect(restarts(world) == 1)
    }
  }

  @Test func `a limit that cannot be read for once is as it was known`() throws {
    try World.with { world in
      try makeProblem("web", in: world)
      // "of/web/…" cannot be looked at: it leads in a circle (ELOOP).
      try world.symbolicLink("etc/of", to: "of")
      func limits(_ step: Step?, _ seconds: Int) -> Trouble.Limits {
        Trouble.Limits(
          lastStep: step, solveTime: .seconds(20), solveWithin: .seconds(seconds))
      }
      _ = try run(in: world, unsolved: ["web": 100], limits: limits(nil, 600))
      #expect(restarts(world) == 0, "it may stay unsolved for 600 s")
      _ = try run(in: world, unsolved: ["web": 700], limits: limits(.solve, 600))
      #expect(restarts(world) == 0, "its ladder goes no further than solving")
      #expect(
        try run(in: world, unsolved: ["web": 100]) == .success && restarts(world) == 1,
        "where nothing is known the usual one counts")
    }
  }

  /// As far as somebody knew when /etc/watchdog could still be read.
  private static let known = Trouble.Limits(
    lastStep: .reboot, solveTime: .seconds(20), solveWithin: .seconds(30))

  @Test func `a threshold that cannot be read keeps the ladder for a minute, and no longer`() throws
  {
    try World.with { world in
      try makeProblem("web", in: world)
      try world.remove("etc")
      #expect(try run(in: world, unsolved: ["web": 89], limits: Self.known) == .success)
      #expect(restarts(world) == 0 && isAlive(in: world))
      #expect(
        complaint(in: world, about: "thresholds")?.contains("climbing no further for a minute")
          == true)
      _ = try run(in: world, unsolved: ["web": 91], limits: Self.known)
      #expect(restarts(world) == 1)
    }
  }

  @Test func `restart-within that cannot be read for once is as it was known`() throws {
    try World.with { world in
      try makeProblem("web", in: world)
      try world.remove("etc")
      // It is this very process, which must not come to be killed.
      try world.write(try ProcessIdentity.own().text, to: "run/restart-system")
      let begun = try #require(world.status("run/restart-system")).modified
      _ = try run(
        in: world, unsolved: ["web": 5000],
        lines: ".restart \(begun.field) 900.000000000 31536000.000000000\n", limits: Self.known)
      #expect(restarts(world) == 0)
      #expect(complaint(in: world, about: "setting-restart-within")?.contains("31536000") == true)
    }
  }

  @Test func `a restart that runs is waited for`() throws {
    try World.with { world in
      try makeProblem("web", in: world)
      // It is this very process, which must not come to be killed.
      try world.write("31536000\n", to: "etc/restart-within")
      let own = try ProcessIdentity.own()
      try world.write(own.text, to: "run/restart-system")
      #expect(try run(in: world, unsolved: ["web": 5000]) == .success)
      #expect(isAlive(in: world))
      #expect(restarts(world) == 0)
      #expect(world.text("run/vigils/check-solutions")?.contains("\n.restart ") == true)
    }
  }

  @Test func `during a hold no rung is taken, and it is alive`() throws {
    try World.with { world in
      try makeProblem("web", in: world)
      let now = Int(Clock.monotonic.components.seconds)
      try world.write("\(now) \(now + 100)\nwhy\n", to: "run/hold")
      #expect(try run(in: world, unsolved: ["web": 5000]) == .success)
      #expect(isAlive(in: world) && restarts(world) == 0)
      try world.remove("run/hold")
      try world.makeFolder("run/holds")
      try world.write("\(now) \(now + 100)\nwhy\n", to: "run/holds/web")
      #expect(try run(in: world, unsolved: ["web": 5000]) == .success)
      #expect(restarts(world) == 0)
    }
  }

  // MARK: A reboot that is due

  /// Decided so many seconds ago for web, which was restarted three times in vain.
  private func makeDue(_ world: World, secondsAgo: Int = 0) throws {
    try makeProblem("web", in: world)
    let decided = Clock.monotonic - .seconds(secondsAgo)
    try RebootDueNote(why: "why", isTest: false, decided: decided, isLeft: false, name: Name("web"))
      .keep(in: StateFolder(world.roots))
  }

  @Test func `it waits for the count and then leaves the box to its device`() throws {
    try World.with { world in
      try makeDue(world)
      #expect(try run(in: world, unsolved: ["web": 31]) == .success)
      #expect(isAlive(in: world), "not counted yet")
      world.carry()
      #expect(try run(in: world, unsolved: ["web": 31]) == .tryLater)
      #expect(!isAlive(in: world))
      #expect(complaint(in: world, about: "restart-system")?.contains("waiting for") == true)
      // The vigil goes on, also in a run that is no sign of life.
      #expect(world.text("run/vigils/check-solutions")?.contains("\nweb ") == true)
      #expect(try run(in: world, unsolved: ["web": 32]) == .tryLater)
    }
  }

  @Test func `a disk that takes no count is no reason to reboot early`() throws {
    try World.with { world in
      try world.write("31536000\n", to: "etc/reboots-window")
      try makeDue(world, secondsAgo: 60)
      try world.write("cannot\nno disk\n", to: "run/counted")
      #expect(try run(in: world, unsolved: ["web": 31]) == .success)
      #expect(isAlive(in: world))
      #expect(complaint(in: world, about: "ladder")?.contains("no disk") == true)
    }
  }

  @Test func `a reboot is called off when nothing asks for it any more`() throws {
    try World.with { world in
      try makeDue(world)
      world.carry()
      try world.remove("run/problems/web")
      #expect(try run(in: world) == .success)
      #expect(isAlive(in: world))
      #expect(world.status("run/reboot-due") == nil)
    }
  }

  @Test func `standing down ends when all is proven over`() throws {
    try World.with { world in
      try makeProblem("web", in: world)
      world.carry()
      try world.write("why\n0.000000000\n", to: "run/stood-down")
      _ = try run(in: world, unsolved: ["web": 5000])
      #expect(world.status("run/stood-down") != nil)
      #expect(restarts(world) == 0)
      try world.remove("run/problems/web")
      _ = try run(in: world)
      #expect(world.status("run/stood-down") == nil)
    }
  }

  // MARK: Problems

  /// Where nobody runs solve-problems, which closes them else.
  @Test func `a problem that is proven over is closed`() throws {
    try World.with { world in
      for folder in ["run/problems", "run/beats", "etc/hearts"] { try world.makeFolder(folder) }
      try world.write("30\n", to: "etc/hearts/web")
      let before = Clock.realtime - .seconds(100)
      let problem = Problem(detector: "mark-problems", reason: "why", beat: .some(before))
      try world.write(problem.text, to: "run/problems/web")
      try world.write("", to: "run/beats/web", dated: before)
      #expect(try run(in: world) == .success)
      #expect(world.names(in: "run/problems") == ["web"])
      try world.write("", to: "run/beats/web", dated: Clock.realtime)
      #expect(try run(in: world) == .success)
      #expect(world.names(in: "run/problems") == [])
      #expect(try world.events() == ["recovered"])
    }
  }

  @Test func `a directory among the problems is reported and skipped`() throws {
    try World.with { world in
      try world.makeFolder("run/problems/web")
      #expect(try run(in: world) == .success)
      #expect(complaint(in: world, about: "problems-web")?.contains("it is a directory") == true)
    }
  }

  @Test func `leftovers among the problems are skipped`() throws {
    try World.with { world in
      try makeProblem("web~", in: world)
      #expect(try run(in: world, unsolved: [:]) == .success)
      #expect(restarts(world) == 0)
    }
  }
}
