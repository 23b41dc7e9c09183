import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

/// What mark-problems and check-solutions remember of a name, as it stands in vigils/TOOL.
@Suite struct HeartMemoryTests {
  static let times: [Duration?] = [
    nil, .zero, .nanoseconds(1), .seconds(-5), .seconds(1_720_000_000),
  ]

  static let starts: [Awaited.Start?] = [
    nil, .init(since: .zero, limit: .seconds(30), isStart: true),
    .init(since: .seconds(-2), limit: .seconds(1), isStart: false),
  ]

  @Test(arguments: times, starts)
  func `what was written is read again`(time: Duration?, start: Awaited.Start?) {
    for since in HeartMemoryTests.times.compactMap(\.self) {
      for answered in [time, nil] {
        let memory = Awaited(beat: time, since: since, start: start, answered: answered)
        #expect(Awaited(parsing: Array(memory.fields.utf8)) == memory)
      }
    }
  }

  @Test func `it is a line of six fields`() {
    let memory = Awaited(
      beat: .milliseconds(5500), since: .seconds(7),
      start: .init(since: .seconds(8), limit: .seconds(30), isStart: true), answered: nil)
    #expect(memory.fields == "5.500000000 7.000000000 s 8.000000000 30.000000000 - -")
    let none = Awaited(beat: nil, since: .seconds(7), start: nil, answered: .seconds(9))
    #expect(none.fields == "- 7.000000000 - - - 9.000000000 -")
  }

  @Test(arguments: [
    "", "-", "- -", "- 7.000000000 - - - -", "- 7.000000000 - - - - - -", "7 7 s 8 30 -",
    "- - - - - -", "x 7.000000000 - - - -", "- 7.000000000 - - - -\0", "- 7.000000000  - - - -",
  ])
  func `garbage is no memory`(text: String) { #expect(Awaited(parsing: Array(text.utf8)) == nil) }

  /// As mark-problems goes on from run to run: with the line that the last one wrote.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `a heart is judged by what was written as by what was known`(seed: UInt64) throws {
    var state = seed
    func next(_ limit: UInt64) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % limit)
    }
    let heart = Heart(limit: .seconds(5), startLimit: .seconds(9), owner: 0, given: .seconds(5))
    var now = noon
    var (vigil, written): (Vigil?, Vigil?) = (nil, nil)
    var (memory, read): (Awaited?, Awaited?) = (nil, nil)
    var beat = Beat.never
    var start: Heart.NotedStart = .none
    for _ in 0..<300 {
      now = now.later(by: .milliseconds(next(1500) + 1))
      if next(8) == 0 { now = now.clockSet(by: .milliseconds(next(20_000) - 10_000)) }
      if next(5) == 0 { beat = .at(now.realtime) }
      if next(20) == 0 { start = .at(now.realtime + .seconds(next(9) - 4)) }
      let seen = Heart.Seen(beat: beat, given: heart.given, start: start, latest: now.realtime)
      let one = heart.condition(seen, memory: memory, at: Look(after: vigil, now: now))
      let other = heart.condition(seen, memory: read, at: Look(after: written, now: now))
      #expect(one == other)
      vigil = Look(after: vigil, now: now).vigil
      memory = one.memory
      written = vigil.flatMap { Vigil(line: Array($0.line.utf8.dropLast())) }
      read = try other.memory.map { try #require(Awaited(parsing: Array($0.fields.utf8))) }
    }
  }

  @Test func `lateness is reported with figures`() {
    let vigil = Vigil(beginning: noon, watched: .zero)
    func words(_ age: Duration, _ limit: Int, isFirst: Bool) -> String {
      let heart = Heart(
        limit: .seconds(limit), startLimit: .seconds(limit), owner: 0, given: noon.realtime)
      var memory: Awaited?
      var (last, now) = (vigil, noon)
      var words = ""
      let beat: Beat = isFirst ? .never : .at(noon.realtime)
      let seen = Heart.Seen(
        beat: beat, given: heart.given, start: .none, latest: noon.realtime)
      while now.monotonic < noon.monotonic + age {
        now = now.later(by: min(.seconds(1), noon.monotonic + age - now.monotonic))
        let look = Look(after: last, now: now)
        let condition = heart.condition(seen, memory: memory, at: look)
        (last, memory, words) = (look.vigil, condition.memory, condition.words)
      }
      return words
    }
    #expect(
      words(.milliseconds(31_290), 30, isFirst: false) == "no beat for 31.2 s: the limit is 30 s")
    #expect(
      words(.milliseconds(120_999), 120, isFirst: true)
        == "no first beat for 120.9 s: the limit is 120 s after a start")
  }
}

@Suite struct UnsolvedFileTests {
  @Test(arguments: [nil, .zero, .seconds(1_720_000_000)] as [Duration?])
  func `what was written is read again`(since: Duration?) {
    var unsolved = Unsolved(
      noticed: .nanoseconds(1_720_000_000_000_000_001), time: .zero, tries: 0, attempt: -1,
      waited: .zero, restart: since, resumed: nil, isAfterRestart: since != nil, restarts: 2)
    #expect(Unsolved(parsing: Array(unsolved.fields.utf8)) == unsolved)
    unsolved.time = .milliseconds(29_999)
    unsolved.tries = 3
    unsolved.attempt = 17
    unsolved.waited = .seconds(990)
    #expect(Unsolved(parsing: Array(unsolved.fields.utf8)) == unsolved)
    unsolved.resumed = since
    #expect(Unsolved(parsing: Array(unsolved.fields.utf8)) == unsolved)
    for step in [nil, Step.mark, .reboot] {
      unsolved.limits = Trouble.Limits(
        lastStep: step, solveTime: .seconds(20), solveWithin: .milliseconds(600_500))
      #expect(Unsolved(parsing: Array(unsolved.fields.utf8)) == unsolved)
    }
  }

  @Test(arguments: [
    "", "1 2 3 4 5 -", "0.000000000 0.000000000 0 -1 0.000000000",
    "0.000000000 0.000000000 x -1 0.000000000 -", "0.000000000 0.000000000 0 -1 0.000000000 - -",
    "0.000000000 0.000000000 0 -1 0.000000000 - - 0 1 1",
  ])
  func `garbage reads as none`(text: String) { #expect(Unsolved(parsing: Array(text.utf8)) == nil) }

  @Test func `the time of a restart goes on for the same run`() {
    let begun: Duration = .seconds(1_720_000_000)
    func next(_ line: String, _ begun: Duration) -> RestartTime {
      RestartTime(after: Array(line.utf8.dropLast()), begun: begun, counted: .seconds(2))
    }
    let first = next("", begun)
    #expect(first.time == .zero)
    let second = next(first.line, begun)
    #expect(second.time == .seconds(2))
    #expect(next(second.line, begun).time == .seconds(4))
    var limited = first
    limited.limit = .seconds(600)
    #expect(next(limited.line, begun).limit == .seconds(600) && first.limit == nil)
    #expect(next(second.line, begun + .seconds(1)).time == .zero, "another run")
    for garbage in ["garbage\n", ".restart\n", ".restart 1 2\n"] {
      #expect(next(garbage, begun).time == .zero)
    }
    #expect(RestartTime().line == "")
  }
}
