import Linux
import Testing

@testable import Watchdog

@Suite struct AttemptTests {
  private let solver = ProcessIdentity(pid: 7, startTime: 8)

  private func next(
    after count: Int?, elapsed: Duration, isRunning: Bool = false, problemAge: Duration = .zero
  ) -> Attempt.Step {
    let last = count.map {
      Attempt(solver: isRunning ? solver : nil, count: $0, time: .seconds(1000))
    }
    return Attempt.next(
      after: last, isRunning: isRunning, problemAge: problemAge, limit: .seconds(20),
      now: .seconds(1000) + elapsed)
  }

  @Test func theFirstAttemptIsMadeAtOnce() {
    #expect(next(after: nil, elapsed: .zero) == .begin(count: 1))
  }

  static let pauses: [(count: Int, pause: Int)] = [
    (0, 0), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (70, 60),
    (1_000_000, 60),
  ]

  @Test(arguments: pauses)
  func thePausesGrowUpToAMinute(count: Int, pause: Int) {
    #expect(Attempt.pause(after: count) == .seconds(pause))
    let age: Duration = .seconds(pause)
    if pause > 0 {
      let early: Duration = .seconds(pause) - .milliseconds(1)
      #expect(next(after: count, elapsed: early, problemAge: age) == .wait(.milliseconds(1)))
    }
    #expect(
      next(after: count, elapsed: .seconds(pause), problemAge: age) == .begin(count: count + 1))
  }

  static let runs: [(elapsed: Duration, step: Attempt.Step)] = [
    (.zero, .wait(.seconds(22))), (.seconds(20), .wait(.seconds(2))), (.seconds(22), .wait(.zero)),
    (.seconds(22) + .milliseconds(1), .kill), (.seconds(9999), .kill),
  ]

  @Test(arguments: runs)
  func whileItRunsNoOtherIsBegunAndPastItsTimeItIsKilled(elapsed: Duration, step: Attempt.Step) {
    #expect(next(after: 1, elapsed: elapsed, isRunning: true) == step)
    #expect(next(after: 5, elapsed: elapsed, isRunning: true, problemAge: elapsed) == step)
  }

  @Test func aSeriesEndsWhenTheProgramRanForLongWithoutAProblem() {
    // It was solved 80 s ago, and is broken again for 9 s: so it ran for 10 s and a second more than a pause.
    #expect(next(after: 7, elapsed: .seconds(80), problemAge: .seconds(9)) == .begin(count: 1))
    #expect(next(after: 7, elapsed: .seconds(80), problemAge: .seconds(10)) == .begin(count: 8))
    #expect(next(after: 1, elapsed: .seconds(12), problemAge: .zero) == .begin(count: 1))
    #expect(next(after: 1, elapsed: .seconds(11), problemAge: .zero) == .begin(count: 2))
    #expect(next(after: 3, elapsed: .seconds(3600), problemAge: .zero) == .begin(count: 1))
    // The problem is there all the time: nobody came to solve it.
    #expect(
      next(after: 3, elapsed: .seconds(3600), problemAge: .seconds(3600)) == .begin(count: 4))
  }

  /// However long it runs: being started does not mend it.
  @Test func aSeriesGoesOnForAProgramThatNeverBeats() {
    let last = Attempt(solver: nil, count: 3, time: .seconds(1000))
    func next(hasBeaten: Bool) -> Attempt.Step {
      Attempt.next(
        after: last, isRunning: false, problemAge: .zero, hasBeaten: hasBeaten,
        limit: .seconds(20), now: .seconds(4600))
    }
    #expect(next(hasBeaten: false) == .begin(count: 4))
    #expect(next(hasBeaten: true) == .begin(count: 1))
  }

  @Test(arguments: [true, false])
  func aRecordOfAnotherBootIsNone(isRunning: Bool) {
    let last = Attempt(solver: solver, count: 5, time: .seconds(1001))
    let next = Attempt.next(
      after: last, isRunning: isRunning, problemAge: .zero, limit: .seconds(20),
      now: .seconds(1000))
    #expect(next == .begin(count: 1))
  }

  static let records: [(Attempt, String)] = [
    (Attempt(solver: nil, count: 1, time: .zero), "0 0 1 0\n"),
    (
      Attempt(
        solver: ProcessIdentity(pid: .max, startTime: .max), count: 1_000_000,
        time: .milliseconds(123_456)), "2147483647 18446744073709551615 1000000 123456\n"
    ),
  ]

  @Test(arguments: records)
  func whatWasWrittenIsReadAgain(attempt: Attempt, text: String) {
    #expect(attempt.text == text)
    #expect(Attempt(parsing: Array(text.utf8)) == attempt)
  }

  @Test(arguments: [
    "", "\n", "garbage\n", "1 2 3\n", "1 2 3 4", "1 2 3 4\n\n", "1 2 3 4 5\n", "-1 2 3 4\n",
    "2147483648 2 3 4\n", "1 2 1000001 4\n", "1 2 3 9223372036854775807\n", "1  2 3 4\n",
    "1 2 3 4\0",
    "1 2 3 99999999999999999999\n",
  ])
  func garbageIsNoAttempt(text: String) {
    #expect(Attempt(parsing: Array(text.utf8)) == nil)
  }

  @Test func anAttemptIsNotedAsThisProcessAndThenAsOver() throws {
    try World.with { world in
      let name = try #require(Name("web"))
      let attempts = try Attempts(in: StateFolder(world.roots), "solve-problems")
      let none = try attempts.read(name)
      #expect(none == nil)
      try attempts.begin(name, count: 3)
      let begun = try #require(try attempts.read(name))
      #expect(try begun.solver == ProcessIdentity.own())
      #expect(begun.count == 3)
      try attempts.end(name, count: 3)
      let ended = try #require(try attempts.read(name))
      #expect(ended.solver == nil)
      #expect(ended.count == 3)
      #expect(ended.time >= begun.time)
      try world.write("run/attempts/web", "garbage")
      let garbage = try attempts.read(name)
      #expect(garbage == nil)
    }
  }
}

@Suite struct StartTests {
  /// When the solution began.
  private let begun: Duration = .seconds(1_700_000_000)

  private func note(_ world: World) throws -> FileStatus {
    let state = try StateFolder(world.roots)
    let name = try #require(Name("web"))
    try Start(world.roots, state, Report(tool: "tool")).note(name, begun: begun)
    return try #require(world.status("run/starts/web"))
  }

  private func with(heart: String, _ body: (World) throws -> Void) throws {
    try World.with { world in
      for folder in ["etc/hearts", "run/starts", "run/beats"] { try world.makeFolder(folder) }
      try world.write("etc/hearts/web", heart)
      try body(world)
    }
  }

  @Test func aSolutionIsAStart() throws {
    try with(heart: "30\n") { world throws in
      let before = Moment.now().realtime - .seconds(1)
      #expect(try note(world).modified > before)
    }
  }

  @Test func aStartThatIsOlderThanTheSolutionIsReplaced() throws {
    try with(heart: "30\n") { world in
      try world.write("run/starts/web", "", dated: begun - .seconds(1))
      let before = Moment.now().realtime - .seconds(1)
      #expect(try note(world).modified > before)
    }
  }

  /// It ran run-stamped, which knows better. The kernel dates files by a clock that is a tick behind.
  @Test(arguments: [Duration.milliseconds(-20), .zero, .seconds(2)])
  func whatTheSolutionNotedItselfStays(offset: Duration) throws {
    try with(heart: "30\n") { world in
      try world.write("run/starts/web", "", dated: begun + offset)
      #expect(try note(world).modified == begun + offset)
    }
  }

  /// One that has less time for its first beat than for the others, and that beat before its solution ended.
  @Test func aBeatThatCameDuringTheSolutionIsTheFirstOne() throws {
    try with(heart: "300 10\n") { world in
      try world.write("run/beats/web", "", dated: begun + .seconds(1))
      #expect(try note(world).modified == begun)
    }
  }

  @Test(arguments: [("300 10\n", -1), ("30\n", 1), ("30 120\n", 1), ("garbage\n", 1)])
  func otherwiseItsEndIsTheStart(heart: String, beat: Int) throws {
    try with(heart: heart) { world in
      try world.write("run/beats/web", "", dated: begun + .seconds(beat))
      let before = Moment.now().realtime - .seconds(1)
      #expect(try note(world).modified > before)
    }
  }
}

@Suite struct SolvedTests {
  private func run(_ world: World, name: String = "web", _ words: String...) throws -> ExitCode {
    let solved = try Solved(by: name, arguments(words))
    return try solved.run(world.roots, Report(tool: "solve-problems"))
  }

  private func with(_ body: (World) throws -> Void) throws {
    try World.with { world in
      try world.makeFolder("run/problems")
      try world.write("run/problems/web", "who\nwhy\n")
      try body(world)
    }
  }

  @Test func theProblemIsRemovedAndWhoSolvedItIsNoted() throws {
    try with { world in
      #expect(try run(world, "turned off\nand on") == .success)
      #expect(world.names(in: "run/problems") == [])
      let line = try #require(try Incident.lastLines(world.roots).last)
      #expect(line.member("event") == "solved")
      #expect(line.member("name") == "web")
      #expect(line.member("by") == "solve-problems")
      #expect(line.member("why") == "turned off\\x0aand on")
    }
  }

  @Test func whereThereIsNoProblemNothingIsNoted() throws {
    try with { world throws in
      #expect(try run(world, name: "db") == .success)
      #expect(world.names(in: "run/problems") == ["web"])
      #expect(world.status("var") == nil)
    }
  }

  @Test func aDryRunRemovesNothing() throws {
    try with { world throws in
      #expect(try run(world, "--dry-run") == .success)
      #expect(world.names(in: "run/problems") == ["web"])
      #expect(world.status("var") == nil)
    }
  }

  @Test func whatIsNoFileIsNotRemoved() throws {
    try with { world in
      try world.makeFolder("run/problems/db")
      let failure = failure { () throws(Failure) in
        _ = try Solved(by: "db", arguments([])).run(world.roots, Report(tool: "tool"))
      }
      #expect(failure?.sentence.contains("a folder has that name: remove it") == true)
    }
  }

  @Test func itTakesANameAndOneSentence() {
    for (name, words) in [("a/b", []), ("", []), ("web", ["a", "b"]), ("web", ["--", "a"])] {
      let failure = failure { () throws(Failure) in _ = try Solved(by: name, arguments(words)) }
      #expect(failure?.code == .usage, "\(name) \(words)")
    }
  }
}
