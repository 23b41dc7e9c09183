import Linux
import Testing
import Watchdog

/// 2024, on a box that was booted 10,000 s ago.
let noon = Moment(realtime: .seconds(1_720_000_000), monotonic: .seconds(10_000))

extension Moment {
  /// Later by this much, on a clock that nobody sets.
  func later(by time: Duration) -> Moment {
    Moment(realtime: realtime + time, monotonic: monotonic + time)
  }

  /// The same moment on a clock that was set by this much; also: after a sleep of so long.
  func clockSet(by time: Duration) -> Moment {
    Moment(realtime: realtime + time, monotonic: monotonic)
  }
}

@Suite struct VigilTests {
  let vigil = Vigil(beginning: noon)

  @Test func aFirstRunBeginsToWatchNow() {
    #expect(
      Vigil.resume(last: nil, now: noon)
        == Vigil(
          lastLook: .seconds(10_000), clockOffset: .seconds(1_719_990_000),
          watchingSince: .seconds(1_720_000_000)))
  }

  @Test func anOrdinaryRunGoesOnWatchingSinceTheBeginning() {
    let now = noon.later(by: .seconds(1))
    let resumed = Vigil.resume(last: vigil, now: now)
    #expect(vigil.breach(at: now) == nil)
    #expect(resumed.watchingSince == noon.realtime)
    #expect(resumed.clockOffset == noon.clockOffset)
    #expect(resumed.lastLook == now.monotonic)
  }

  /// What breaks a vigil off, one second after the last look where nothing else is said.
  static let breaches: [(String, Moment, Vigil.Breach)] = [
    (
      "another boot", Moment(realtime: .seconds(1_720_000_300), monotonic: .seconds(20)), .otherBoot
    ),
    (
      "another boot with a clock that was never set",
      Moment(realtime: .seconds(20), monotonic: .seconds(20)), .otherBoot
    ),
    (
      "the clock set forward by an hour",
      noon.later(by: .seconds(1)).clockSet(by: .seconds(3600)), .clockMoved(.seconds(3600))
    ),
    (
      "the clock set back by an hour",
      noon.later(by: .seconds(1)).clockSet(by: .seconds(-3600)), .clockMoved(.seconds(-3600))
    ),
    (
      "the clock set forward by fifty years",
      noon.later(by: .seconds(1)).clockSet(by: .seconds(1_577_880_000)),
      .clockMoved(.seconds(1_577_880_000))
    ),
    (
      "a suspend of eight hours, in which CLOCK_MONOTONIC stood still",
      noon.later(by: .milliseconds(300)).clockSet(by: .seconds(28_800)),
      .clockMoved(.seconds(28_800))
    ),
    (
      "a virtual machine that stood still for 120 s",
      noon.later(by: .seconds(120)), .pause(.seconds(120))
    ),
    (
      "a cron that was stopped for a day", noon.later(by: .seconds(86_400)),
      .pause(.seconds(86_400))
    ),
    (
      "a clock set forward by a little more than the tolerance",
      noon.clockSet(by: .seconds(1) + .nanoseconds(1)),
      .clockMoved(.seconds(1) + .nanoseconds(1))
    ),
    (
      "a clock set back by a little more than the tolerance",
      noon.clockSet(by: .seconds(-1) - .nanoseconds(1)),
      .clockMoved(.seconds(-1) - .nanoseconds(1))
    ),
    (
      "a pause a little longer than the longest",
      noon.later(by: .seconds(5) + .nanoseconds(1)), .pause(.seconds(5) + .nanoseconds(1))
    ),
  ]

  @Test(arguments: breaches)
  func itBeginsAnewAfter(_ what: String, now: Moment, breach: Vigil.Breach) {
    #expect(vigil.breach(at: now) == breach)
    #expect(Vigil.resume(last: vigil, now: now) == Vigil(beginning: now))
  }

  /// What a vigil outlives.
  static let nuisances: [(String, Moment)] = [
    ("a second look at the same moment", noon),
    ("a pause of exactly five seconds", noon.later(by: .seconds(5))),
    ("a clock set forward by exactly a second", noon.clockSet(by: .seconds(1))),
    ("a clock set back by exactly a second", noon.clockSet(by: .seconds(-1))),
    (
      "the longest pause and the largest step together",
      noon.later(by: .seconds(5)).clockSet(by: .seconds(-1))
    ),
  ]

  @Test(arguments: nuisances)
  func itGoesOnAfter(_ what: String, now: Moment) {
    #expect(vigil.breach(at: now) == nil)
    #expect(Vigil.resume(last: vigil, now: now).watchingSince == noon.realtime)
  }

  @Test(arguments: [Duration.milliseconds(400), .milliseconds(-400)])
  func smallStepsOfTheClockAddUp(step: Duration) {
    var vigil = vigil
    var now = noon
    for _ in 0..<2 {
      now = now.later(by: .seconds(1)).clockSet(by: step)
      vigil = Vigil.resume(last: vigil, now: now)
    }
    #expect(vigil.watchingSince == noon.realtime)
    now = now.later(by: .seconds(1)).clockSet(by: step)
    #expect(vigil.breach(at: now) == .clockMoved(step * 3))
    #expect(Vigil.resume(last: vigil, now: now).watchingSince == now.realtime)
  }

  @Test func aClockSetThereAndBackBetweenTwoLooksIsNoBreach() {
    let now = noon.later(by: .seconds(1)).clockSet(by: .seconds(3600)).clockSet(by: .seconds(-3600))
    #expect(vigil.breach(at: now) == nil)
  }

  @Test func aClockCorrectedAfterABreachIsABreachAgain() {
    let wrong = noon.later(by: .seconds(1)).clockSet(by: .seconds(3600))
    let vigil = Vigil.resume(last: vigil, now: wrong)
    let right = noon.later(by: .seconds(2))
    #expect(vigil.breach(at: right) == .clockMoved(.seconds(-3600)))
  }
}

@Suite struct AgeTests {
  /// Watching for 100 s.
  let vigil = Vigil(beginning: noon)
  let now = noon.later(by: .seconds(100))

  static let ages: [(String, Duration, Duration)] = [
    ("a date in the vigil counts from itself", .seconds(-30), .seconds(30)),
    ("the present has no age", .zero, .zero),
    ("a date before the vigil counts from its beginning", .seconds(-100_000), .seconds(100)),
    ("the beginning of the vigil itself", .seconds(-100), .seconds(100)),
    ("a date a second ahead is the present", .seconds(1), .zero),
    ("a date further ahead counts for nothing", .seconds(1) + .nanoseconds(1), .seconds(100)),
    ("a date an hour ahead counts for nothing", .seconds(3600), .seconds(100)),
  ]

  @Test(arguments: ages)
  func theAgeIsTimeWatched(_ what: String, fromNow: Duration, age: Duration) {
    #expect(vigil.age(of: now.realtime + fromNow, at: now) == age)
  }

  /// The year 9999, the largest and smallest dates that a file can be given, and the time before 1970.
  @Test(arguments: [253_402_300_799, .max, .min, -1] as [Int64])
  func dateOfNoUseCountsFromTheBeginningOfTheVigil(seconds: Int64) {
    let date: Duration = .seconds(seconds) + .nanoseconds(999_999_999)
    #expect(vigil.age(of: date, at: now) == .seconds(100))
    #expect(Vigil.isFuture(date, at: now) == (seconds > 0))
  }

  @Test func anAgeIsNeverNegative() {
    // The clock was set back by less than the tolerance, right after the vigil began.
    let now = noon.clockSet(by: .milliseconds(-900))
    #expect(vigil.age(of: .zero, at: now) == .zero)
  }
}
