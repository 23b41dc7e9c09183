import TestSupport
import Testing

@testable import Rules

@Suite struct VigilTests {
  let vigil = Vigil(beginning: noon, watched: .zero)

  @Test func `a first run begins to watch now`() {
    let look = Look(after: nil, now: noon)
    #expect(
      look.vigil
        == Vigil(
          lastLook: .seconds(10_000), clockOffset: .seconds(1_719_990_000), watched: .zero,
          begun: .zero))
    #expect(look.breach == nil && look.broken == nil && look.counted == .zero)
  }

  @Test func `an ordinary run goes on watching since the beginning`() {
    let now = noon.later(by: .seconds(1))
    let look = Look(after: vigil, now: now)
    #expect(look.breach == nil && look.broken == nil)
    #expect(look.counted == .seconds(1))
    #expect(look.vigil.begun == .zero)
    #expect(look.vigil.watched == .seconds(1))
    #expect(look.vigil.clockOffset == noon.clockOffset)
    #expect(look.vigil.lastLook == now.monotonic)
  }

  /// What breaks a vigil off, one second after the last look where nothing else is said.
  static let breaches: [(String, Moment, Vigil.Breach)] = [
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
      noon.later(by: .seconds(2) + .nanoseconds(1)), .pause(.seconds(2) + .nanoseconds(1))
    ),
  ]

  @Test(arguments: breaches)
  func `a broken vigil begins anew and keeps what was watched`(
    _ what: String, now: Moment, breach: Vigil.Breach
  ) {
    var vigil = vigil
    vigil.watched = .seconds(500)
    #expect(vigil.breach(at: now) == breach)
    let look = Look(after: vigil, now: now)
    let counted = min(now.monotonic - noon.monotonic, .seconds(2))
    #expect(look.breach == breach && look.broken == vigil)
    #expect(look.counted == counted)
    #expect(look.vigil == Vigil(beginning: now, watched: .seconds(500) + counted))
  }

  @Test(arguments: [
    Moment(realtime: .seconds(1_720_000_300), monotonic: .seconds(20)),
    Moment(realtime: .seconds(20), monotonic: .seconds(20)),
  ])
  func `nothing is kept from another boot`(now: Moment) {
    var vigil = vigil
    vigil.watched = .seconds(500)
    let look = Look(after: vigil, now: now)
    #expect(look.breach == .otherBoot)
    #expect(look.broken == nil && look.counted == .zero)
    #expect(look.vigil == Vigil(beginning: now, watched: .zero))
  }

  /// What a vigil outlives.
  static let nuisances: [(String, Moment)] = [
    ("a second look at the same moment", noon),
    ("a pause of exactly two seconds", noon.later(by: .seconds(2))),
    ("a clock set forward by exactly a second", noon.clockSet(by: .seconds(1))),
    ("a clock set back by exactly a second", noon.clockSet(by: .seconds(-1))),
    (
      "the longest pause and the largest step together",
      noon.later(by: .seconds(2)).clockSet(by: .seconds(-1))
    ),
  ]

  @Test(arguments: nuisances)
  func `a vigil goes on after anything less`(_ what: String, now: Moment) {
    #expect(vigil.breach(at: now) == nil)
    let look = Look(after: vigil, now: now)
    #expect(look.vigil.begun == .zero && look.broken == nil)
    #expect(look.vigil.watched == now.monotonic - noon.monotonic)
  }

  @Test(arguments: [Duration.milliseconds(400), .milliseconds(-400)])
  func `small steps of the clock add up`(step: Duration) {
    var vigil = vigil
    var now = noon
    for _ in 0..<2 {
      now = now.later(by: .seconds(1)).clockSet(by: step)
      vigil = Look(after: vigil, now: now).vigil
    }
    #expect(vigil.begun == .zero)
    now = now.later(by: .seconds(1)).clockSet(by: step)
    #expect(vigil.breach(at: now) == .clockMoved(step * 3))
    #expect(Look(after: vigil, now: now).vigil.begun == .seconds(3))
  }

  @Test func `a clock set there and back between two looks breaks nothing`() {
    let now = noon.later(by: .seconds(1)).clockSet(by: .seconds(3600)).clockSet(by: .seconds(-3600))
    #expect(vigil.breach(at: now) == nil)
  }

  @Test func `a clock corrected after a break is a break again`() {
    let wrong = noon.later(by: .seconds(1)).clockSet(by: .seconds(3600))
    let vigil = Look(after: vigil, now: wrong).vigil
    let right = noon.later(by: .seconds(2))
    #expect(vigil.breach(at: right) == .clockMoved(.seconds(-3600)))
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `watched time only grows, and by no more than passed`(seed: UInt64) {
    var random = Steps(state: seed)
    var vigil: Vigil?
    var now = noon
    for _ in 0..<500 {
      let time: Duration = .milliseconds(random.next(below: 5000))
      now = now.later(by: time)
      if random.next(below: 5) == 0 {
        now = now.clockSet(by: .milliseconds(random.next(below: 20_000) - 10_000))
      }
      let look = Look(after: vigil, now: now)
      let before = vigil?.watched ?? .zero
      #expect(look.vigil.watched - before == (vigil == nil ? .zero : min(time, .seconds(2))))
      #expect(look.vigil.begun <= look.vigil.watched)
      vigil = look.vigil
    }
  }
}

@Suite struct MomentTests {
  @Test func `the offset is the difference of the clocks`() {
    let moment = Moment(realtime: .seconds(100), monotonic: .milliseconds(250))
    #expect(moment.clockOffset == .milliseconds(99_750))
    #expect(Moment(realtime: .seconds(1), monotonic: .seconds(3)).clockOffset == .seconds(-2))
  }
}

@Suite struct AgeTests {
  /// Watching for 100 s.
  private let now = noon.later(by: .seconds(100))
  private var look: Look {
    var vigil = Vigil(beginning: noon, watched: .zero)
    vigil.lastLook = now.monotonic - .seconds(1)
    vigil.watched = .seconds(99)
    return Look(after: vigil, now: now)
  }

  private func age(of date: Duration) -> Duration {
    look.vigil.watched - look.since(date, latest: look.now.realtime)
  }

  static let ages: [(String, Duration, Duration)] = [
    ("a date in the vigil counts from itself", .seconds(-30), .seconds(30)),
    ("the present has no age", .zero, .zero),
    ("a date before the vigil counts from its beginning", .seconds(-100_000), .seconds(100)),
    ("the beginning of the vigil itself", .seconds(-100), .seconds(100)),
    ("a date a second ahead is the present", .seconds(1), .zero),
    ("a date further ahead tells nothing", .seconds(1) + .nanoseconds(1), .zero),
    ("a date an hour ahead tells nothing", .seconds(3600), .zero),
  ]

  @Test(arguments: ages)
  func `the age is time that was watched`(_ what: String, fromNow: Duration, age: Duration) {
    #expect(self.age(of: now.realtime + fromNow) == age)
  }

  /// The year 9999, the largest and smallest dates that a file can be given, and the time before 1970.
  @Test(arguments: [253_402_300_799, .max, .min, -1] as [Int64])
  func `a date of long ago counts from the beginning of the vigil, one of the future tells nothing`(
    seconds: Int64
  ) {
    let date: Duration = .seconds(seconds) + .nanoseconds(999_999_999)
    #expect(age(of: date) == (seconds > 0 ? .zero : .seconds(100)))
    #expect(look.isFuture(date, latest: now.realtime) == (seconds > 0))
  }

  @Test func `an age is never negative`() {
    // The clock was set back by less than the tolerance, right after the vigil began.
    let set = noon.clockSet(by: .milliseconds(-900))
    let look = Look(after: Vigil(beginning: noon, watched: .zero), now: set)
    #expect(look.vigil.watched - look.since(noon.realtime, latest: look.now.realtime) == .zero)
  }

  @Test func `what a date meant is carried over when the clock is set`() {
    let set = now.later(by: .seconds(1)).clockSet(by: .seconds(3600))
    let look = Look(after: look.vigil, now: set)
    // It was 30 s old at the last look, and a second has passed.
    #expect(
      look.vigil.watched - look.since(now.realtime - .seconds(30), latest: look.now.realtime)
        == .seconds(31))
    // Before the vigil nobody watched.
    #expect(look.vigil.watched - look.since(.zero, latest: look.now.realtime) == .seconds(101))
  }

  @Test func `a date that a touch since the last look could have is doubted for whoever touches`() {
    let set = now.later(by: .seconds(1)).clockSet(by: .seconds(-30))
    let look = Look(after: look.vigil, now: set)
    for age in [0, 0.5, 1] as [Double] {
      #expect(
        look.since(set.realtime - .seconds(age), latest: look.now.realtime) == look.vigil.watched,
        "\(age) s")
    }
    // And one that lay in the future of the old clock.
    let forward = now.later(by: .seconds(1)).clockSet(by: .seconds(90))
    let ahead = Look(after: self.look.vigil, now: forward)
    #expect(
      ahead.since(now.realtime + .seconds(40), latest: forward.realtime) == ahead.vigil.watched)
  }
}
