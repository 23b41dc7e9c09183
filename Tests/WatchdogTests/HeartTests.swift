import Linux
import Testing
import Watchdog

/// Looked at 1000 s after we began to watch. Dates are given in seconds before that look.
private let now = noon.later(by: .seconds(1000))
private let vigil = Vigil(beginning: noon)

private func ago(_ seconds: Double?) -> Duration? {
  seconds.map { now.realtime - .seconds($0) }
}

private func heart(_ limit: Int, _ startLimit: Int? = nil, writtenAgo: Double = 1e6) -> Heart {
  Heart(
    limit: .seconds(limit), startLimit: .seconds(startLimit ?? limit), owner: 0,
    written: now.realtime - .seconds(writtenAgo))
}

private func lastBeat(_ age: Int, _ limit: Int) -> Heart.Lateness {
  .lastBeat(age: .seconds(age), limit: .seconds(limit))
}

private func firstBeat(_ age: Int, _ limit: Int) -> Heart.Lateness {
  .firstBeat(age: .seconds(age), limit: .seconds(limit))
}

@Suite struct HeartTests {
  struct Case: Sendable {
    let what: String
    let heart: Heart
    let beat: Double?
    let start: Double?
    let lateness: Heart.Lateness?

    init(
      _ what: String, _ heart: Heart, beat: Double?, start: Double? = nil, _ late: Heart.Lateness?
    ) {
      self.what = what
      self.heart = heart
      self.beat = beat
      self.start = start
      lateness = late
    }
  }

  static let beaten: [Case] = [
    Case("a beat just now", heart(30), beat: 0, nil),
    Case("a beat exactly as old as allowed", heart(30), beat: 30, nil),
    Case("a beat that is older", heart(30), beat: 31, lastBeat(31, 30)),
    Case("a beat before we watched", heart(30), beat: 5000, lastBeat(1000, 30)),
    Case("a beat before we watched, with much time", heart(1000), beat: 5000, nil),
    Case("a beat a second ahead", heart(30), beat: -1, nil),
    Case("a beat from the future", heart(30), beat: -3600, lastBeat(1000, 30)),
    Case("the second number is not for beats", heart(30, 120), beat: 31, lastBeat(31, 30)),
    Case("nor when it is the smaller one", heart(30, 5), beat: 20, nil),
    Case("a start before the beat", heart(30, 120), beat: 31, start: 60, lastBeat(31, 30)),
    Case("a start at the beat", heart(30, 120), beat: 31, start: 31, lastBeat(31, 30)),
    Case("a younger heart file", heart(30, writtenAgo: 1), beat: 31, lastBeat(31, 30)),
    Case("a start from the future", heart(30, 120), beat: 31, start: -3600, lastBeat(31, 30)),
    Case(
      "beat and start from the future, the beat last", heart(30, 120), beat: -3600, start: -3500,
      lastBeat(1000, 30)),
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
    Case("since the heart was written", heart(30, writtenAgo: 31), beat: nil, firstBeat(31, 30)),
    Case("since then, in time", heart(30, writtenAgo: 30), beat: nil, nil),
    Case("since then, with two numbers", heart(30, 120, writtenAgo: 120), beat: nil, nil),
    Case(
      "since the later of the two: the heart", heart(30, 120, writtenAgo: 100), beat: nil,
      start: 500, nil),
    Case(
      "since the later of the two: the start", heart(30, 120, writtenAgo: 500), beat: nil,
      start: 100, nil),
    Case(
      "a heart from the future", heart(30, 120, writtenAgo: -3600), beat: nil,
      firstBeat(1000, 120)),
    Case(
      "a heart from the future, started", heart(30, 120, writtenAgo: -3600), beat: nil, start: 121,
      firstBeat(121, 120)),
    Case(
      "a start from the future", heart(30, 120), beat: nil, start: -3600, firstBeat(1000, 120)),
    Case("a heart a second ahead", heart(30, writtenAgo: -1), beat: nil, nil),
  ]

  @Test(arguments: beaten)
  func aBeatMayBeAsOldAsTheFirstNumber(of one: Case) { expect(one) }

  @Test(arguments: startedSince)
  func aProgramStartedSinceItsBeatHasTheSecondNumber(of one: Case) { expect(one) }

  @Test(arguments: neverBeaten)
  func aHeartThatHasNeverBeatenCountsFromTheLatestOfStartAndHeart(of one: Case) { expect(one) }

  private func expect(_ one: Case) {
    #expect(
      one.heart.lateness(beat: ago(one.beat), start: ago(one.start), vigil: vigil, now: now)
        == one.lateness)
  }

  @Test(arguments: [Int64.max, 253_402_300_799, .min])
  func datesOfNoUseDoNotTrap(seconds: Int64) {
    let date: Duration = .seconds(seconds)
    let heart = Heart(limit: .seconds(30), startLimit: .seconds(120), owner: 0, written: date)
    #expect(
      heart.lateness(beat: date, start: nil, vigil: vigil, now: now) == lastBeat(1000, 30))
    #expect(heart.lateness(beat: nil, start: date, vigil: vigil, now: now) == firstBeat(1000, 120))
  }

  @Test func aClockSetBackDoesNotReviveADeadHeart() {
    let heart = heart(30)
    let beat = now.realtime
    let set = now.later(by: .seconds(1)).clockSet(by: .seconds(-3600))
    let anew = Vigil.resume(last: vigil, now: set)
    #expect(heart.lateness(beat: beat, start: nil, vigil: anew, now: set) == nil)
    let later = set.later(by: .seconds(31))
    #expect(heart.lateness(beat: beat, start: nil, vigil: anew, now: later) == lastBeat(31, 30))
  }

  @Test func aClockSetForwardDoesNotKillAHealthyHeart() {
    let heart = heart(30)
    let set = now.later(by: .seconds(1)).clockSet(by: .seconds(3600))
    let anew = Vigil.resume(last: vigil, now: set)
    #expect(heart.lateness(beat: now.realtime, start: nil, vigil: anew, now: set) == nil)
    // Had the vigil gone on, it would be late: the rule is what saves it.
    #expect(
      heart.lateness(beat: now.realtime, start: nil, vigil: vigil, now: set) == lastBeat(3601, 30))
  }

  @Test func aLatenessIsToldWithFigures() {
    #expect(
      Heart.Lateness.lastBeat(age: .milliseconds(31_290), limit: .seconds(30)).words
        == "no beat for 31.2 s: the limit is 30 s")
    #expect(
      Heart.Lateness.firstBeat(age: .milliseconds(120_999), limit: .seconds(120)).words
        == "no first beat for 120.9 s: the limit is 120 s after a start")
  }
}

@Suite struct DependsOnStartTests {
  /// What is asked for all of: dates before, in and after the vigil, at limits and beside them.
  static let dates: [Double?] = [
    nil, 1e6, 1000, 999, 500, 121, 120, 119, 31, 30, 29, 6, 5, 4, 1, 0, -0.5, -1, -1.5, -30, -3600,
  ]
  static let hearts = [heart(30), heart(30, 120), heart(30, 5), heart(120, 30), heart(1000, 2000)]

  @Test(arguments: hearts, dates)
  func whereItSaysNoNoStartMakesAHeartLate(heart: Heart, beat: Double?) {
    for written in Self.dates.compactMap(\.self) {
      var heart = heart
      heart.written = now.realtime - .seconds(written)
      let without = heart.lateness(beat: ago(beat), start: nil, vigil: vigil, now: now)
      if heart.dependsOnStart(without) { continue }
      for start in Self.dates {
        let with = heart.lateness(beat: ago(beat), start: ago(start), vigil: vigil, now: now)
        #expect(with == nil, "written \(written) and started \(start ?? -1) s ago")
      }
    }
  }

  @Test(arguments: hearts)
  func aLateHeartDependsOnItsStart(heart: Heart) {
    #expect(heart.dependsOnStart(lastBeat(1, 1)))
    #expect(heart.dependsOnStart(firstBeat(1, 1)))
  }

  @Test func mostHealthyHeartsDoNotDependOnIt() {
    #expect(!heart(30).dependsOnStart(nil))
    #expect(!heart(30, 120).dependsOnStart(nil))
  }

  @Test func aSmallerSecondNumberDependsOnItAlways() {
    // Its beat is young enough, but it was started after that and is due already.
    let heart = heart(30, 5)
    #expect(heart.lateness(beat: ago(20), start: nil, vigil: vigil, now: now) == nil)
    #expect(heart.lateness(beat: ago(20), start: ago(6), vigil: vigil, now: now) != nil)
    #expect(heart.dependsOnStart(nil))
  }
}
