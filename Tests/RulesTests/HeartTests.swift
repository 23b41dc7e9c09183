import Rules
import TestSupport
import Testing

/// Looked at 1000 s after we began to watch. Dates are given in seconds before that look.
private let now = noon.later(by: .seconds(1000))
private let look: Look = {
  var vigil = Vigil(beginning: noon, watched: .zero)
  vigil.lastLook = now.monotonic - .seconds(1)
  vigil.watched = .seconds(999)
  return Look(after: vigil, now: now)
}()

private func ago(_ seconds: Double) -> Duration { now.realtime - .seconds(seconds) }

private func heart(_ limit: Int, _ startLimit: Int? = nil, givenAgo: Double = 1e6) -> Heart {
  Heart(
    limit: .seconds(limit), startLimit: .seconds(startLimit ?? limit), owner: 0,
    given: ago(givenAgo))
}

/// How a heart is by its dates alone. The start is nil where none is noted.
private func condition(
  _ heart: Heart, beat: Double?, start: Heart.NotedStart
) -> Heart.Condition {
  let seen = Heart.Seen(
    beat: beat.map { .at(ago($0)) } ?? .never, given: heart.given, start: start,
    latest: now.realtime)
  return heart.condition(seen, memory: nil, at: look)
}

private func noted(_ start: Double?) -> Heart.NotedStart { start.map { .at(ago($0)) } ?? .none }

@Suite struct HeartTests {
  struct Lateness: Equatable, Sendable {
    let awaits: Heart.Awaits
    let age: Duration
    let limit: Duration
  }

  struct Case: Sendable {
    let what: String
    let heart: Heart
    let beat: Double?
    let start: Double?
    let lateness: Lateness?

    init(
      _ what: String, _ heart: Heart, beat: Double?, start: Double? = nil, _ late: Lateness?
    ) {
      self.what = what
      self.heart = heart
      self.beat = beat
      self.start = start
      lateness = late
    }
  }

  private static func lastBeat(_ age: Int, _ limit: Int) -> Lateness {
    Lateness(awaits: .beat, age: .seconds(age), limit: .seconds(limit))
  }

  private static func firstBeat(_ age: Int, _ limit: Int) -> Lateness {
    Lateness(awaits: .firstBeat, age: .seconds(age), limit: .seconds(limit))
  }

  static let beaten: [Case] = [
    Case("a beat just now", heart(30), beat: 0, nil),
    Case("a beat exactly as old as allowed", heart(30), beat: 30, nil),
    Case("a beat that is older", heart(30), beat: 31, lastBeat(31, 30)),
    Case("a beat before we watched", heart(30), beat: 5000, lastBeat(1000, 30)),
    Case("a beat before we watched, with much time", heart(1000), beat: 5000, nil),
    Case("a beat a second ahead", heart(30), beat: -1, nil),
    Case("the second number is not for beats", heart(30, 120), beat: 31, lastBeat(31, 30)),
    Case("nor when it is the smaller one", heart(30, 5), beat: 20, nil),
    Case("a start before the beat", heart(30, 120), beat: 31, start: 60, lastBeat(31, 30)),
    Case("a start at the beat", heart(30, 120), beat: 31, start: 31, lastBeat(31, 30)),
    Case("a start from the future", heart(30, 120), beat: 31, start: -3600, lastBeat(31, 30)),
    // Nothing is known of it but a date that says nothing: from this look on its silence counts.
    Case("a beat from the future", heart(30), beat: -3600, nil),
    Case(
      "beat and start from the future, the beat last", heart(30, 120), beat: -3600, start: -3500,
      nil),
  ]

  static let startedSince: [Case] = [
    Case("a start after the beat", heart(30, 120), beat: 90, start: 80, nil),
    Case("one that the first beat is due for", heart(30, 120), beat: 200, start: 120, nil),
    Case("one that is too long ago", heart(30, 120), beat: 200, start: 121, firstBeat(121, 120)),
    Case("with one number", heart(30), beat: 90, start: 31, firstBeat(31, 30)),
    Case("with one number, in time", heart(30), beat: 90, start: 30, nil),
    Case("a second number that is smaller", heart(30, 5), beat: 20, start: 6, firstBeat(6, 5)),
    Case("that, in time", heart(30, 5), beat: 20, start: 5, nil),
    Case("before we watched", heart(30, 120), beat: 6000, start: 5000, firstBeat(1000, 120)),
    Case("a second ahead", heart(30, 120), beat: 31, start: -1, nil),
  ]

  static let neverBeaten: [Case] = [
    Case("since the start, in time", heart(30, 120), beat: nil, start: 120, nil),
    Case("since the start", heart(30, 120), beat: nil, start: 121, firstBeat(121, 120)),
    Case("with one number", heart(30), beat: nil, start: 31, firstBeat(31, 30)),
    Case("since we watch", heart(30, 120), beat: nil, firstBeat(1000, 120)),
    Case("since we watch, with much time", heart(30, 1000), beat: nil, nil),
    Case("since the heart was given", heart(30, givenAgo: 31), beat: nil, firstBeat(31, 30)),
    Case("since then, in time", heart(30, givenAgo: 30), beat: nil, nil),
    Case("since then, with two numbers", heart(30, 120, givenAgo: 120), beat: nil, nil),
    Case(
      "since the later of the two: the heart", heart(30, 120, givenAgo: 100), beat: nil,
      start: 500, nil),
    Case(
      "since the later of the two: the start", heart(30, 120, givenAgo: 500), beat: nil,
      start: 100, nil),
    Case("a heart from the future", heart(30, 120, givenAgo: -3600), beat: nil, nil),
    Case(
      "a heart from the future, started", heart(30, 120, givenAgo: -3600), beat: nil, start: 121,
      nil),
    Case("a start from the future", heart(30, 120), beat: nil, start: -3600, nil),
    Case("a heart a second ahead", heart(30, givenAgo: -1), beat: nil, nil),
  ]

  /// A heart that is given anew, or to somebody else, has its full time from then on, and the longer of both.
  static let givenSince: [Case] = [
    Case("a heart given since", heart(30, givenAgo: 1), beat: 31, nil),
    Case("in time", heart(30, givenAgo: 30), beat: 500, nil),
    Case("too long ago", heart(30, givenAgo: 31), beat: 500, firstBeat(31, 30)),
    Case("with two numbers", heart(30, 120, givenAgo: 120), beat: 500, nil),
    Case("with a smaller second number", heart(30, 5, givenAgo: 30), beat: 500, nil),
    Case("that, too long ago", heart(30, 5, givenAgo: 31), beat: 500, firstBeat(31, 30)),
    Case(
      "a start before it", heart(30, 120, givenAgo: 100), beat: 500, start: 400, nil),
    Case(
      "a start after it", heart(30, 120, givenAgo: 400), beat: 500, start: 121, firstBeat(121, 120)),
  ]

  @Test(arguments: beaten)
  func `a beat may be as old as the first number`(of one: Case) { expect(one) }

  @Test(arguments: startedSince)
  func `a program started since its beat has the second number`(of one: Case) { expect(one) }

  @Test(arguments: neverBeaten)
  func
    `a heart that has never beaten counts from its start or from when it was given, whichever is later`(
      of one: Case
    )
  { expect(one) }

  @Test(arguments: givenSince)
  func `a heart that was given since its beat has its full time`(of one: Case) { expect(one) }

  private func expect(_ one: Case) {
    let condition = condition(one.heart, beat: one.beat, start: noted(one.start))
    let lateness =
      condition.isLate
      ? Lateness(awaits: condition.awaits, age: condition.age, limit: condition.limit) : nil
    #expect(lateness == one.lateness)
  }

  @Test(arguments: [Int64.max, 253_402_300_799, .min])
  func `useless dates do not trap`(seconds: Int64) {
    let date: Duration = .seconds(seconds)
    let heart = Heart(limit: .seconds(30), startLimit: .seconds(120), owner: 0, given: date)
    for beat: Beat in [.at(date), .never] {
      for start: Heart.NotedStart in [.notAsked, .none, .at(date)] {
        let seen = Heart.Seen(beat: beat, given: date, start: start, latest: now.realtime)
        var memory = heart.condition(seen, memory: nil, at: look).memory
        // Whatever they say, a heart that does not beat is late once its time has been watched.
        var vigil = look.vigil
        var isLate = false
        for second in 1...122 {
          let next = Look(after: vigil, now: now.later(by: .seconds(second)))
          let condition = heart.condition(seen, memory: memory, at: next)
          (vigil, memory, isLate) = (next.vigil, condition.memory, condition.isLate)
        }
        #expect(isLate, "\(beat) \(start)")
      }
    }
  }
}

@Suite struct AsksForStartTests {
  /// What is asked for all of: dates before, in and after the vigil, at limits and beside them.
  static let dates: [Double?] = [
    nil, 1e6, 1000, 999, 500, 121, 120, 119, 31, 30, 29, 6, 5, 4, 1, 0, -0.5, -1, -1.5, -30, -3600,
  ]
  static let hearts = [heart(30), heart(30, 120), heart(30, 5), heart(120, 30), heart(1000, 2000)]

  @Test(arguments: hearts, dates)
  func `where it does not ask, no start makes a heart late`(heart: Heart, beat: Double?) {
    for given in Self.dates.compactMap(\.self) {
      var heart = heart
      heart.given = ago(given)
      let without = condition(heart, beat: beat, start: .notAsked)
      if without.asksForStart { continue }
      #expect(!without.isLate)
      for start in Self.dates {
        let with = condition(heart, beat: beat, start: noted(start))
        #expect(!with.isLate, "given \(given) and started \(start ?? -1) s ago")
      }
    }
  }

  @Test(arguments: hearts)
  func `a late heart asks for its start`(heart: Heart) {
    #expect(
      condition(heart, beat: 1e6, start: .notAsked).asksForStart == (heart.limit < .seconds(1000)))
    #expect(condition(heart, beat: nil, start: .notAsked).asksForStart)
  }

  @Test func `most healthy hearts do not ask for their start`() {
    #expect(!condition(heart(30), beat: 20, start: .notAsked).asksForStart)
    #expect(!condition(heart(30, 120), beat: 20, start: .notAsked).asksForStart)
  }

  @Test func `a heart with a smaller second number always asks`() {
    // Its beat is young enough, but it was started after that and is due already.
    let heart = heart(30, 5)
    let without = condition(heart, beat: 20, start: .notAsked)
    #expect(!without.isLate && without.asksForStart)
    #expect(condition(heart, beat: 20, start: noted(6)).isLate)
  }

  @Test func `no heart asks twice`() {
    for start: Heart.NotedStart in [.none, .at(ago(5))] {
      #expect(!condition(heart(30), beat: nil, start: start).asksForStart)
    }
  }
}
