import Testing

@testable import Rules

/// A moment so many milliseconds after a full second of CLOCK_REALTIME. The full seconds of the other clock
/// are elsewhere.
private func at(_ milliseconds: Int, set: Int = 0) -> Moment {
  Moment(
    realtime: .seconds(1_720_000_000) + .milliseconds(milliseconds + set),
    monotonic: .milliseconds(10_000_700 + milliseconds))
}

/// The next run after one `last` milliseconds after that second, in the same count.
private func next(after last: Int?, now: Int, set: Int = 0) -> Duration {
  Ticker.next(after: last.map { at($0).monotonic }, now: at(now, set: set)) - at(0).monotonic
}

@Suite struct TickerTests {
  struct Case: Sendable {
    let what: String
    let last: Int?
    let now: Int
    let next: Int
  }

  static let ordinary = [
    Case(what: "a run that took no time", last: 20, now: 21, next: 1020),
    Case(what: "asked at the very instant", last: 20, now: 20, next: 1020),
    Case(what: "tools that took their time", last: 20, now: 900, next: 1020),
    Case(what: "a wake-up 0.1 s late", last: 120, now: 125, next: 1020),
    Case(what: "a wake-up 0.5 s late", last: 520, now: 525, next: 1020),
    Case(what: "a wake-up 0.53 s late", last: 550, now: 555, next: 1050),
    Case(what: "a wake-up 0.9 s late", last: 920, now: 925, next: 1420),
    Case(what: "tools that took 1.5 s", last: 20, now: 1520, next: 1520),
    Case(what: "tools that took 3.3 s", last: 20, now: 3320, next: 3320),
  ]

  static let handovers = [
    Case(what: "the first start, early in a second", last: nil, now: 10, next: 20),
    Case(what: "the first start, at its time", last: nil, now: 20, next: 1020),
    Case(what: "the first start, in a second", last: nil, now: 400, next: 1020),
    Case(what: "the other one has served this second", last: 20, now: 400, next: 1020),
    Case(what: "it has, late", last: 390, now: 400, next: 1020),
    Case(what: "it was killed before it could", last: -980, now: 400, next: 400),
    Case(what: "it was killed, and had run late", last: -300, now: 50, next: 200),
    Case(what: "nobody ran for an hour", last: -3_600_000, now: 400, next: 400),
    Case(what: "a note from the future is of another boot", last: 5_000, now: 400, next: 1020),
  ]

  @Test(arguments: ordinary)
  func `the next run is at the next second`(_ one: Case) {
    #expect(next(after: one.last, now: one.now) == .milliseconds(one.next))
  }

  @Test(arguments: handovers)
  func `a successor serves no second twice and leaves none out`(_ one: Case) {
    #expect(next(after: one.last, now: one.now) == .milliseconds(one.next))
  }

  struct Step: Sendable {
    let by: Int
    let next: Int
  }

  static let steps = [
    Step(by: 3_600_000, next: 1020), Step(by: -3_600_000, next: 1020),
    Step(by: 3_600_300, next: 720), Step(by: -3_600_300, next: 520),
    Step(by: 300, next: 720), Step(by: -300, next: 520),
    Step(by: 600, next: 520), Step(by: -600, next: 620),
  ]

  @Test(arguments: steps)
  func `a clock change moves the runs to its seconds`(_ step: Step) {
    #expect(next(after: 20, now: 25, set: step.by) == .milliseconds(step.next))
  }

  @Test func `no step of the clock makes a pause shorter than half a second or longer than one`() {
    for step in stride(from: -5000, through: 5000, by: 7) {
      for late in [20, 50, 300, 519] {
        let pause = next(after: late, now: late + 5, set: step) - .milliseconds(late)
        #expect(pause >= .milliseconds(500) && pause <= .milliseconds(1020), "\(step) ms")
      }
    }
  }

  @Test func `no two runs are closer than half a second, whatever the time`() {
    for last in 0..<1000 {
      for now in [last, last + 1, last + 499, last + 999, last + 1501] {
        let next = next(after: last, now: now)
        #expect(next - .milliseconds(last) >= .milliseconds(500))
        #expect(next >= .milliseconds(now), "in the past")
      }
    }
  }

  @Test func `a run a moment too early is the run of its second`() {
    // The clocks are read one after the other, and a deadline is early by what lies between.
    #expect(next(after: 19, now: 25) == .milliseconds(1020))
  }
}

/// The seconds that helpers serve, each run as late as chance has it.
@Suite struct TickerSimulationTests {
  /// A linear congruential generator (Knuth's MMIX): the same numbers in every run.
  private struct Chance {
    var state: UInt64

    mutating func milliseconds(below limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(limit))
    }
  }

  /// Which second a run is for, counted from the one that the simulation begins in.
  private func second(_ run: Duration) -> Int64 {
    (run - at(0).monotonic - Ticker.phase).components.seconds
  }

  private func moment(_ monotonic: Duration) -> Moment {
    Moment(realtime: at(0).realtime + (monotonic - at(0).monotonic), monotonic: monotonic)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `each of a thousand seconds is served once`(seed: UInt64) {
    var chance = Chance(state: seed)
    var last: Duration?
    var now = at(100)
    for expected in 1...1000 as ClosedRange<Int64> {
      let run = Ticker.next(after: last, now: now) + .milliseconds(chance.milliseconds(below: 400))
      #expect(second(run) == expected)
      if let last { #expect(run - last >= .milliseconds(500)) }
      last = run
      now = moment(run + .milliseconds(chance.milliseconds(below: 500)))
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `helpers that are killed at any time lose no second and double none`(seed: UInt64) {
    var chance = Chance(state: seed)
    // As the lock file hands it on: nothing but the date of the last run.
    var last = at(20).monotonic
    for expected in 1...1000 as ClosedRange<Int64> {
      // The next helper comes at any time until 0.3 s after the second that it has to serve.
      let now = moment(last + .milliseconds(chance.milliseconds(below: 1000)))
      let late = chance.milliseconds(below: 300)
      let run = Ticker.next(after: last, now: now) + .milliseconds(late)
      #expect(second(run) == expected)
      #expect(run - last >= .milliseconds(500))
      last = run
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `late wake-ups leave out seconds but double none`(seed: UInt64) {
    var chance = Chance(state: seed)
    var last = at(20).monotonic
    for _ in 0..<1000 {
      let now = moment(last + .milliseconds(chance.milliseconds(below: 3000)))
      let late = chance.milliseconds(below: 2000)
      let run = Ticker.next(after: last, now: now) + .milliseconds(late)
      #expect(second(run) > second(last))
      #expect(run - last >= .milliseconds(500))
      last = run
    }
  }
}
