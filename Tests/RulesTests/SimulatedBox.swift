import Rules
import TestSupport

/// A box in which time is a number: a program with a heart, and mark-problems looking at it each second. As the tool
/// does, it remembers from one look to the next only the vigil and what `Heart.condition` wants remembered.
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

  var heart: Heart
  /// How long after its start the program beats for the first time, and how often from then on.
  let firstBeat: Duration
  let period: Duration
  private(set) var now = noon
  /// What stands at beats/NAME. Tests may put there what they like.
  var beat = Beat.missing
  private(set) var start: Duration?
  private(set) var vigil: Vigil?
  private(set) var memory: Awaited?
  /// For how long it has been silent, as far as somebody looked.
  private(set) var silence: Duration = .zero
  private var made: Duration = .zero
  private var changed: Duration?
  private var isAlive = true
  private var nextBeat: Duration

  /// A program that was started before we began to watch, and that nobody noted a start of.
  init(heart: Heart, firstBeat: Duration, period: Duration) {
    self.heart = heart
    self.firstBeat = firstBeat
    self.period = period
    nextBeat = now.monotonic
  }

  /// One whose program beats as often as that, at once after a start.
  init(_ limit: Duration, startLimit: Duration? = nil, period: Duration) {
    let heart = Heart(
      limit: limit, startLimit: startLimit ?? limit, owner: 0, given: .seconds(1_700_000_000))
    self.init(heart: heart, firstBeat: .zero, period: period)
  }

  /// One second: the program beats if it is due, and mark-problems looks.
  mutating func second() -> Heart.Condition {
    pass(.seconds(1))
    return look()
  }

  /// Time in which the program beats, but nobody looks.
  mutating func pass(_ time: Duration) {
    let end = now.monotonic + time
    while isAlive, nextBeat <= end {
      now = now.later(by: max(nextBeat - now.monotonic, .zero))
      touch()
      // No two beats are apart by a round number, or a clock that is set would give two of them one date.
      nextBeat = now.monotonic + period + .nanoseconds(1_234_567)
    }
    now = now.later(by: end - now.monotonic)
  }

  /// Time in which neither the program nor anybody else runs.
  mutating func freeze(_ time: Duration) { now = now.later(by: time) }

  /// A beat.
  mutating func touch() {
    beat = .at(now.realtime)
    changed = now.realtime
    silence = .zero
  }

  /// Somebody gives the beat an older date.
  mutating func putBack(to date: Duration) {
    beat = .at(date)
    changed = now.realtime
  }

  /// A look of mark-problems.
  mutating func look() -> Heart.Condition {
    let look = Look(after: vigil, now: now)
    if vigil == nil { memory = nil }
    let isNew = beat.needsFile
    if isNew { made = now.realtime }
    var given = heart.given
    if beat.date == nil { given = isNew ? made : max(given, made) }
    var seen = Heart.Seen(
      beat: beat, given: given, start: .notAsked, latest: now.realtime)
    seen.changed = changed
    var condition = heart.condition(seen, memory: memory, at: look)
    if condition.asksForStart {
      seen.start = start.map { .at($0) } ?? .none
      condition = heart.condition(seen, memory: memory, at: look)
    }
    if isNew { beat = .never }
    silence += look.counted
    (vigil, memory) = (look.vigil, condition.memory)
    return condition
  }

  /// The program beats no more.
  mutating func die() { isAlive = false }

  /// The program is started, some time after its last beat, and its start is noted.
  mutating func restart() {
    now = now.later(by: .milliseconds(500))
    isAlive = true
    noteStart()
    nextBeat = now.monotonic + firstBeat
  }

  /// Somebody notes a start.
  mutating func noteStart() { start = now.realtime }

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
    case .stoodStillForTwoMinutes: freeze(.seconds(120))
    case .stoodStillForSixSeconds: freeze(.seconds(6))
    case .cronStoppedForTenMinutes: pass(.seconds(600))
    case .booted: boot(at: now.realtime + .seconds(40))
    case .bootedWithoutAClock: boot(at: .seconds(5))
    }
  }

  mutating func setClock(by time: Duration) {
    let set = now.clockSet(by: time)
    // The kernel refuses a date before the boot (do_settimeofday64 in kernel/time/timekeeping.c).
    if set.realtime >= set.monotonic { now = set }
  }

  /// /run is empty after a boot, and the program is started without a note: by something else.
  private mutating func boot(at time: Duration) {
    now = Moment(realtime: time, monotonic: .seconds(5))
    vigil = nil
    beat = .missing
    start = nil
    silence = .zero
    nextBeat = now.monotonic + firstBeat
  }
}

/// Runs seconds, and says in which the heart was first late; nil when it never was.
func lateSecond(of box: inout SimulatedBox, within seconds: Int) -> Int? {
  for second in 1...seconds where box.second().isLate { return second }
  return nil
}
