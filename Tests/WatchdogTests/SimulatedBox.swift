import Linux
import Watchdog

/// A box in which time is a number: a program with a heart, and mark-problems looking at it each second.
struct SimulatedBox {
  /// What happens to clocks, and to those who live by them.
  enum Event: CaseIterable, Sendable {
    case nothing
    case clockSetForwardAnHour
    case clockSetBackAnHour
    case clockSetForwardFiftyYears
    case clockSetBackFiftyYears
    case clockSetForwardASecond
    case clockSetBackASecond
    case sleptEightHours
    case stoodStillForTwoMinutes
    case stoodStillForSixSeconds
    case cronStoppedForTenMinutes
    case booted
    case bootedWithoutAClock
  }

  let heart: Heart
  /// How long after its start the program beats for the first time, and how often from then on.
  let firstBeat: Duration
  let period: Duration
  private(set) var now = noon
  private(set) var beat: Duration?
  private(set) var start: Duration?
  private var record: [UInt8]?
  private var isAlive = true
  private var nextBeat: Duration

  /// A program that was started before we began to watch, and that nobody noted a start of.
  init(heart: Heart, firstBeat: Duration, period: Duration) {
    self.heart = heart
    self.firstBeat = firstBeat
    self.period = period
    nextBeat = now.monotonic
  }

  /// One second: the program beats if it is due, and mark-problems looks.
  mutating func second() -> Heart.Lateness? {
    pass(.seconds(1))
    return look()
  }

  /// Seconds in which the program beats, but nobody looks.
  mutating func pass(_ time: Duration) {
    var left = time
    while left > .zero {
      now = now.later(by: min(left, .seconds(1)))
      left -= .seconds(1)
      beatIfDue()
    }
  }

  private mutating func beatIfDue() {
    guard isAlive, now.monotonic >= nextBeat else { return }
    beat = now.realtime
    nextBeat = now.monotonic + period
  }

  /// A look of mark-problems, which keeps nothing but its record.
  private mutating func look() -> Heart.Lateness? {
    let vigil = Vigil.resume(last: record.flatMap { Vigil(parsing: $0) }, now: now)
    record = Array(vigil.text.utf8)
    return heart.lateness(beat: beat, start: start, vigil: vigil, now: now)
  }

  /// The program beats no more.
  mutating func die() { isAlive = false }

  /// The program is started, some time after its last beat, and its start is noted.
  mutating func restart() {
    now = now.later(by: .milliseconds(500))
    isAlive = true
    start = now.realtime
    nextBeat = now.monotonic + firstBeat
  }

  mutating func suffer(_ event: Event) {
    switch event {
    case .nothing: break
    case .clockSetForwardAnHour: setClock(by: .seconds(3600))
    case .clockSetBackAnHour: setClock(by: .seconds(-3600))
    case .clockSetForwardFiftyYears: setClock(by: .seconds(1_577_880_000))
    case .clockSetBackFiftyYears: setClock(by: .seconds(-1_577_880_000))
    case .clockSetForwardASecond: setClock(by: .seconds(1))
    case .clockSetBackASecond: setClock(by: .seconds(-1))
    case .sleptEightHours: now = now.clockSet(by: .seconds(28_800))
    case .stoodStillForTwoMinutes: now = now.later(by: .seconds(120))
    case .stoodStillForSixSeconds: now = now.later(by: .seconds(6))
    case .cronStoppedForTenMinutes: pass(.seconds(600))
    case .booted: boot(at: now.realtime + .seconds(40))
    case .bootedWithoutAClock: boot(at: .seconds(5))
    }
  }

  private mutating func setClock(by time: Duration) {
    let set = now.clockSet(by: time)
    // The kernel refuses a date before the boot (do_settimeofday64 in kernel/time/timekeeping.c).
    if set.realtime >= set.monotonic { now = set }
  }

  /// /run is empty after a boot, and the program is started without a note: by something else.
  private mutating func boot(at time: Duration) {
    now = Moment(realtime: time, monotonic: .seconds(5))
    record = nil
    beat = nil
    start = nil
    nextBeat = now.monotonic + firstBeat
  }
}
